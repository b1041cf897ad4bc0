#include "mailtool/pop3/command.h"

#include "mailtool/base/ascii.h"

namespace mailtool::pop3 {
namespace {

constexpr std::size_t kTimestampOctets = 200;
constexpr std::size_t kTagOctets = 35;  // RFC 5646 section 4.4.1

Command plain(std::string text, bool multiline = false) {
  return {text + "\r\n", text, multiline, false};
}

Error illegal(std::string_view what, std::string_view step) {
  return Error{ErrorKind::usage, std::string(what), std::string(step)};
}

// What may not stand in any argument: it would be a command of its own.
Result<void> check(std::string_view argument, std::string_view name,
                   std::string_view step) {
  if (argument.empty()) return illegal(std::string(name) + " is empty", step);
  if (has_line_break_or_nul(argument)) {
    return illegal(std::string(name) + " holds a line break or NUL", step);
  }
  return {};
}

}  // namespace

Command capa() { return plain("CAPA", true); }
Command stls() { return plain("STLS"); }
Command stat() { return plain("STAT"); }
Command list() { return plain("LIST", true); }
Command uidl() { return plain("UIDL", true); }
Command noop() { return plain("NOOP"); }
Command rset() { return plain("RSET"); }
Command quit() { return plain("QUIT"); }
Command utf8() { return plain("UTF8"); }

Command retr(std::uint32_t number) {
  return plain("RETR " + std::to_string(number), true);
}

Command top(std::uint32_t number, std::uint32_t body_lines) {
  return plain(
      "TOP " + std::to_string(number) + " " + std::to_string(body_lines), true);
}

Command dele(std::uint32_t number) {
  return plain("DELE " + std::to_string(number));
}

Result<Command> user(std::string_view name) {
  if (auto legal = check(name, "user name", "USER"); !legal) {
    return legal.error();
  }
  return plain("USER " + std::string(name));
}

Result<Command> pass(const Secret& password) {
  if (has_line_break_or_nul(password.reveal())) {
    return illegal("password holds a line break or NUL", "PASS");
  }
  Command command{"", "PASS ****", false, true};
  command.line.reserve(password.reveal().size() + 7);  // no copy left behind
  command.line += "PASS ";
  command.line += password.reveal();
  command.line += "\r\n";
  return command;
}

Result<Command> apop(std::string_view name, std::string_view digest) {
  for (const auto argument : {name, digest}) {
    if (auto legal = check(argument, "user name", "APOP"); !legal) {
      return legal.error();
    }
  }
  if (name.find(' ') != name.npos) {
    return illegal("APOP takes no user name with a space", "APOP");
  }
  // The digest is as good as a password to whoever collects them.
  return Command{
      "APOP " + std::string(name) + " " + std::string(digest) + "\r\n",
      "APOP " + std::string(name) + " ****", false, true};
}

Result<Command> auth(std::string_view mechanism, std::string_view initial) {
  if (auto legal = check(mechanism, "mechanism", "AUTH"); !legal) {
    return legal.error();
  }
  if (has_line_break_or_nul(initial) || mechanism.find(' ') != mechanism.npos) {
    return illegal("not a mechanism or response", "AUTH");
  }
  const std::string start = "AUTH " + std::string(mechanism);
  if (initial.empty()) return plain(start);
  return Command{start + " " + std::string(initial) + "\r\n", start + " ****",
                 false, true};
}

// lang-cmd = "LANG" SP lang-tag                        ; RFC 6856 section 3
Result<Command> lang(std::string_view tag) {
  bool legal = !tag.empty() && tag.size() <= kTagOctets && is_alpha(tag[0]);
  for (const char c : tag) {
    legal = legal && (is_alpha(c) || is_digit(c) || c == '-');
  }
  if (!legal) return illegal("not a language tag", "LANG");
  return plain("LANG " + std::string(tag));
}

std::string apop_timestamp(std::string_view greeting) {
  const auto open = greeting.find('<');
  if (open == greeting.npos) return {};
  const auto close = greeting.find('>', open);
  if (close == greeting.npos) return {};
  const auto stamp = greeting.substr(open, close - open + 1);
  const auto at = stamp.find('@');
  const bool both_sides = at != stamp.npos && at > 1 && at + 2 < stamp.size();
  if (!both_sides || stamp.find('@', at + 1) != stamp.npos) return {};
  if (stamp.size() > kTimestampOctets || stamp.find('<', 1) != stamp.npos) {
    return {};
  }
  for (const char c : stamp) {
    if (is_control(c) || is_8bit(c) || c == ' ') return {};
  }
  return std::string(stamp);
}

}  // namespace mailtool::pop3
