/// \file
/// DANE for a mail exchanger: its TLSA records (RFC 7672 section 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/net/mail_route.h"
#include "mailtool/net/resolver.h"
#include "mailtool/net/tls.h"

namespace mailtool::app {

struct DaneFinding {
  enum class State : std::uint8_t {
    none,      ///< securely none, or none that is secure
    unusable,  ///< there are records, and none that SMTP can use
    usable,
    unknown,  ///< the look-up failed: `error`
  };
  State state = State::none;
  std::vector<net::TlsAssociation> associations;  ///< the usable ones
  std::string base;   ///< TLSA base domain: to prove, and for SNI
  std::string owner;  ///< "_25._tcp.mx.example.org"
  std::optional<Error> error;
};

/// Asks for the TLSA records of `host` and `port`: first below the name behind
/// its aliases, then below its own (section 2.2.2). Of hosts whose MX record
/// and addresses are not authenticated nothing is asked.
/// \pre resolver.trusted()
DaneFinding find_dane(const net::Resolver& resolver, const net::MailHost& host,
                      std::uint16_t port);

}  // namespace mailtool::app
