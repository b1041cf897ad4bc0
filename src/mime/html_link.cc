#include "mime/html_link.h"

#include <algorithm>
#include <array>

#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kMaxLink = 2048;
constexpr std::array<std::string_view, 5> kSchemes = {
    "http://", "https://", "mailto:", "ftp://", "tel:"};

bool has_shown_scheme(std::string_view link) {
  return std::any_of(
      kSchemes.begin(), kSchemes.end(),
      [&](std::string_view scheme) { return istarts_with(link, scheme); });
}

// `link` in lower case, without its scheme, blanks and a "/" at the end.
std::string essence(std::string_view link) {
  while (!link.empty() && (is_control(link.front()) || link.front() == ' ')) {
    link.remove_prefix(1);
  }
  for (const auto scheme : kSchemes) {
    if (istarts_with(link, scheme)) {
      link.remove_prefix(scheme.size());
      break;
    }
  }
  std::string plain;
  for (const char c : link) {
    if (!is_control(c) && c != ' ') plain += to_lower(c);
  }
  if (plain.ends_with('/')) plain.pop_back();
  return plain;
}

}  // namespace

std::string shown_link(std::string_view href) {
  // Blanks around and line ends within are no part of an address: URL 4.4.
  std::string link;
  for (const char c : href) {
    if (is_control(c) || (c == ' ' && link.empty())) continue;
    if (link.size() >= kMaxLink) {
      link.resize(link.find_last_not_of(' ', kMaxLink - 1) + 1);
      return has_shown_scheme(link) ? link + "..." : std::string();
    }
    switch (c) {
      case ' ': link += "%20"; break;
      case '<': link += "%3C"; break;
      case '>': link += "%3E"; break;
      default: link += c; break;
    }
  }
  while (link.ends_with("%20")) link.resize(link.size() - 3);
  return has_shown_scheme(link) ? link : std::string();
}

bool names_link(std::string_view text, std::string_view link) {
  return !text.empty() && essence(text) == essence(link);
}

}  // namespace mailtool::mime
