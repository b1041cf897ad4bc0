#include "app/header_domain.h"

#include <algorithm>
#include <array>
#include <vector>

#include "app/qualify.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/address.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxField = 256 * 1024;

constexpr std::array<std::string_view, 11> kAddressFields = {
    "from",      "sender",    "reply-to",    "to",
    "cc",        "bcc",       "resent-from", "resent-sender",
    "resent-to", "resent-cc", "resent-bcc"};

bool is_address_field(std::string_view name) {
  for (const auto known : kAddressFields) {
    if (iequals(name, known)) return true;
  }
  return false;
}

bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

/// Finds where a domain is missing: one element of a list after another.
//
// element = [ phrase ] "<" addr-spec ">" / addr-spec   ; comments anywhere
class DomainGaps {
 public:
  explicit DomainGaps(std::string_view value) : value_(value) {}

  /// Offsets behind the addresses without domain, in order.
  std::vector<std::size_t> find() {
    while (at_ < value_.size()) {
      const char c = value_[at_];
      if (c == '(') {
        skip_comment();
      } else if (c == ',' || c == ';') {
        end_element();
        ++at_;
      } else if (c == ':') {  // the name of a group ends here
        forget_element();
        ++at_;
      } else if (c == '<' || c == '>') {
        angle(c);
        ++at_;
      } else if (is_space(c)) {
        ++at_;
      } else if (c == ')') {  // of no comment
        has_at_ = true;
        ++at_;
      } else {
        take_word();
      }
    }
    end_element();
    return std::move(gaps_);
  }

 private:
  void skip_comment() {
    std::size_t depth = 0;
    for (; at_ < value_.size(); ++at_) {
      if (value_[at_] == '\\')
        ++at_;
      else if (value_[at_] == '(')
        ++depth;
      else if (value_[at_] == ')' && --depth == 0)
        break;
    }
    at_ = std::min(at_ + 1, value_.size());
  }

  // An atom with its dots, or a quoted string, and what adjoins it.
  void take_word() {
    while (at_ < value_.size()) {
      const char c = value_[at_];
      if (is_space(c) ||
          std::string_view("(),;:<>").find(c) != std::string_view::npos) {
        break;
      }
      if (c == '"') {
        skip_quoted();
        continue;
      }
      has_at_ = has_at_ || c == '@';
      ++at_;
    }
    ++words_;
    word_end_ = at_;
  }

  void skip_quoted() {
    for (++at_; at_ < value_.size() && value_[at_] != '"'; ++at_) {
      if (value_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, value_.size());
  }

  void angle(char c) {
    if (c == '<') {
      forget_element();
    } else {
      end_element();
      has_at_ = true;  // what follows on is no address
    }
  }

  void end_element() {
    if (words_ == 1 && !has_at_) gaps_.push_back(word_end_);
    forget_element();
  }

  void forget_element() {
    words_ = 0;
    has_at_ = false;
  }

  std::string_view value_;
  std::size_t at_ = 0;
  std::vector<std::size_t> gaps_;
  std::size_t words_ = 0;  // of the element that is being read
  std::size_t word_end_ = 0;
  bool has_at_ = false;
};

std::string filled(std::string_view value, const std::vector<std::size_t>& gaps,
                   std::string_view domain) {
  std::string text;
  std::size_t done = 0;
  for (const auto gap : gaps) {
    text += value.substr(done, gap - done);
    text += '@';
    text += domain;
    done = gap;
  }
  text += value.substr(done);
  return text;
}

}  // namespace

std::string with_domain(std::string_view value, std::string_view domain) {
  const auto gaps = DomainGaps(value).find();
  if (gaps.empty()) return std::string(value);
  auto before = mime::parse_address_list(value);
  auto text = filled(value, gaps, domain);
  const auto after = mime::parse_address_list(text);
  // The reader of addresses has the last word on who is meant.
  qualify(before, domain);
  const bool same = !before.defective && !after.defective &&
                    before.mailboxes == after.mailboxes &&
                    before.groups == after.groups;
  return same ? text : std::string(value);
}

Result<void> HeaderDomain::write(std::string_view octets) {
  while (!octets.empty()) {
    if (state_ == State::body) return out_.write(octets);
    const bool begins = line_.empty() && !mid_line_;
    if (begins && !is_blank(octets[0])) {
      if (auto ended = end_field(); !ended) return ended;
    }
    const auto end = octets.find('\n');
    const auto piece = octets.substr(0, end == octets.npos ? end : end + 1);
    octets.remove_prefix(piece.size());
    line_ += piece;
    const bool whole = piece.ends_with('\n');
    if (!whole && field_.size() + line_.size() <= kMaxField) continue;
    if (auto taken = take_line(whole); !taken) return taken;
  }
  return {};
}

// A line of the header, or a piece of one that is too long to be kept.
Result<void> HeaderDomain::take_line(bool whole) {
  const auto line = std::exchange(line_, {});
  const bool begins = !std::exchange(mid_line_, !whole);
  if (begins && !is_blank(line[0]) && line.find(':') == line.npos &&
      !line.starts_with("From ")) {
    state_ = State::body;
    return out_.write(line);
  }
  field_ += line;
  if (state_ == State::header && field_.size() <= kMaxField) return {};
  state_ = State::long_field;
  return out_.write(std::exchange(field_, {}));
}

Result<void> HeaderDomain::end_field() {
  state_ = State::header;
  const auto field = std::exchange(field_, {});
  if (field.empty()) return {};
  const auto colon = field.find(':');
  const auto name = trim(std::string_view(field).substr(0, colon));
  if (colon == field.npos || !is_address_field(name)) {
    return out_.write(field);
  }
  const auto value = std::string_view(field).substr(colon + 1);
  return out_.write(field.substr(0, colon + 1) + with_domain(value, domain_));
}

Result<void> HeaderDomain::finish() {
  if (!line_.empty()) {
    if (auto taken = take_line(true); !taken) return taken;
  }
  return state_ == State::body ? Result<void>() : end_field();
}

}  // namespace mailtool::app
