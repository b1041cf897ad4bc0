/// \file
/// Parameters of MAIL and RCPT: esmtp-param of RFC 5321 section 4.1.2.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/smtp/command.h"

namespace mailtool::smtp {

/// Appends " SIZE=1000 BODY=8BITMIME …".
Result<void> append_parameters(std::string& line, const Mail& mail);
Result<void> append_parameters(std::string& line, const Rcpt& rcpt);

/// The inverse: one "KEYWORD[=value]". Fails with protocol; with unsupported
/// where it or its value is not known.
Result<void> take_parameter(std::string_view parameter, Mail& mail);
Result<void> take_parameter(std::string_view parameter, Rcpt& rcpt);

}  // namespace mailtool::smtp
