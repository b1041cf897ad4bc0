/// \file
/// Address lists whose names nobody has decoded: for IMAP's ENVELOPE.
#pragma once

#include <string_view>

#include "mailtool/mime/address.h"

namespace mailtool::mime {

/// As parse_address_list(), but that names, of groups too, are the octets of the
/// phrase or comment: unfolded and unquoted, with the encoded words in it. They
/// may be in any charset, and hold controls but CR and LF.
[[nodiscard]] AddressList parse_raw_address_list(std::string_view value);

}  // namespace mailtool::mime
