#include "serve/smtp_replies.h"

#include <algorithm>
#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/smtp/capability.h"
#include "serve/sasl_server.h"

namespace mailtool::serve {
namespace {

using smtp::Reply;

constexpr std::array<std::string_view, 15> kVerbs{
    "EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET",    "NOOP",
    "QUIT", "AUTH", "VRFY", "EXPN", "HELP", "TURN", "STARTTLS"};

Reply reply(int code, std::string text) {
  return Reply{code, {}, {std::move(text)}};
}

}  // namespace

bool is_verb(std::string_view verb) {
  return std::find(kVerbs.begin(), kVerbs.end(), verb) != kVerbs.end();
}

Reply capabilities(const SmtpSettings& settings, bool starttls,
                   const std::vector<std::string_view>& auth) {
  smtp::Capabilities can;
  can.domain = settings.host;
  can.size = true;
  can.max_size = settings.max_octets;
  can.pipelining = can.eight_bit_mime = can.smtputf8 = true;
  can.chunking = can.dsn = can.enhanced_status_codes = true;
  can.starttls = starttls;
  can.auth.assign(auth.begin(), auth.end());
  return to_reply(can);
}

Reply done() { return reply(250, "2.0.0 done"); }
Reply taken() { return reply(250, "2.0.0 taken"); }
Reply sender_taken() { return reply(250, "2.1.0 sender taken"); }
Reply recipient_taken() { return reply(250, "2.1.5 recipient taken"); }
Reply logged_in() { return reply(235, "2.7.0 logged in"); }
Reply help() {
  return reply(214, "2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT AUTH "
                    "STARTTLS");
}
Reply cannot_verify() {
  return reply(252, "2.5.0 not told; send mail, and see");
}
Reply farewell(const std::string& host, std::string_view why) {
  return reply(421, "4.4.2 " + host + " " + std::string(why));
}
Reply shutting_down(const std::string& host) {
  return reply(421, "4.3.2 " + host + " shutting down");
}

Reply unknown_command() { return reply(500, "5.5.2 no such command"); }
Reply bad_syntax(std::string_view what) {
  return reply(501, "5.5.4 " + printable(what, 200));
}
Reply line_too_long() { return reply(500, "5.5.2 line too long"); }
Reply bare_lf() {
  return reply(500, "5.5.2 line ended by LF alone, not by CRLF");
}
Reply out_of_order(std::string_view why) {
  return reply(503, "5.5.1 " + std::string(why));
}
Reply not_offered(std::string_view what) {
  return reply(502, "5.5.1 not offered: " + std::string(what));
}
Reply no_recipient() { return reply(554, "5.5.1 no recipient"); }
Reply too_many_recipients() { return reply(452, "4.5.3 too many recipients"); }
Reply wants_smtputf8() {
  return reply(553, "5.6.7 the address needs SMTPUTF8");
}
Reply too_large() { return reply(552, "5.3.4 message too large"); }
Reply message_has_bare_lf() {
  return reply(550,
               "5.6.0 a line ends by LF alone: send CRLF (curl: --crlf)");
}
Reply message_has_bare_cr() {
  return reply(550, "5.6.0 CR alone, without LF behind it: send CRLF");
}
Reply message_has_nul() {
  return reply(550, "5.6.0 NUL: encode what is no text (MIME)");
}
Reply loops() {
  return reply(554, "5.4.6 it has come round too often: a loop");
}
Reply unknown_parameter(std::string_view what) {
  return reply(555, "5.5.4 " + printable(what, 200));
}
Reply login_required() { return reply(530, "5.7.0 log in first"); }
Reply tls_required() {
  return reply(538, "5.7.11 STARTTLS first: a password is no clear text");
}
Reply no_tls() {
  return reply(454, "4.7.0 TLS not available due to temporary reason");
}
Reply login_refused(std::string_view why) {
  return reply(535, "5.7.8 " + std::string(why.empty() ? kWrongPassword : why));
}
Reply not_base64() { return reply(501, "5.5.2 not base64"); }
Reply no_such_mechanism() { return reply(504, "5.5.4 no such mechanism"); }

Reply reply_of(std::string_view line) {
  if (line.size() < 3) return {};
  const auto code = parse_number(line.substr(0, 3)).value_or(0);
  return reply(static_cast<int>(code),
               std::string(line.substr(std::min<std::size_t>(4, line.size()))));
}

Reply not_stored(const Error& error) {
  const bool full = error.what.find("No space") != std::string::npos;
  return full ? reply(452, "4.3.1 no room on the disk")
              : reply(451, "4.3.0 " + printable(error.what, 200));
}

}  // namespace mailtool::serve
