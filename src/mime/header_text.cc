#include "header_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "mailtool/base/ascii.h"
#include "mailtool/base/sink.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/filter.h"

namespace mailtool::mime {
namespace {

constexpr std::uint64_t every(unsigned char octet) {
  return 0x0101010101010101u * octet;
}

// The high bit of some octet is set where `word` has an octet equal to
// `octet`; octets behind the first may be marked wrongly.
constexpr std::uint64_t holds(std::uint64_t word, unsigned char octet) {
  const auto x = word ^ every(octet);
  return (x - every(1)) & ~x & every(0x80);
}

bool is_plain(char c) noexcept {
  return c >= ' ' && c < 0x7f && c != '=';
}

// C0 and DEL without TAB; of C1 the second octet alone cannot tell.
bool is_unsafe_control(char c) noexcept { return is_control(c) && c != '\t'; }

bool is_c1(std::string_view text, std::size_t at) noexcept {
  return text[at] == '\xc2' && at + 1 < text.size() &&
         (static_cast<unsigned char>(text[at + 1]) & 0xe0u) == 0x80;
}

std::size_t find_control(std::string_view text, std::size_t at) noexcept {
  for (; at < text.size(); ++at) {
    if (is_unsafe_control(text[at]) || is_c1(text, at)) return at;
  }
  return text.npos;
}

// ESC "$" and ESC "(" shift ISO-2022-JP, which was sent raw for long (RFC
// 1468); ESC has no other meaning in a header.
bool has_japanese_escapes(std::string_view text) noexcept {
  return text.find("\x1b$") != text.npos || text.find("\x1b(") != text.npos;
}

}  // namespace

std::size_t plain_length(std::string_view text) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    const auto below_space = (word - every(' ')) & ~word;
    const auto odd = (word | below_space) & every(0x80);
    if ((odd | holds(word, '=') | holds(word, 0x7f)) != 0) break;
  }
  while (i < text.size() && is_plain(text[i])) ++i;
  return i;
}

bool replace_controls(std::string& to, std::size_t begin) {
  auto at = find_control(to, begin);
  if (at == to.npos) return false;
  const std::string tail = to.substr(at);
  to.resize(at);
  std::size_t next = 0;
  for (at = 0; at != tail.npos; at = find_control(tail, next)) {
    to.append(tail, next, at - next);
    append_utf8(to, 0xfffd);
    next = at + (tail[at] == '\xc2' ? 2u : 1u);
  }
  to.append(tail, next);
  return true;
}

void to_text(std::string& to, std::size_t begin, std::string_view charset,
             DefectSet& defects) {
  charset = charset.substr(0, charset.find('*'));
  const bool utf8 = iequals(charset, "utf-8") || iequals(charset, "us-ascii");
  const auto octets = std::string_view(to).substr(begin);
  if (!utf8 || !is_valid_utf8(octets)) {
    // Words by the thousand would each make a decoder and a text of their own.
    static thread_local CharsetDecoder decoder;
    static thread_local std::string text;
    text.clear();
    AppendSink appended(text);
    decoder.reset(charset, appended);
    if (decoder.write(octets)) static_cast<void>(decoder.finish());
    if (!decoder.known()) defects.add(DefectRule::unknown_charset);
    if (decoder.known() && decoder.replaced()) {
      defects.add(DefectRule::malformed_charset);
    }
    to.replace(begin, to.npos, text);
  }
  if (replace_controls(to, begin)) {
    defects.add(DefectRule::control_in_encoded_word);
  }
}

bool raw_to_text(std::string& to, std::size_t begin) {
  const auto octets = std::string_view(to).substr(begin);
  if (has_japanese_escapes(octets)) {
    to.replace(begin, to.npos, to_utf8(octets, "iso-2022-jp"));
  } else if (!is_valid_utf8(octets)) {
    to.replace(begin, to.npos, undeclared_to_utf8(octets));
  }
  return replace_controls(to, begin);
}

void append_unfolded(std::string_view octets, std::string& to) {
  while (!octets.empty()) {
    const auto end = std::min(octets.find_first_of("\r\n"), octets.size());
    to += octets.substr(0, end);
    octets.remove_prefix(end);
    while (!octets.empty() && (octets[0] == '\r' || octets[0] == '\n')) {
      octets.remove_prefix(1);
    }
  }
}

}  // namespace mailtool::mime
