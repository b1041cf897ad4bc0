#include "mime/html_entity.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mime/charset_tables.h"
#include "mime/html_entities.h"

namespace mailtool::mime {
namespace {

bool is_before(const HtmlName& entry, std::string_view name) {
  return entry.name < name;
}
template <std::size_t N>
constexpr bool is_ordered(const HtmlName (&names)[N]) {
  for (std::size_t i = 1; i < N; ++i) {
    if (names[i - 1].name >= names[i].name) return false;
  }
  return true;
}
static_assert(is_ordered(kHtmlNames) && is_ordered(kHtmlLegacyNames));

// The longest name that needs no semicolon.
constexpr std::size_t kMaxLegacy = 6;

template <std::size_t N>
char32_t find(const HtmlName (&names)[N], std::string_view name) {
  const auto* const entry =
      std::lower_bound(std::begin(names), std::end(names), name, is_before);
  return entry != std::end(names) && entry->name == name ? entry->value : 0;
}

// What a reference by number stands for: HTML 13.2.5.80 reads numbers of
// windows-1252's upper half as that, since pages are full of them.
char32_t numbered(std::uint32_t number) {
  if (number >= 0x80 && number < 0xa0) {
    const auto value = kWindows1252[number - 0x80];
    return value == 0xfffd ? number : value;
  }
  const bool surrogate = number >= 0xd800 && number <= 0xdfff;
  return number == 0 || number > 0x10ffff || surrogate ? 0xfffd : number;
}

struct Found {
  char32_t value = 0;
  std::size_t length = 0;  // of the name, 0 for nothing
};

// "#" 1*DIGIT / "#" ("x" / "X") 1*HEXDIG               ; HTML 13.5
Found find_number(std::string_view name) {
  const bool hex = name.size() > 1 && to_lower(name[1]) == 'x';
  const std::size_t begin = hex ? 2 : 1;
  std::uint32_t number = 0;
  std::size_t at = begin;
  for (; at < name.size(); ++at) {
    const char low = to_lower(name[at]);
    std::uint32_t digit = 0;
    if (is_digit(low)) {
      digit = static_cast<std::uint32_t>(low - '0');
    } else if (hex && low >= 'a' && low <= 'f') {
      digit = static_cast<std::uint32_t>(low - 'a') + 10;
    } else {
      break;
    }
    if (number <= 0x10ffff) number = number * (hex ? 16 : 10) + digit;
  }
  return at == begin ? Found{} : Found{numbered(number), at};
}

Found find_reference(std::string_view name, bool semicolon) {
  if (name.starts_with('#')) return find_number(name);
  if (semicolon) {
    if (const auto value = find(kHtmlNames, name)) return {value, name.size()};
  }
  for (auto size = std::min(name.size(), kMaxLegacy); size > 1; --size) {
    const auto value = find(kHtmlLegacyNames, name.substr(0, size));
    if (value != 0) return {value, size};
  }
  return {};
}

void append(std::string& to, const Found& found, std::string_view name,
            bool semicolon) {
  if (found.length == 0) {
    to += '&';
  } else {
    append_utf8(to, found.value);
  }
  to += name.substr(found.length);
  const bool taken = found.length > 0 && found.length == name.size();
  if (semicolon && !taken) to += ';';
}

}  // namespace

void append_html_reference(std::string& to, std::string_view name,
                           bool semicolon) {
  append(to, find_reference(name, semicolon), name, semicolon);
}

std::string resolve_html_references(std::string_view value) {
  std::string resolved;
  resolved.reserve(value.size());
  while (!value.empty()) {
    const auto amp = value.find('&');
    resolved += value.substr(0, amp);
    if (amp == value.npos) break;
    value.remove_prefix(amp + 1);
    std::size_t size = value.starts_with('#') ? 1 : 0;
    while (size < value.size() && size < kMaxHtmlReference &&
           (is_alpha(value[size]) || is_digit(value[size]))) {
      ++size;
    }
    const auto name = value.substr(0, size);
    const char next = size < value.size() ? value[size] : '\0';
    auto found = find_reference(name, next == ';');
    const bool goes_on = found.length < size || next == '=';
    if (next != ';' && goes_on && !name.starts_with('#')) found = {};
    append(resolved, found, name, next == ';');
    value.remove_prefix(size + (next == ';' ? 1 : 0));
  }
  return resolved;
}

}  // namespace mailtool::mime
