#include "app/imap_collation.h"

#include <algorithm>

#include "app/imap_collation_table.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

char32_t title_case(char32_t c) {
  const auto ranges = case_ranges();
  auto at = std::upper_bound(
      ranges.begin(), ranges.end(), c,
      [](char32_t left, const CaseRange& right) { return left < right.first; });
  if (at == ranges.begin()) return c;
  --at;
  if (c > at->last || (c - at->first) % static_cast<unsigned>(at->step) != 0) {
    return c;
  }
  return static_cast<char32_t>(static_cast<int>(c) + at->delta);
}

// Unicode 3.12: a Korean syllable is made of two or three letters.
bool append_hangul(std::string& to, char32_t c) {
  constexpr char32_t kFirst = 0xAC00;
  constexpr char32_t kVowels = 21;
  constexpr char32_t kFinals = 28;
  if (c < kFirst || c > 0xD7A3) return false;
  const auto index = c - kFirst;
  append_utf8(to, 0x1100 + index / (kVowels * kFinals));
  append_utf8(to, 0x1161 + index % (kVowels * kFinals) / kFinals);
  if (index % kFinals != 0) append_utf8(to, 0x11A7 + index % kFinals);
  return true;
}

// A letter has at most three marks.
void append_decomposed(std::string& to, char32_t c) {
  char16_t marks[4];
  std::size_t count = 0;
  const auto table = decompositions();
  while (count < std::size(marks)) {
    const auto at =
        std::lower_bound(table.begin(), table.end(), c,
                         [](const Decomposition& left, char32_t right) {
                           return left.whole < right;
                         });
    if (at == table.end() || at->whole != c) break;
    marks[count++] = at->mark;
    c = at->letter;
  }
  append_utf8(to, c);
  while (count > 0) append_utf8(to, marks[--count]);
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
    } else if (!append_hangul(key, point.value)) {
      append_decomposed(key, title_case(point.value));
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
