#include "app/safe_name.h"

#include <algorithm>
#include <iterator>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxExtension = 20;

struct Range {
  char32_t first;
  char32_t last;
};

// Beyond ASCII, in order: what cannot be seen, turns others around, or is no
// character. Joiners are among them: a name made of emoji loses its glue.
constexpr Range kUnsafe[] = {
    {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},    {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},  {0x200b, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},  {0xfdd0, 0xfdef},
    {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0},  {0xfff0, 0xffff},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

bool is_unsafe(char32_t c) {
  constexpr std::string_view kActing = "\"*/:<>?\\|";
  if (c < 0x20) return true;
  if (c < 0x7f) return kActing.find(static_cast<char>(c)) != kActing.npos;
  if ((c & 0xfffe) == 0xfffe) return true;
  const auto* const range =
      std::lower_bound(std::begin(kUnsafe), std::end(kUnsafe), c,
                       [](const Range& r, char32_t value) { return r.last < value; });
  return range != std::end(kUnsafe) && range->first <= c;
}

bool is_wide_blank(char32_t c) {
  return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x202f || c == 0x205f || c == 0x3000;
}

// Names that mean a device on another system, whatever their extension; blanks
// before that do not count there.
bool is_device(std::string_view name) {
  const auto stem = lower(trim(name.substr(0, name.find('.'))));
  for (const auto* device : {"con", "prn", "aux", "nul", "conin$", "conout$",
                             "clock$", "keybd$", "screen$"}) {
    if (stem == device) return true;
  }
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  const auto number = std::string_view(stem).substr(3);
  return (number.size() == 1 && is_digit(number[0])) || number == "¹" ||
         number == "²" || number == "³";
}

// With the dot, ".tar.gz" as a whole; empty when there is none.
std::string_view extension_of(std::string_view name) {
  auto dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || name.size() - dot > kMaxExtension) {
    return {};
  }
  if (dot > 4 && iequals(name.substr(dot - 4, 4), ".tar")) dot -= 4;
  return name.substr(dot);
}

// At most `octets`, at a character border.
std::string_view cut(std::string_view text, std::size_t octets) {
  if (text.size() <= octets) return text;
  while (octets > 0 &&
         (static_cast<unsigned char>(text[octets]) & 0xc0) == 0x80) {
    --octets;
  }
  return text.substr(0, octets);
}

void trim_end(std::string& name) {
  while (name.ends_with('.') || name.ends_with(' ')) name.pop_back();
}

std::string replaced(std::string_view name) {
  std::string safe;
  while (!name.empty()) {
    const auto point = next_code_point(name);
    if (!point.valid || is_unsafe(point.value)) {
      safe += '_';
    } else if (is_wide_blank(point.value)) {
      safe += ' ';
    } else {
      safe += name.substr(0, point.octets);
    }
    name.remove_prefix(point.octets);
  }
  return safe;
}

}  // namespace

std::string safe_name(std::string_view name, std::string_view fallback) {
  if (const auto slash = name.find_last_of("/\\"); slash != name.npos) {
    name.remove_prefix(slash + 1);
  }
  auto safe = replaced(name);
  if (safe.find_first_not_of(".- _") == safe.npos) return std::string(fallback);
  safe.erase(0, safe.find_first_not_of(".- "));
  trim_end(safe);
  if (is_device(safe)) safe.insert(0, "_");
  if (safe.size() > kMaxSafeName) {
    const std::string extension(extension_of(safe));
    safe = cut(safe, kMaxSafeName - extension.size());
    trim_end(safe);
    safe += extension;
  }
  return safe;
}

std::string numbered_name(std::string_view name, std::uint64_t number) {
  const auto extension = extension_of(name);
  const auto tail = "-" + std::to_string(number) + std::string(extension);
  return std::string(cut(name.substr(0, name.size() - extension.size()),
                         kMaxSafeName - tail.size())) +
         tail;
}

}  // namespace mailtool::app
