#include "mailtool/sasl/saslprep.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "mailtool/base/ascii.h"
#include "mailtool/base/secret.h"
#include "mailtool/base/utf8.h"

namespace mailtool::sasl {
namespace {

// RFC 3454 table C.1.2: mapped to SPACE.
bool other_space(char32_t c) {
  return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200b) ||
         c == 0x202f || c == 0x205f || c == 0x3000;
}

// RFC 3454 table B.1: mapped to nothing.
bool mapped_to_nothing(char32_t c) {
  return c == 0xad || c == 0x34f || c == 0x1806 ||
         (c >= 0x180b && c <= 0x180d) || c == 0x200c || c == 0x200d ||
         c == 0x2060 || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

// RFC 3454 tables C.2 to C.9, by general category where that says the same.
bool prohibited(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_CC:  // C.2: controls
    case UTF8PROC_CATEGORY_CF:  // C.2.2, C.8, C.9: format, tags, bidi marks
    case UTF8PROC_CATEGORY_CS:  // C.5: surrogates
    case UTF8PROC_CATEGORY_CO:  // C.3: private use
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: break;
  }
  const bool noncharacter =  // C.4
      (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
  const bool inappropriate =  // C.6, C.7
      (c >= 0xfff9 && c <= 0xfffd) || (c >= 0x2ff0 && c <= 0x2ffb);
  return noncharacter || inappropriate;
}

std::optional<std::string> mapped(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto c = next_code_point(text);
    if (!c.valid) return std::nullopt;
    if (other_space(c.value)) {
      result += ' ';
    } else if (!mapped_to_nothing(c.value)) {
      append_utf8(result, c.value);
    }
    text.remove_prefix(c.octets);
  }
  return result;
}

std::optional<std::string> nfkc(const std::string& text) {
  utf8proc_uint8_t* out = nullptr;
  const auto size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &out,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                     UTF8PROC_COMPAT));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(
      out, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(out),
                     static_cast<std::size_t>(size));
}

}  // namespace

std::optional<std::string> saslprep(std::string_view text) {
  if (is_ascii(text)) {
    for (const char c : text) {
      if (is_control(c)) return std::nullopt;
    }
    return std::string(text);
  }
  auto spaced = mapped(text);
  if (!spaced) return std::nullopt;
  auto normal = nfkc(*spaced);
  wipe(*spaced);
  if (!normal) return std::nullopt;
  std::string_view rest = *normal;
  while (!rest.empty()) {
    const auto c = next_code_point(rest);
    if (!c.valid || prohibited(c.value)) return std::nullopt;
    rest.remove_prefix(c.octets);
  }
  return normal;
}

}  // namespace mailtool::sasl
