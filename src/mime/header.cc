#include "mailtool/mime/header.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/encoded_word.h"

namespace mailtool::mime {
namespace {

bool is_white_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

}  // namespace

std::string unfold(std::string_view value) {
  std::string line;
  line.reserve(value.size());
  for (const char c : value) {
    if (c != '\r' && c != '\n') line += c;
  }
  return std::string(trim(line));
}

// field-name = 1*ftext   ; %d33-57 / %d59-126, RFC 5322 section 3.6.8
bool is_field_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 1000) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

std::string fold_field(std::string_view name, std::string_view value) {
  std::string field(name);
  field += ':';
  std::size_t column = field.size();
  bool fresh = true;  // nothing but the name on this line yet
  value = trim(value);
  while (!value.empty()) {
    std::size_t blanks = 0;
    while (is_blank(value[blanks])) ++blanks;
    std::size_t end = blanks;
    while (end < value.size() && !is_blank(value[end])) ++end;
    const std::size_t length = fresh ? end - blanks + 1 : end;
    if (!fresh && column + length > kGoodLineOctets) {
      field += "\r\n";
      column = 0;
    }
    if (fresh) field += ' ';
    field += value.substr(fresh ? blanks : 0, fresh ? end - blanks : end);
    column += length;
    fresh = false;
    value.remove_prefix(end);
  }
  field += "\r\n";
  return field;
}

std::size_t longest_line(std::string_view folded) noexcept {
  std::size_t longest = 0;
  while (!folded.empty()) {
    const auto end = folded.find('\n');
    auto line = folded.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    longest = std::max(longest, line.size());
    if (end == folded.npos) break;
    folded.remove_prefix(end + 1);
  }
  return longest;
}

std::string decode_value(std::string_view value) {
  std::string text;
  decode_value(value, text);
  return text;
}

void decode_value(std::string_view value, std::string& append_to,
                  DefectSet* defects) {
  while (!value.empty() && is_white_space(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_white_space(value.back())) value.remove_suffix(1);
  const auto begin = append_to.size();
  decode_encoded_words(value, append_to, defects);
  const auto text = std::string_view(append_to).substr(begin);
  if (defects != nullptr && has_deceptive_characters(text)) {
    defects->add(DefectRule::deceptive_characters);
  }
  // What an encoded word has at its ends goes, too.
  const auto kept = trim(text);
  const auto lead = static_cast<std::size_t>(kept.data() - text.data());
  append_to.resize(begin + lead + kept.size());
  append_to.erase(begin, lead);
}

}  // namespace mailtool::mime
