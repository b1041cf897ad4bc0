#include "mailtool/imap/response_framer.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

Error lost(std::string what) {
  return Error{ErrorKind::protocol, std::move(what)};
}

// Of "* OK …", "A1 NO …", "+ …": responses that end in free text, where "{5}"
// announces nothing.
bool ends_in_text(std::string_view line) {
  if (line.starts_with('+')) return true;
  const auto blank = line.find(' ');
  if (blank == line.npos) return false;
  line.remove_prefix(blank + 1);
  const auto word = line.substr(0, line.find(' '));
  for (const auto name : {"OK", "NO", "BAD", "BYE", "PREAUTH"}) {
    if (iequals(word, name)) return true;
  }
  return false;
}

}  // namespace

// literal = "{" number64 ["+"] "}" CRLF *CHAR8        ; RFC 9051 section 9
// literal8 = "~{" number64 "}" CRLF *OCTET
Result<bool> ResponseFramer::announces_literal(std::string_view line) {
  if (!line.ends_with('}')) return false;
  const auto brace = line.rfind('{');
  if (brace == line.npos) return false;
  auto digits = line.substr(brace + 1, line.size() - brace - 2);
  if (partial_.literals.empty() && ends_in_text(line)) return false;
  const bool numeric =
      !digits.empty() && (is_digit(digits[0]) || digits[0] == '-');
  if (!numeric) return false;
  if (digits.ends_with('+')) digits.remove_suffix(1);
  const auto size = parse_number(digits, INT64_MAX);
  if (!size) return lost("literal of no legal size");
  if (partial_.literals.size() == limits_.literals) {
    return lost("too many literals in one response");
  }
  const auto tilde = brace > 0 && line[brace - 1] == '~' ? 1U : 0U;
  left_ = *size;
  partial_.literals.push_back({line_begin_ + brace - tilde, 0, *size, false});
  return true;
}

Result<ResponseFramer::Step> ResponseFramer::feed(std::string_view octets) {
  // A literal that the caller has not asked to stream is held.
  if (state_ == State::announced) {
    if (left_ > limits_.held_literal_octets) {
      return lost("literal of " + std::to_string(left_) +
                  " octets, where at most " +
                  std::to_string(limits_.held_literal_octets) + " are taken");
    }
    state_ = State::held;
  }
  switch (state_) {
    case State::line: return feed_line(octets);
    case State::held: return feed_held(octets);
    case State::streamed: return feed_streamed(octets);
    case State::announced:
    case State::done: break;
  }
  return Step{Event::complete, 0, {}};
}

Result<ResponseFramer::Step> ResponseFramer::feed_line(
    std::string_view octets) {
  auto& text = partial_.octets;
  const auto newline = octets.find('\n');
  const auto count = newline == octets.npos ? octets.size() : newline + 1;
  if (text.size() + count > limits_.response_octets) {
    return lost("response of more than " +
                std::to_string(limits_.response_octets) + " octets");
  }
  text.append(octets.substr(0, count));
  if (newline == octets.npos) return Step{Event::need_more, count, {}};

  auto line = std::string_view(text).substr(line_begin_);
  line.remove_suffix(1);
  // Lenient: LF alone ends a line. Test: "lone LF" in response_framer_test.cc.
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto literal = announces_literal(line);
  if (!literal) return literal.error();
  if (*literal) {
    partial_.literals.back().content = text.size();
    state_ = State::announced;
    return Step{Event::literal_begins, count, {}};
  }
  text.resize(line_begin_ + line.size());
  state_ = State::done;
  return Step{Event::complete, count, {}};
}

Result<ResponseFramer::Step> ResponseFramer::feed_held(
    std::string_view octets) {
  auto& text = partial_.octets;
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
  if (text.size() + count > limits_.response_octets) {
    return lost("response of more than " +
                std::to_string(limits_.response_octets) + " octets");
  }
  text.append(octets.substr(0, count));
  left_ -= count;
  if (left_ == 0) {
    state_ = State::line;
    line_begin_ = text.size();
  }
  return Step{Event::need_more, count, {}};
}

ResponseFramer::Step ResponseFramer::feed_streamed(std::string_view octets) {
  if (left_ == 0) {
    state_ = State::line;
    line_begin_ = partial_.octets.size();
    return {Event::literal_ends, 0, {}};
  }
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
  left_ -= count;
  return {Event::streamed, count, octets.substr(0, count)};
}

void ResponseFramer::stream_literal() {
  if (state_ != State::announced) return;
  partial_.literals.back().streamed = true;
  state_ = State::streamed;
}

FramedResponse ResponseFramer::take() {
  state_ = State::line;
  line_begin_ = 0;
  left_ = 0;
  return std::exchange(partial_, {});
}

}  // namespace mailtool::imap
