#include "encoded_word_syntax.h"

#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

// Where the text that begins at `begin` ends, that is, where its "?=" stands.
// Another "=?" before it means that this word was never finished.
std::size_t end_of_text(std::string_view value, std::size_t begin) {
  auto mark = value.find('?', begin);
  for (; mark != kNowhere; mark = value.find('?', mark + 1)) {
    const bool ends = mark + 1 < value.size() && value[mark + 1] == '=';
    if (ends) return mark;
    if (mark > begin && value[mark - 1] == '=') return kNowhere;
  }
  return kNowhere;
}

}  // namespace

std::optional<EncodedWord> read_encoded_word(std::string_view value,
                                             bool* tried) {
  constexpr std::size_t kMaxCharset = 80;
  if (!value.starts_with("=?")) return std::nullopt;
  EncodedWord word;
  const auto charset_end = value.substr(0, kMaxCharset).find('?', 2);
  if (charset_end == kNowhere) return std::nullopt;
  word.charset = value.substr(2, charset_end - 2);
  if (!is_charset_name(word.charset.substr(0, word.charset.find('*')))) {
    return std::nullopt;
  }
  if (value.size() < charset_end + 3 || value[charset_end + 2] != '?') {
    return std::nullopt;
  }
  const char encoding = to_lower(value[charset_end + 1]);
  if (encoding != 'q' && encoding != 'b') return std::nullopt;
  word.base64 = encoding == 'b';
  const auto begin = charset_end + 3;
  const auto end = end_of_text(value, begin);
  if (end == kNowhere) {
    if (tried != nullptr) *tried = true;
    return std::nullopt;
  }
  word.text = value.substr(begin, end - begin);
  word.length = end + 2;
  return word;
}

}  // namespace mailtool::mime
