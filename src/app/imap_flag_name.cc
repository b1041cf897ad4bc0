#include "app/imap_flag_name.h"

#include <array>
#include <utility>

#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/imap/command.h"

namespace mailtool::app {
namespace {

constexpr std::array<std::string_view, 5> kSystem{
    "\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted"};
constexpr std::array<std::string_view, 5> kTyped{"seen", "flagged", "answered",
                                                 "draft", "deleted"};

Error wrong(std::string what, std::string hint = {}) {
  return Error{ErrorKind::usage, std::move(what), {}, {}, std::move(hint)};
}

Result<std::string> keyword(std::string_view name) {
  std::string text(name);
  if (!imap::is_flag(text) || text.front() == '\\') {
    return wrong("not a keyword");
  }
  return text;
}

// read and unread are no flags, but \Seen and its absence.
Error reading(bool unread, std::string_view sign) {
  const bool clears = unread != (sign == "-");
  std::string meant = sign.empty() ? "" : clears ? "-" : "+";
  return wrong("not a flag; did you mean " + meant + "seen?");
}

}  // namespace

Result<std::string> flag_name(std::string_view word, std::string_view sign) {
  if (word.starts_with("kw:")) return keyword(word.substr(3));
  const bool system = word.starts_with('\\');
  const auto name = lower(system ? word.substr(1) : word);
  for (std::size_t i = 0; i < kTyped.size(); ++i) {
    if (name == kTyped[i]) return std::string(kSystem[i]);
  }
  if (name == "recent") {
    return wrong("the server alone sets and clears \\Recent");
  }
  if (name == "read" || name == "unread") {
    return reading(name == "unread", sign);
  }
  const auto meant = did_you_mean(name, kTyped, sign);
  if (system) return wrong("no such flag" + meant, "a keyword has no backslash");
  if (word.starts_with('+') || word.starts_with('-')) {
    return wrong("a sign before the flag", "kw:NAME is a keyword of any name");
  }
  const std::string flag(word);
  if (!imap::is_flag(flag)) {
    return wrong("not a flag, as " + std::string(sign) + "seen or " +
                 std::string(sign) + "$Junk");
  }
  if (!meant.empty() && !flag.starts_with('$')) {
    return wrong("not a flag that all servers have" + meant,
                 std::string(sign) + "kw:" + printable(flag, 60) +
                     " is the keyword of this name");
  }
  return flag;
}

}  // namespace mailtool::app
