#include "smtp/xtext.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/base/utf8.h"

namespace mailtool::smtp {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

Error malformed(std::string_view text) {
  return Error{ErrorKind::protocol, "not xtext: " + printable(text, 100)};
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// QCHAR = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e              ; RFC 6533
bool is_qchar(char c) {
  return c > ' ' && c < 0x7f && c != '+' && c != '=' && c != '\\';
}

// "\x{1F4E7}", in two digits at least.
std::string embedded(char32_t value) {
  std::string digits;
  for (auto rest = value; rest > 0 || digits.size() < 2; rest >>= 4) {
    digits.insert(digits.begin(), kHex[rest & 15]);
  }
  return "\\x{" + digits + '}';
}

// Takes "\x{...}" off the start of `text`. Fails on a value that is none or
// has no need of this form.
Result<char32_t> take_embedded(std::string_view& text) {
  const auto close = text.find('}');
  const Error bad = malformed(text);
  if (!text.starts_with("\\x{") || close == text.npos) return bad;
  const auto digits = text.substr(3, close - 3);
  if (digits.size() < 2 || digits.size() > 6) return bad;
  char32_t value = 0;
  for (const char c : digits) {
    const int digit = hex_value(c);
    if (digit < 0) return bad;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value == 0 || value > 0x10ffff || surrogate) return bad;
  if (value < 0x80 && is_qchar(static_cast<char>(value))) return bad;
  text.remove_prefix(close + 1);
  return value;
}

}  // namespace

// xtext = *( xchar / hexchar ), hexchar = "+" 2(HEXDIG)     ; RFC 3461 section 4
Result<std::string> to_xtext(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_8bit(c)) {
      return Error{ErrorKind::bad_input,
                   "not ASCII: " + printable(text, 100)};
    }
    if (c > ' ' && c < 0x7f && c != '+' && c != '=') {
      encoded += c;
    } else {
      encoded += '+';
      encoded += kHex[static_cast<unsigned char>(c) >> 4];
      encoded += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return encoded;
}

Result<std::string> from_xtext(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '+') {
      if (text[i] <= ' ' || text[i] > '~') return malformed(text);
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return malformed(text);
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || high > 7 || low < 0) return malformed(text);
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// utf-8-addr-xtext = 1*(QCHAR / EmbeddedUnicodeChar)         ; RFC 6533
Result<std::string> to_utf8_xtext(std::string_view text) {
  std::string encoded;
  for (auto rest = text; !rest.empty();) {
    const auto next = next_code_point(rest);
    if (!next.valid || next.value == 0) {
      return Error{ErrorKind::bad_input,
                   "not valid UTF-8: " + printable(text, 100)};
    }
    if (next.octets == 1 && is_qchar(rest[0])) {
      encoded += rest[0];
    } else {
      encoded += embedded(next.value);
    }
    rest.remove_prefix(next.octets);
  }
  return encoded;
}

Result<std::string> from_utf8_xtext(std::string_view text) {
  std::string decoded;
  for (auto rest = text; !rest.empty();) {
    if (rest[0] == '\\') {
      const auto value = take_embedded(rest);
      if (!value) return value.error();
      append_utf8(decoded, *value);
      continue;
    }
    const auto next = next_code_point(rest);
    if (!next.valid) return malformed(text);
    if (next.octets == 1 && !is_qchar(rest[0])) return malformed(text);
    decoded += rest.substr(0, next.octets);
    rest.remove_prefix(next.octets);
  }
  return decoded;
}

}  // namespace mailtool::smtp
