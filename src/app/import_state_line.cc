#include "app/import_state_line.h"

#include "mailtool/base/ascii.h"
#include "mailtool/pop3/listing.h"

namespace mailtool::app {
namespace {

using Kind = ImportLine::Kind;

constexpr std::string_view kGetmailPrefix = "oldmail-";

// RFC 1939 section 7. What a server can list, and nothing else.
bool is_uid(std::string_view text) {
  if (text.empty() || text.size() > pop3::kUidOctets) return false;
  for (const char c : text) {
    if (c <= ' ' || c >= '\x7f') return false;
  }
  return true;
}

// Seconds since 1970; 0 where there is none, or one that cannot be.
std::time_t moment(std::string_view text) {
  constexpr std::uint64_t kLatest = 253'402'300'799;  // the year 9999
  const auto seconds = parse_number(text);
  return seconds && *seconds <= kLatest ? static_cast<std::time_t>(*seconds)
                                        : 0;
}

ImportLine entry(Kind kind, std::string_view uid, std::string_view time) {
  ImportLine line;
  if (!is_uid(uid)) return line;
  line.kind = kind;
  line.uid = uid;
  line.first_seen = moment(time);
  return line;
}

// The text up to `separator`, and what follows it.
struct Halves {
  std::string_view before;
  std::string_view after;
};
Halves cut(std::string_view text, std::size_t at) {
  if (at == text.npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// line = user "@" host SP uid
//
// A user may hold "@" and blanks; neither a host nor an id does.
ImportLine parse_fetchmail(std::string_view text) {
  ImportLine line;
  text = trim(text);
  if (text.empty()) return {Kind::nothing, {}, 0, {}, {}};
  const auto space = text.rfind(' ');
  if (space == text.npos) return line;
  const auto [owner, uid] = cut(text, space);
  const auto at = trim(owner).rfind('@');
  if (at == owner.npos || at == 0) return line;
  line = entry(Kind::known, uid, {});
  line.user = trim(owner).substr(0, at);
  line.host = trim(owner).substr(at + 1);
  return line;
}

// line = uid NUL time
ImportLine parse_getmail(std::string_view text) {
  text = trim(text);
  if (text.empty()) return {Kind::nothing, {}, 0, {}, {}};
  const auto nul = text.find('\0');
  if (nul == text.npos) return {};
  const auto [uid, time] = cut(text, nul);
  return entry(Kind::known, uid, time);
}

// line = "*" host SP user / mark SP uid [SP time] / "#" comment
//
// Kept on the server (k) and to be deleted there (d) were fetched. Too large
// (b) has its beginning alone, and the rest of what is to be fetched (f) was
// asked for and has not come.
ImportLine parse_thunderbird(std::string_view text) {
  text = trim(text);
  if (text.empty() || text[0] == '#') return {Kind::nothing, {}, 0, {}, {}};
  ImportLine line;
  if (text[0] == '*') {
    text.remove_prefix(1);
    const auto [host, user] = cut(text, text.find(' '));
    if (host.empty() || user.empty()) return line;
    line.kind = Kind::account;
    line.host = host;
    line.user = trim(user);
    return line;
  }
  if (text.size() < 3 || text[1] != ' ') return line;
  const auto [uid, time] = cut(text.substr(2), text.substr(2).find(' '));
  switch (text[0]) {
    case 'k':
    case 'd': return entry(Kind::known, uid, trim(time));
    case 'b':
    case 'f': return entry(Kind::partial, uid, trim(time));
    default: return line;
  }
}

// What getmail makes of it in the name of a file.
std::string as_in_file_name(std::string_view text) {
  std::string name;
  bool replaced = false;
  for (const char c : text) {
    const bool bad = std::string_view("/:;<>|").find(c) != text.npos;
    if (!bad) name += c;
    if (bad && !replaced) name += '-';
    replaced = bad;
  }
  return name;
}

std::size_t digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

}  // namespace

// line = SP count SP host SP user / uid [SP time]; comments come first of all
ImportLine ImportLines::mpop(std::string_view text) {
  if (!comments_over_ && text.starts_with('#')) {
    return {Kind::nothing, {}, 0, {}, {}};
  }
  comments_over_ = true;
  ImportLine line;
  if (!text.starts_with(' ')) {
    const auto [uid, time] = cut(text, text.find(' '));
    return entry(Kind::known, uid, trim(time));
  }
  text.remove_prefix(1);
  const auto [count, owner] = cut(text, text.find(' '));
  const auto [host, user] = cut(owner, owner.find(' '));
  if (!parse_number(count) || host.empty() || user.empty()) return line;
  line.kind = Kind::account;
  line.host = host;
  line.user = user;
  return line;
}

ImportLine ImportLines::parse(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  switch (format_) {
    case ImportFormat::mpop: return mpop(line);
    case ImportFormat::fetchmail: return parse_fetchmail(line);
    case ImportFormat::getmail: return parse_getmail(line);
    case ImportFormat::thunderbird: return parse_thunderbird(line);
  }
  return {};
}

bool getmail_file_is_of(std::string_view name, const ImportAccount& account) {
  const auto begin =
      std::string(kGetmailPrefix) + as_in_file_name(account.host) + "-";
  if (!istarts_with(name, begin)) return false;
  name.remove_prefix(begin.size());
  const auto port = digits(name);
  return port > 0 && name.substr(port) == "-" + as_in_file_name(account.user);
}

std::optional<ImportAccount> getmail_account(std::string_view name) {
  if (!name.starts_with(kGetmailPrefix)) return std::nullopt;
  name.remove_prefix(kGetmailPrefix.size());
  for (std::size_t at = 1; at < name.size(); ++at) {
    if (name[at] != '-') continue;
    const auto port = digits(name.substr(at + 1));
    const auto user = at + 1 + port + 1;
    if (port == 0 || user >= name.size() || name[user - 1] != '-') continue;
    return ImportAccount{std::string(name.substr(user)),
                         std::string(name.substr(0, at))};
  }
  return std::nullopt;
}

}  // namespace mailtool::app
