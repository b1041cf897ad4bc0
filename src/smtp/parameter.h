/// \file
/// Parameters of MAIL and RCPT: esmtp-param of RFC 5321 section 4.1.2.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/smtp/command.h"

namespace mailtool::smtp {

/// xtext of RFC 3461 section 4. Fails with bad_input on what is not ASCII.
Result<std::string> to_xtext(std::string_view text);
/// The inverse. Fails with protocol.
Result<std::string> from_xtext(std::string_view text);

/// Appends " SIZE=1000 BODY=8BITMIME …".
Result<void> append_parameters(std::string& line, const Mail& mail);
Result<void> append_parameters(std::string& line, const Rcpt& rcpt);

/// The inverse: one "KEYWORD[=value]". Fails with protocol.
Result<void> take_parameter(std::string_view parameter, Mail& mail);
Result<void> take_parameter(std::string_view parameter, Rcpt& rcpt);

}  // namespace mailtool::smtp
