#include "embedded_name.h"

#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::string embedded_text(std::string_view octets, std::string_view charset) {
  auto text =
      charset.empty() ? undeclared_to_utf8(octets) : to_utf8(octets, charset);
  if (text.size() > kMaxEmbeddedText) {
    auto size = kMaxEmbeddedText;
    while (size > 0 && is_continuation(text[size])) --size;
    text.resize(size);
  }
  for (auto& c : text) {
    if (is_control(c)) c = '_';
  }
  return text;
}

}  // namespace mailtool::mime
