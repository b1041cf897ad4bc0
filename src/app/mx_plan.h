/// \file
/// Where mail goes with --mx, before anything is connected to: the groups of
/// recipients, their hosts, and what TLS has to prove at each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/error.h"
#include "mailtool/net/ip_address.h"
#include "mailtool/net/tls.h"

namespace mailtool::app {

/// Which rule decides about TLS at a host, the strongest that applies.
enum class MxTlsRule : std::uint8_t {
  off,            ///< --tls off
  opportunistic,  ///< encrypt where the host can, prove nothing
  testing,        ///< as that; MTA-STS in testing mode would ask for more
  required,       ///< --tls required or a pin: by certificate authority or pin
  sts,            ///< MTA-STS in enforce mode: by certificate authority
  dane_unusable,  ///< TLSA records, none of them usable: encrypt, prove nothing
  dane,           ///< TLSA records prove the host (RFC 7672)
};

/// "opportunistic", "dane"…: the words of the man page.
[[nodiscard]] const char* name_of(MxTlsRule rule);

/// What TLS must do at one host.
struct MxTls {
  MxTlsRule rule = MxTlsRule::opportunistic;
  /// Why, for people: "2 TLSA records at _25._tcp.mx.example.org".
  std::string why;
  /// What the stream proves; meaningless where `rule` is off.
  net::TlsPolicy policy;

  /// Without TLS no mail goes there.
  [[nodiscard]] bool required() const {
    return rule == MxTlsRule::required || rule == MxTlsRule::sts ||
           rule == MxTlsRule::dane_unusable || rule == MxTlsRule::dane;
  }
  /// A policy that the domain published asks for it, not the user: a host that
  /// falls short may be mended, or be an attacker, so mail waits.
  [[nodiscard]] bool by_policy() const {
    return rule != MxTlsRule::required && required();
  }
};

/// One mail exchanger.
struct MxHost {
  std::string name;                      ///< A-labels; an address for a literal
  std::uint16_t preference = 0;          ///< 0 where there was no MX record
  std::vector<net::Endpoint> endpoints;  ///< in the order they are tried
  MxTls tls;
  /// Set when nothing is tried here: MTA-STS does not name it, or its addresses
  /// or TLSA records cannot be looked up. A temporary Error.
  std::optional<Error> skipped;
};

/// Recipients whose domains have the same exchangers, with the same rules.
struct MxGroup {
  std::vector<std::size_t> recipients;  ///< indices into the results
  std::vector<std::string> domains;     ///< each once, A-labels
  std::vector<MxHost> hosts;            ///< in the order they are tried
  /// Why there is no way to the domains; `hosts` is then empty.
  std::optional<Error> error;
  /// What a person should know: "MTA-STS (testing): mx2 is not in the policy".
  std::vector<std::string> notes;
};

}  // namespace mailtool::app
