// Parameters on their way out.
#include <algorithm>
#include <vector>

#include "atext.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/parameter.h"

namespace mailtool::mime {
namespace {

// attribute-char: RFC 2231 section 7.
bool is_attribute_char(char c) {
  return c > ' ' && c < 0x7f &&
         std::string_view("*'%()<>@,;:\\\"/[]?=").find(c) == std::string::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_attribute_char);
}

std::string percent_encode(std::string_view octets) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  for (const char c : octets) {
    if (is_attribute_char(c)) {
      text += c;
    } else {
      const auto value = static_cast<unsigned char>(c);
      text += '%';
      text += kHex[value >> 4];
      text += kHex[value & 15];
    }
  }
  return text;
}

}  // namespace

std::string to_parameter(std::string_view name, std::string_view value) {
  constexpr std::size_t kMaxQuoted = 200;
  constexpr std::size_t kSection = 50;
  const std::string prefix = "; " + std::string(name);
  if (value.size() <= kMaxQuoted && is_token(value)) {
    return prefix + "=" + std::string(value);
  }
  const bool quotable =
      is_ascii(value) && std::none_of(value.begin(), value.end(), is_control) &&
      value.find("=?") == value.npos;
  if (value.size() <= kMaxQuoted && quotable) {
    return prefix + "=" + quoted(value);
  }
  const auto utf8 = undeclared_to_utf8(value);
  std::vector<std::string> sections(1);
  for (std::string_view rest = utf8; !rest.empty();) {
    const std::size_t octets = next_code_point(rest).octets;
    const auto encoded = percent_encode(rest.substr(0, octets));
    if (sections.back().size() + encoded.size() > kSection) sections.emplace_back();
    sections.back() += encoded;
    rest.remove_prefix(octets);
  }
  if (sections.size() == 1) return prefix + "*=utf-8''" + sections[0];
  std::string text;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    text += prefix + "*" + std::to_string(i) + "*=" + (i == 0 ? "utf-8''" : "") +
            sections[i];
  }
  return text;
}

}  // namespace mailtool::mime
