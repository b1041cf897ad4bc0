#include "serve/secret_lines.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/secret.h"

namespace mailtool::serve {
namespace {

constexpr std::string_view kMasked = "****";

// The next word, behind blanks; `at` is then behind it.
std::string_view word(std::string_view line, std::size_t& at) {
  while (at < line.size() && is_blank(line[at])) ++at;
  const auto begin = at;
  while (at < line.size() && !is_blank(line[at]) && line[at] != '\r' &&
         line[at] != '\n') {
    ++at;
  }
  return line.substr(begin, at - begin);
}

// How much of the line may be shown; npos: all of it. Of a SASL exchange, which
// may go on in more lines, the name of the mechanism, too.
std::size_t shown_of(Protocols protocol, std::string_view line,
                     bool& exchange) {
  std::size_t at = 0;
  auto verb = word(line, at);
  if (protocol == kImap) verb = word(line, at);
  if (iequals(verb, "AUTH") || iequals(verb, "AUTHENTICATE")) {
    (void)word(line, at);
    exchange = true;
    return at;
  }
  const bool secret =
      iequals(verb, "PASS") || iequals(verb, "LOGIN") || iequals(verb, "APOP");
  return secret ? at : line.npos;
}

// literal = "{" number ["+"] "}", at the end of a line
std::uint64_t literal_at_end(std::string_view tail) {
  while (!tail.empty() && (tail.back() == '\r' || tail.back() == '\n')) {
    tail.remove_suffix(1);
  }
  if (!tail.ends_with('}')) return 0;
  tail.remove_suffix(1);
  if (tail.ends_with('+')) tail.remove_suffix(1);
  const auto open = tail.rfind('{');
  if (open == tail.npos) return 0;
  return parse_number(tail.substr(open + 1)).value_or(0);
}

}  // namespace

// Called with a head that ends a line or is long enough.
std::string SecretLines::begin_line() {
  known_ = true;
  if (exchange_ || in_command_) {
    masks_ = true;
    return std::string(kMasked);
  }
  const auto shown = shown_of(protocol_, head_, exchange_);
  if (exchange_) {
    std::size_t at = 0;
    auth_tag_ = word(head_, at);
    armed_ = true;
    asked_ = false;
  }
  if (shown == head_.npos) return std::exchange(head_, {});
  masks_ = true;
  auto line = head_.substr(0, shown);
  const auto end = head_.find_last_not_of("\r\n");
  const bool more = end != head_.npos && end + 1 > shown;
  return more ? line + " " + std::string(kMasked) : line;
}

void SecretLines::end_line() {
  known_ = masks_ = false;
  wipe(head_);
  head_.clear();
}

std::string SecretLines::client(std::string_view octets) {
  std::string shown;
  while (!octets.empty()) {
    if (literal_ > 0) {
      const auto count = static_cast<std::size_t>(
          std::min<std::uint64_t>(literal_, octets.size()));
      literal_ -= count;
      octets.remove_prefix(count);
      continue;
    }
    const auto lf = std::min(octets.find('\n'), octets.size() - 1);
    auto piece = octets.substr(0, lf + 1);
    if (!known_) piece = piece.substr(0, kHead - head_.size());
    octets.remove_prefix(piece.size());
    const bool ends = piece.ends_with('\n');
    if (!known_) {
      head_ += piece;
      if (!ends && head_.size() < kHead) continue;
      tail_ = head_;
      shown += begin_line();
    } else {
      if (!masks_) shown += piece;
      tail_ += piece;
    }
    if (tail_.size() > 64) tail_.erase(0, tail_.size() - 64);
    if (!ends) continue;
    if (masks_) {
      shown += "\r\n";
      literal_ = protocol_ == kImap ? literal_at_end(tail_) : 0;
      in_command_ = literal_ > 0;
    }
    end_line();
  }
  return shown;
}

std::string SecretLines::server(std::string_view octets) {
  std::string shown;
  while (!octets.empty()) {
    const auto line = octets.substr(0, octets.find('\n') + 1);
    const auto whole = line.empty() ? octets : line;
    const bool asks = armed_ && said_.empty() && asks_for_secret(whole);
    const auto blank = whole.find(' ');
    const bool bare =
        trim(whole.substr(blank == whole.npos ? 0 : blank)).empty();
    if (asks && !bare && whole.ends_with('\n')) {
      shown += std::string(whole.substr(0, blank + 1)) + std::string(kMasked) +
               "\r\n";
    } else {
      shown += whole;
    }
    hear(whole);
    octets.remove_prefix(whole.size());
  }
  return shown;
}

void SecretLines::hear(std::string_view octets) {
  for (const char c : octets) {
    if (c != '\n') {
      if (said_.size() < kSaid) said_ += c;
      continue;
    }
    // "+ " and "334" ask for more; what is said behind that, with the tag of the
    // command, ends an exchange.
    if (asks_for_secret(said_)) {
      exchange_ = asked_ = armed_;
    } else if (protocol_ != kImap || said_.starts_with(auth_tag_ + " ")) {
      exchange_ = false;
      armed_ = armed_ && !asked_ && protocol_ != kImap;
    }
    said_.clear();
  }
}

bool SecretLines::asks_for_secret(std::string_view line) const {
  return protocol_ == kSmtp ? line.starts_with("334") : line.starts_with("+ ");
}

std::string SecretLines::rest() {
  if (head_.empty() || known_) return {};
  return begin_line();
}

}  // namespace mailtool::serve
