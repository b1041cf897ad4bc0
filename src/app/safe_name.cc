#include "app/safe_name.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxExtension = 20;

bool is_unsafe(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;
  if (c < 0x80) return std::string_view("\"*/:<>?\\|").find(static_cast<char>(c)) != std::string_view::npos;
  return c == 0xfffd || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
         c == 0xfeff || (c >= 0xfff0 && c <= 0xffff) ||
         (c >= 0xe0000 && c <= 0xe0fff);
}

// Names that mean a device on another system, whatever their extension.
bool is_device(std::string_view name) {
  const auto stem = lower(name.substr(0, name.find('.')));
  if (stem == "con" || stem == "prn" || stem == "aux" || stem == "nul") {
    return true;
  }
  return stem.size() == 4 && is_digit(stem[3]) &&
         (stem.starts_with("com") || stem.starts_with("lpt"));
}

std::string_view extension_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || name.size() - dot > kMaxExtension) {
    return {};
  }
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

}  // namespace

std::string safe_name(std::string_view name, std::string_view fallback) {
  if (const auto slash = name.find_last_of("/\\"); slash != name.npos) {
    name.remove_prefix(slash + 1);
  }
  std::string safe;
  while (!name.empty()) {
    const auto point = next_code_point(name);
    if (is_unsafe(point.value)) {
      safe += '_';
    } else {
      safe += name.substr(0, point.octets);
    }
    name.remove_prefix(point.octets);
  }
  const auto first = safe.find_first_not_of(".- _");
  if (first == safe.npos) return std::string(fallback);
  safe.erase(0, std::min(first, safe.find_first_not_of(".- ")));
  while (safe.ends_with('.') || safe.ends_with(' ')) safe.pop_back();
  if (safe.size() > kMaxName) {
    const std::string extension(extension_of(safe));
    safe = std::string(cut(safe, kMaxName - extension.size())) + extension;
  }
  return is_device(safe) ? "_" + safe : safe;
}

std::string numbered_name(const std::string& name, int number) {
  const auto extension = extension_of(name);
  return name.substr(0, name.size() - extension.size()) + "-" +
         std::to_string(number) + std::string(extension);
}

}  // namespace mailtool::app
