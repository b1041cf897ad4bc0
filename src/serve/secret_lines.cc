#include "serve/secret_lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/secret.h"

namespace mailtool::serve {
namespace {

using Kind = Upcoming::Kind;

constexpr std::string_view kMasked = "****";

// Whatever else stands there could be what only the server should have.
constexpr std::array<std::string_view, 12> kMechanisms{
    "PLAIN",         "LOGIN",      "CRAM-MD5",           "DIGEST-MD5",
    "SCRAM-SHA-1",   "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS",
    "XOAUTH2",       "OAUTHBEARER", "EXTERNAL",          "GSSAPI"};
constexpr std::array<std::string_view, 14> kSmtpVerbs{
    "EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET",
    "NOOP", "QUIT", "VRFY", "EXPN", "HELP", "TURN", "STARTTLS"};
constexpr std::array<std::string_view, 13> kPop3Verbs{
    "USER", "QUIT", "CAPA", "STLS", "UTF8", "NOOP", "STAT",
    "RSET", "LIST", "UIDL", "RETR", "TOP",  "DELE"};
constexpr std::array<std::string_view, 29> kImapVerbs{
    "CAPABILITY", "NOOP",   "LOGOUT", "ID",       "STARTTLS",  "ENABLE",
    "SELECT",     "EXAMINE", "CREATE", "DELETE",   "RENAME",    "SUBSCRIBE",
    "UNSUBSCRIBE", "LIST",  "LSUB",   "NAMESPACE", "STATUS",    "IDLE",
    "APPEND",     "CHECK",  "CLOSE",  "UNSELECT", "EXPUNGE",   "SEARCH",
    "FETCH",      "STORE",  "COPY",   "MOVE",     "UID"};

template <typename Names>
bool is_one_of(const Names& names, std::string_view word) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return iequals(name, word); });
}

// What ends a word of a client that may do anything wrong.
bool is_gap(char c) { return is_blank(c) || is_control(c); }

// The next word, behind blanks; `at` is then behind it.
std::string_view word(std::string_view line, std::size_t& at) {
  while (at < line.size() && is_gap(line[at])) ++at;
  const auto begin = at;
  while (at < line.size() && !is_gap(line[at])) ++at;
  return line.substr(begin, at - begin);
}

bool begins_exchange(std::string_view verb) {
  return iequals(verb, "AUTH") || iequals(verb, "AUTHENTICATE");
}

bool has_secret(std::string_view verb) {
  return begins_exchange(verb) || iequals(verb, "PASS") ||
         iequals(verb, "LOGIN") || iequals(verb, "APOP");
}

// How much of a line may be shown; npos: all of it. The verb is the second word
// of IMAP, and where a client has left out the tag the first.
std::size_t shown_of(std::string_view line) {
  std::size_t at = 0;
  auto verb = word(line, at);
  if (!has_secret(verb)) verb = word(line, at);
  if (!has_secret(verb)) return line.npos;
  if (!begins_exchange(verb)) return at;
  auto behind = at;
  return is_one_of(kMechanisms, word(line, behind)) ? behind : at;
}

}  // namespace

bool SecretLines::is_command() const {
  std::size_t at = 0;
  const auto first = word(head_, at);
  if (first.empty()) return true;
  if (protocol_ == kSmtp) return is_one_of(kSmtpVerbs, first);
  if (protocol_ == kPop3) return is_one_of(kPop3Verbs, first);
  return is_one_of(kImapVerbs, word(head_, at)) || iequals(first, "DONE");
}

// Of IMAP, whose server says it again.
void SecretLines::remember_tag() {
  std::size_t at = 0;
  const auto tag = word(head_, at).substr(0, kTag);
  if (protocol_ != kImap || tag.empty() || tag == "*" || tag == "+") return;
  if (tags_.size() < kTags) tags_.emplace_back(tag);
}

// Called with a head that ends a line or is long enough.
std::string SecretLines::begin_line() {
  known_ = true;
  if (kind_ == Kind::command) return begin_command();
  masks_ = kind_ == Kind::secret || in_secret_;
  return masks_ ? std::string(kMasked) : head_;
}

std::string SecretLines::begin_command() {
  const auto shown = shown_of(head_);
  masks_ = shown != head_.npos;
  in_secret_ = masks_;
  armed_ = armed_ || masks_;
  if (masks_) {
    const auto end = head_.find_last_not_of("\r\n");
    const bool more = end != head_.npos && end + 1 > shown;
    auto line = head_.substr(0, shown);
    return more ? line + " " + std::string(kMasked) : line;
  }
  if (!armed_ || is_command()) return head_;
  masks_ = in_secret_ = true;
  remember_tag();
  return std::string(kMasked);
}

std::string SecretLines::client(std::string_view octets, Kind kind) {
  if (octets.empty()) return {};
  if (kind == Kind::octets) {
    if (in_secret_) return {};
    unfinished_ = !octets.ends_with('\n');
    return std::string(octets);
  }
  std::string shown;
  if (!known_ && head_.empty()) {
    kind_ = kind;
    const bool ended = std::exchange(unfinished_, false);
    if (ended && kind != Kind::rest) shown = "\r\n";
  }
  const bool ends = octets.ends_with('\n');
  if (known_) {
    if (!masks_) shown += octets;
  } else {
    head_ += octets;
    if (!ends && head_.size() < kHead) return shown;
    shown += begin_line();
    wipe(head_);
    head_.clear();
  }
  if (!ends) return shown;
  if (masks_) shown += "\r\n";
  known_ = masks_ = false;
  return shown;
}

std::string SecretLines::server(std::string_view octets, bool asks) {
  std::string shown;
  while (!octets.empty()) {
    const auto lf = std::min(octets.find('\n'), octets.size() - 1);
    const auto piece = octets.substr(0, lf + 1);
    octets.remove_prefix(piece.size());
    const bool ends = piece.ends_with('\n');
    if (!goes_on_) {
      shown += begin_answer(piece, asks);
    } else if (!hides_) {
      shown += piece;
    }
    if (ends && hides_) shown += "\r\n";
    goes_on_ = !ends;
    hides_ = hides_ && goes_on_;
  }
  return shown;
}

std::string SecretLines::begin_answer(std::string_view line, bool asks) {
  const auto blank = std::min(line.find(' '), line.size());
  if (asks && (line.starts_with("+ ") || line.starts_with("334 "))) {
    hides_ = line.find_first_not_of(" \r\n", blank) != line.npos;
    if (!hides_) return std::string(line);
    return std::string(line.substr(0, blank + 1)) + std::string(kMasked);
  }
  if (!is_masked_tag(line.substr(0, blank))) return std::string(line);
  return std::string(kMasked) + std::string(line.substr(blank));
}

// Where there were too many no tag is shown. A connection can end in the midst
// of one.
bool SecretLines::is_masked_tag(std::string_view tag) const {
  if (tags_.empty() || tag.empty() || tag == "*" || tag == "+") return false;
  if (tags_.size() == kTags) return true;
  return std::any_of(
      tags_.begin(), tags_.end(),
      [&](const std::string& one) { return one.starts_with(tag.substr(0, kTag)); });
}

std::string SecretLines::rest() {
  if (head_.empty() || known_) return {};
  return begin_line();
}

}  // namespace mailtool::serve
