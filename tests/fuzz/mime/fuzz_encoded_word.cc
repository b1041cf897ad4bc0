// Decoding gives valid UTF-8 on one line; any such text comes back from its
// encoding, whose words are ASCII and at most 75 octets long.

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/encoded_word.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto value = as_text(data, size);
  const auto text = decode_encoded_words(value);
  require(is_valid_utf8(text) && !has_line_break_or_nul(text));
  for (const char c : text) require(!is_control(c) || c == '\t');
  const auto words = encode_words(text);
  require(decode_encoded_words(words) == text);
  if (needs_encoding(text)) {
    require(is_ascii(words));
    for (const auto word : split(words, ' ')) require(word.size() <= 75);
  }
  // The first line names a charset for the rest.
  const auto end = value.find('\n');
  if (end == value.npos) return 0;
  const auto octets = value.substr(end + 1);
  const auto utf8 = to_utf8(octets, value.substr(0, end));
  require(is_valid_utf8(utf8));
  require(filtered<CharsetDecoder>(octets, 1, value.substr(0, end)) == utf8);
  require(filtered<CharsetDecoder>(octets, 3, value.substr(0, end)) == utf8);
  return 0;
}
