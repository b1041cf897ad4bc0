#include "app/imap_collation.h"

#include <utf8proc.h>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
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

// Calls `use` with the value of each field `name`, folded, until it returns
// true.
template <class Use>
void each_field(std::string_view octets, std::string_view name, Use use) {
  while (!octets.empty()) {
    std::size_t end = 0;
    do {
      end = octets.find('\n', end);
      end = end == octets.npos ? octets.size() : end + 1;
    } while (end < octets.size() && is_blank(octets[end]));
    const auto field = octets.substr(0, end);
    octets.remove_prefix(end);
    const auto colon = field.find(':');
    if (colon == field.npos) continue;
    if (!iequals(trim(field.substr(0, colon)), name)) continue;
    if (use(field.substr(colon + 1))) return;
  }
}

}  // namespace

std::string collation_key(std::string_view text) {
  std::string key;
  key.reserve(text.size());
  while (!text.empty()) {
    const auto point = next_code_point(text);
    text.remove_prefix(point.octets);
    if (point.value < 0x80) {
      const char c = static_cast<char>(point.value);
      key += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    } else {
      append_collated(key, point.value);
    }
  }
  return key;
}

bool field_contains(std::string_view octets, std::string_view name,
                    std::string_view text) {
  const auto sought = collation_key(text);
  bool contained = false;
  each_field(octets, name, [&](std::string_view value) {
    contained = collation_key(mime::decode_value(value)).find(sought) !=
                std::string::npos;
    return contained;
  });
  return contained;
}

std::string first_field(std::string_view octets, std::string_view name) {
  std::string first;
  each_field(octets, name, [&](std::string_view value) {
    first = mime::decode_value(value);
    return true;
  });
  return first;
}

}  // namespace mailtool::app
