#include "mailtool/mime/collation.h"

#include <utf8proc.h>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

// RFC 5051: title case, then all of the decomposition.
void append_collated(std::string& to, char32_t c) {
  constexpr utf8proc_ssize_t kLongest = 18;  // U+FDFA
  utf8proc_int32_t letters[kLongest];
  const auto title = utf8proc_totitle(static_cast<utf8proc_int32_t>(c));
  const auto count = utf8proc_decompose_char(
      title, letters, kLongest,
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT),
      nullptr);
  if (count <= 0 || count > kLongest) return append_utf8(to, c);
  for (utf8proc_ssize_t i = 0; i < count; ++i) {
    append_utf8(to, static_cast<char32_t>(letters[i]));
  }
}

}  // namespace

void append_collation_key(std::string& to, std::string_view text) {
  while (!text.empty()) {
    const auto plain = ascii_prefix(text);
    for (const char c : text.substr(0, plain)) to += to_upper(c);
    text.remove_prefix(plain);
    while (!text.empty() && is_8bit(text[0])) {
      const auto point = next_code_point(text);
      text.remove_prefix(point.octets);
      append_collated(to, point.value);
    }
  }
}

std::string collation_key(std::string_view text) {
  std::string key;
  key.reserve(text.size());
  append_collation_key(key, text);
  return key;
}

}  // namespace mailtool::mime
