// Lexer: what structured header fields are read with. RFC 5322 section 3.2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool::mime {

// Walks over the value of a field, folded or not; never backwards, except by
// rewind to a place that its user bounds. White space includes line breaks.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  // \pre !at_end()
  [[nodiscard]] char peek() const { return text_[at_]; }
  char take() { return text_[at_++]; }

  [[nodiscard]] std::size_t position() const { return at_; }
  void rewind(std::size_t position) { at_ = position; }
  [[nodiscard]] std::string_view between(std::size_t begin,
                                         std::size_t end) const {
    return text_.substr(begin, end - begin);
  }

  // The text up to one of `stops` or the end.
  std::string_view take_until(std::string_view stops);

  // CFWS. The text of the last comment goes to `comment`, if wanted. A comment
  // without end reaches to the end of the text.
  void skip_white_space_and_comments(std::string* comment = nullptr);

  // \pre peek() == '"'. The content, quoted pairs resolved, line breaks gone.
  // Without a closing quote it reaches to the end and `closed` becomes false.
  std::string take_quoted_string(bool* closed = nullptr);

 private:
  void take_comment(std::string* comment);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace mailtool::mime
