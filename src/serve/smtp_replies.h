/// \file
/// What the SMTP server says: codes RFC 5321 section 4.2, enhanced codes RFC
/// 3463 and 5248.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/error.h"
#include "mailtool/serve/smtp_session.h"
#include "mailtool/smtp/reply.h"

namespace mailtool::serve {

/// A command of SMTP, known or offered or not.
[[nodiscard]] bool is_verb(std::string_view verb);

/// To EHLO. `auth`: the mechanisms; none: AUTH is not offered.
[[nodiscard]] smtp::Reply capabilities(
    const SmtpSettings& settings, bool starttls,
    const std::vector<std::string_view>& auth);
[[nodiscard]] smtp::Reply done();
[[nodiscard]] smtp::Reply taken();
[[nodiscard]] smtp::Reply sender_taken();
[[nodiscard]] smtp::Reply recipient_taken();
[[nodiscard]] smtp::Reply logged_in();
[[nodiscard]] smtp::Reply help();
[[nodiscard]] smtp::Reply cannot_verify();
[[nodiscard]] smtp::Reply farewell(const std::string& host,
                                   std::string_view why);
[[nodiscard]] smtp::Reply shutting_down(const std::string& host);

[[nodiscard]] smtp::Reply unknown_command();
[[nodiscard]] smtp::Reply bad_syntax(std::string_view what);
[[nodiscard]] smtp::Reply line_too_long();
[[nodiscard]] smtp::Reply bare_lf();
[[nodiscard]] smtp::Reply out_of_order(std::string_view why);
[[nodiscard]] smtp::Reply not_offered(std::string_view what);
[[nodiscard]] smtp::Reply no_recipient();
[[nodiscard]] smtp::Reply too_many_recipients();
[[nodiscard]] smtp::Reply wants_smtputf8();
[[nodiscard]] smtp::Reply too_large();
[[nodiscard]] smtp::Reply message_has_bare_lf();
[[nodiscard]] smtp::Reply message_has_bare_cr();
[[nodiscard]] smtp::Reply message_has_nul();
[[nodiscard]] smtp::Reply loops();
[[nodiscard]] smtp::Reply unknown_parameter(std::string_view what);
[[nodiscard]] smtp::Reply login_required();
[[nodiscard]] smtp::Reply tls_required();
[[nodiscard]] smtp::Reply no_tls();  ///< RFC 3207 section 4
/// `why`: empty where nothing more is told.
[[nodiscard]] smtp::Reply login_refused(std::string_view why);
[[nodiscard]] smtp::Reply not_base64();
[[nodiscard]] smtp::Reply no_such_mechanism();
/// "451 4.7.1 text". An empty one is a Reply of code 0.
[[nodiscard]] smtp::Reply reply_of(std::string_view line);
/// 451, or 452 where room is short.
[[nodiscard]] smtp::Reply not_stored(const Error& error);

}  // namespace mailtool::serve
