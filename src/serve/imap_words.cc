#include "serve/imap_words.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/imap/command.h"

namespace mailtool::serve {
namespace {

constexpr std::size_t kMaxQuoted = 1000;

Flags system_flag(std::string_view name) {
  for (std::size_t i = 0; i < kSystemFlags.size(); ++i) {
    if (iequals(name, kSystemFlags[i])) return Flags{1} << i;
  }
  return 0;
}

}  // namespace

void put_octets(std::string& out, std::string_view octets) {
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  out += octets;
  if (octets.find('\0') == octets.npos) return;
  std::replace(out.begin() + begin, out.end(), '\0', '\x80');
}

void put_string(std::string& out, std::string_view text) {
  const bool quotable = text.size() <= kMaxQuoted && is_ascii(text) &&
                        !has_line_break_or_nul(text);
  if (!quotable) {
    out += "{" + std::to_string(text.size()) + "}\r\n";
    put_octets(out, text);
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void put_nstring(std::string& out,
                 const std::optional<std::string_view>& text) {
  if (text) {
    put_string(out, *text);
  } else {
    out += "NIL";
  }
}

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP
//             zone DQUOTE
void put_date_time(std::string& out, std::int64_t seconds) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr",
                                            "May", "Jun", "Jul", "Aug",
                                            "Sep", "Oct", "Nov", "Dec"};
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  if (::gmtime_r(&time, &utc) == nullptr || utc.tm_year + 1900 > 9999 ||
      utc.tm_year + 1900 < 0) {
    out += "\"01-Jan-1970 00:00:00 +0000\"";
    return;
  }
  char text[64];
  std::snprintf(text, sizeof text, "\"%2d-%s-%04d %02d:%02d:%02d +0000\"",
                utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900,
                utc.tm_hour, utc.tm_min, utc.tm_sec);
  out += text;
}

void put_flags(std::string& out, Flags flags, const Mailbox& mailbox) {
  out += '(';
  const auto begin = out.size();
  const auto put = [&](std::string_view name) {
    if (out.size() > begin) out += ' ';
    out += name;
  };
  for (std::size_t i = 0; i < kSystemFlags.size(); ++i) {
    if ((flags >> i & 1U) != 0) put(kSystemFlags[i]);
  }
  const auto& keywords = mailbox.keywords();
  for (std::size_t i = 0; i < keywords.size(); ++i) {
    const bool set = (flags >> (kSystemFlags.size() + i) & 1U) != 0;
    if (set && !keywords[i].empty()) put(keywords[i]);
  }
  out += ')';
}

// flag = "\Answered" / … / flag-keyword              ; RFC 9051 section 9
std::optional<FlagList> parse_flag_list(imap::Value list) {
  FlagList flags;
  const bool bare = !list.is_list();
  for (auto at = bare ? list : list.first(); !at.absent(); at = at.next()) {
    const auto name = at.text();
    // \Recent is the server's alone, and was; clients send it back.
    if (iequals(name, "\\Recent")) continue;
    if (const auto flag = system_flag(name); flag != 0) {
      flags.system |= flag;
    } else if (!name.starts_with('\\') && imap::is_flag(name)) {
      flags.keywords.emplace_back(name);
    } else {
      return std::nullopt;
    }
  }
  return flags;
}

HeldFlags find_flags(const FlagList& list, Mailbox& mailbox) {
  auto bits = list.system;
  const auto& known = mailbox.keywords();
  for (std::size_t i = 0; i < known.size(); ++i) {
    const bool named = std::any_of(
        list.keywords.begin(), list.keywords.end(),
        [&](const std::string& one) { return iequals(one, known[i]); });
    if (named) bits |= Flags{1} << (kSystemFlags.size() + i);
  }
  return {bits, mailbox.hold(bits)};
}

Result<HeldFlags> make_flags(const FlagList& list, Mailbox& mailbox) {
  auto made = mailbox.make_keywords(list.keywords);
  if (!made) return std::move(made).error();
  const auto bits = list.system | *made;
  return HeldFlags{bits, mailbox.hold(bits)};
}

std::string why_not(const Error& error) {
  const auto code = error.what.starts_with('[') ? std::string_view()
                    : error.kind == ErrorKind::no_such_item
                        ? std::string_view("[NONEXISTENT] ")
                    : error.kind == ErrorKind::rejected
                        ? std::string_view("[CANNOT] ")
                        : std::string_view("[SERVERBUG] ");
  return std::string(code) + printable(error.what, 200);
}

// tag = 1*<any ASTRING-CHAR except "+">               ; RFC 9051 section 9
std::string tag_of(imap::Value value) {
  constexpr std::size_t kMaxTag = 100;
  const auto text = value.text();
  if (value.kind() != imap::Value::Kind::atom) return "*";
  for (const char c : text) {
    const bool special =
        std::string_view("(){%*\"\\+ ").find(c) != std::string_view::npos;
    if (special || is_control(c) || is_8bit(c)) return "*";
  }
  const bool legal = !text.empty() && text.size() <= kMaxTag;
  return legal ? std::string(text) : "*";
}

}  // namespace mailtool::serve
