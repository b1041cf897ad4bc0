#include "mailtool/pop3/reply.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::pop3 {
namespace {

constexpr std::size_t kCodeOctets = 64;

// resp-code   = "[" resp-level *("/" resp-level) "]"   ; RFC 2449 section 8
// resp-level  = 1*rchar                                ; no "/", "]", SP, CTL
bool is_code(std::string_view text) {
  if (text.empty() || text.size() > kCodeOctets) return false;
  bool level_open = false;
  for (const char c : text) {
    if (c == '/') {
      if (!level_open) return false;
      level_open = false;
    } else if (is_control(c) || is_8bit(c) || c == ' ' || c == '[') {
      return false;
    } else {
      level_open = true;
    }
  }
  return level_open;
}

void take_code(Reply& reply) {
  const std::string_view text = reply.text;
  if (!text.starts_with('[')) return;
  const auto close = text.find(']');
  if (close == text.npos || !is_code(text.substr(1, close - 1))) return;
  // A code ends in a space or the line: "[x]y" is text.
  if (close + 1 < text.size() && text[close + 1] != ' ') return;
  reply.code = upper(text.substr(1, close - 1));
  reply.text.erase(0, close + 2);
}

}  // namespace

bool Reply::has_code(std::string_view name) const {
  return std::string_view(code).starts_with(name) &&
         (code.size() == name.size() || code[name.size()] == '/');
}

// single-line = status [SP text] CRLF                  ; RFC 2449 section 4
// status      = "+OK" / "-ERR"
// continue    = "+" SP [base64] CRLF                   ; RFC 5034 section 4
//
// Lenient: the status in any case, and "+" without the space, as some servers
// send for an empty challenge. Tests: "lower case", "bare plus".
Result<Reply> parse_reply(std::string_view line) {
  const auto space = line.find(' ');
  const auto word = line.substr(0, space);
  const auto rest =
      space == line.npos ? std::string_view{} : line.substr(space + 1);

  if (word == "+") return Reply{Status::continuation, "", std::string(rest)};
  Reply reply;
  if (iequals(word, "-ERR")) {
    reply.status = Status::err;
  } else if (!iequals(word, "+OK")) {
    return Error{ErrorKind::protocol, "not a POP3 reply", {}, printable(line)};
  }
  reply.text = rest;
  take_code(reply);
  return reply;
}

std::string to_wire(const Reply& reply) {
  if (reply.status == Status::continuation) return "+ " + reply.text + "\r\n";
  std::string line = reply.ok() ? "+OK" : "-ERR";
  if (!reply.code.empty()) line += " [" + reply.code + "]";
  if (!reply.text.empty()) line += " " + reply.text;
  return line + "\r\n";
}

}  // namespace mailtool::pop3
