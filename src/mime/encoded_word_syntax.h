// encoded-word: RFC 2047 section 2, as loosely as it is read.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mailtool::mime {

// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
struct EncodedWord {
  std::string_view charset;  // may carry "*language"
  bool base64 = false;
  std::string_view text;
  std::size_t length = 0;  // of the whole word
};

// The word that `value` begins with. `tried` becomes true when `value` is one
// up to its text, and that has no end. Words that follow each other are read
// in linear time.
[[nodiscard]] std::optional<EncodedWord> read_encoded_word(
    std::string_view value, bool* tried = nullptr);

}  // namespace mailtool::mime
