// Lexer: what structured header fields are read with. RFC 5322 section 3.2.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool::mime {

// A set of octets.
class OctetSet {
 public:
  constexpr explicit OctetSet(std::string_view members) {
    for (const char c : members) in_[static_cast<unsigned char>(c)] = true;
  }
  [[nodiscard]] constexpr bool has(char c) const noexcept {
    return in_[static_cast<unsigned char>(c)];
  }

 private:
  std::array<bool, 256> in_{};
};

// SP, HTAB and what is left of folding.
[[nodiscard]] constexpr bool is_white_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Without white space at both ends.
[[nodiscard]] std::string_view trim_white_space(std::string_view text) noexcept;

// Appends `text` in lower case.
void append_lower(std::string_view text, std::string& to);

// Walks over the value of a field, folded or not; never backwards, except by
// rewind to a place that its user bounds. White space includes line breaks.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  // \pre !at_end()
  [[nodiscard]] char peek() const { return text_[at_]; }
  // At the end: NUL.
  [[nodiscard]] char peek_or_nul() const { return at_end() ? '\0' : peek(); }
  char take() { return text_[at_++]; }

  [[nodiscard]] std::size_t position() const { return at_; }
  void rewind(std::size_t position) { at_ = position; }
  [[nodiscard]] std::string_view between(std::size_t begin,
                                         std::size_t end) const {
    return text_.substr(begin, end - begin);
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  // The text up to one of `stops` or the end.
  std::string_view take_until(const OctetSet& stops) {
    const auto begin = at_;
    while (at_ < text_.size() && !stops.has(text_[at_])) ++at_;
    return between(begin, at_);
  }

  // CFWS; true when there was any. The text of the last comment replaces
  // `comment`, if wanted. A comment without end reaches to the end of the text.
  bool skip_white_space_and_comments(std::string* comment = nullptr) {
    const auto begin = at_;
    while (!at_end()) {
      const char c = peek();
      if (is_white_space(c)) {
        ++at_;
      } else if (c == '(') {
        take_comment(comment);
      } else {
        break;
      }
    }
    return at_ != begin;
  }

  // \pre peek() == '('. False when the comment had no end.
  bool take_comment(std::string* comment);
  [[nodiscard]] bool had_comment() const { return had_comment_; }
  [[nodiscard]] bool had_open_comment() const { return had_open_comment_; }

  // \pre peek() == '"'. Appends the content, quoted pairs resolved, line breaks
  // gone. False when there was no closing quote: it reached to the end.
  bool take_quoted_string(std::string& to);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool had_comment_ = false;
  bool had_open_comment_ = false;
};

}  // namespace mailtool::mime
