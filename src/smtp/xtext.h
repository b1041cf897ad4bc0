/// \file
/// Values of DSN parameters as words of a command: RFC 3461 section 4, and RFC
/// 6533 section 3 for addresses in UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::smtp {

/// xtext. Fails with bad_input on what is not ASCII.
Result<std::string> to_xtext(std::string_view text);
/// The inverse. Fails with protocol.
Result<std::string> from_xtext(std::string_view text);

/// utf-8-addr-xtext, the form that a server without SMTPUTF8 takes as well:
/// "b\x{F6}b@example.org". Fails with bad_input on what is no UTF-8.
Result<std::string> to_utf8_xtext(std::string_view text);
/// The inverse; takes utf-8-addr-unitext, with UTF-8 as it is, too. Fails with
/// protocol.
Result<std::string> from_utf8_xtext(std::string_view text);

}  // namespace mailtool::smtp
