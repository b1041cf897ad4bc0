/// \file
/// Addresses without a domain: "root" becomes "root@host.example".
#pragma once

#include <string>
#include <string_view>

#include "app/option_values.h"
#include "mailtool/base/result.h"
#include "mailtool/mime/address.h"

namespace mailtool::app {

/// An address, cut at the "@" that stands outside quotes.
struct AddressHalves {
  std::string_view local_part;  ///< as written, with quotes where it has them
  std::string_view domain;      ///< empty when there is none
};
[[nodiscard]] AddressHalves halves_of(std::string_view address);

/// `address` with "@domain" behind it where it has no domain; as it is when
/// `domain` is empty.
[[nodiscard]] std::string qualified(std::string_view address,
                                    std::string_view domain);
/// The same for every mailbox of a list.
void qualify(mime::AddressList& list, std::string_view domain);

/// --domain: empty when not given. Fails with usage (config, where it comes
/// from the file or the environment) on what no address can end in.
Result<std::string> domain_option(const OptionValues& options);

/// Where this host keeps its names.
struct HostNames {
  std::string mailname = "/etc/mailname";
  std::string hosts = "/etc/hosts";
  std::string host_name = {};  ///< empty: what the system says
};

/// The fully qualified name of this host: its own, or the first one with a dot
/// beside it in the hosts file; empty where there is none.
[[nodiscard]] std::string full_host_name(const HostNames& names = {});

/// What addresses of this host end in: /etc/mailname, else its fully qualified
/// name (its own, or the first one with a dot beside it in the hosts file),
/// else the name it has, else "localhost". Asks no name server.
[[nodiscard]] std::string mail_domain(const HostNames& names = {});

}  // namespace mailtool::app
