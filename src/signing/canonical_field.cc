#include "mailtool/base/ascii.h"
#include "mailtool/signing/canonical.h"

namespace mailtool::signing {
namespace {

// Octet for octet, but every line end is CRLF.
std::string simple(const HeaderField& field) {
  std::string text;
  text.reserve(field.name.size() + field.value.size() + 8);
  text += field.name;
  text += ':';
  char last = 0;
  for (const char c : field.value) {
    if (c == '\n' && last != '\r') text += '\r';
    text += c;
    last = c;
  }
  return text;
}

// The name in lower case, the value on one line, each run of WSP one SP, none
// at the ends and around the colon.
std::string relaxed(const HeaderField& field) {
  std::string text = lower(trim(field.name));
  text.reserve(text.size() + field.value.size() + 1);
  text += ':';
  const auto value_begin = text.size();
  bool blank = false;
  for (std::size_t i = 0; i < field.value.size(); ++i) {
    const char c = field.value[i];
    const bool folds = c == '\n' || (c == '\r' && i + 1 < field.value.size() &&
                                     field.value[i + 1] == '\n');
    if (folds) continue;
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank && text.size() > value_begin) text += ' ';
    blank = false;
    text += c;
  }
  return text;
}

}  // namespace

std::string_view to_string(Canonicalization kind) noexcept {
  return kind == Canonicalization::simple ? "simple" : "relaxed";
}

std::string canonical_field(Canonicalization kind, const HeaderField& field) {
  return kind == Canonicalization::simple ? simple(field) : relaxed(field);
}

}  // namespace mailtool::signing
