/// \file
/// Domains of addresses as A-labels (RFC 5890), so that a domain alone never
/// asks a server for SMTPUTF8.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/mime/address.h"

namespace mailtool::app {

/// `address` with its domain as A-labels where the local part is ASCII and the
/// domain is not: "b@bücher.example" becomes "b@xn--bcher-kva.example". An
/// address whose local part needs SMTPUTF8 anyway, and one whose domain is no
/// host name, are returned as they are.
[[nodiscard]] std::string with_ascii_domain(std::string_view address);

/// The same for every mailbox of a list.
void make_domains_ascii(mime::AddressList& list);

/// The same for the value of an address field, UTF-8, all else octet for
/// octet; as it is where it is malformed. Linear in its length.
[[nodiscard]] std::string with_ascii_domains(std::string_view value);

/// Equal for two spellings of one mailbox: the local part octet for octet (RFC
/// 5321 section 2.4), the domain as A-labels in lower case.
[[nodiscard]] std::string mailbox_key(std::string_view address);

}  // namespace mailtool::app
