#include "mailtool/mime/media_type.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

// restricted-name = restricted-name-first *126restricted-name-chars
bool is_restricted_name(std::string_view name) {
  if (name.empty() || name.size() > 127) return false;
  if (!is_alpha(name[0]) && !is_digit(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
  });
}

}  // namespace

bool is_media_type(std::string_view text) noexcept {
  const auto slash = text.find('/');
  return slash != text.npos && is_restricted_name(text.substr(0, slash)) &&
         is_restricted_name(text.substr(slash + 1));
}

MediaType parse_media_type(std::string_view value, ParameterPolicy policy) {
  MediaType media;
  auto& read = media.parameters;
  parse_parameters(value, read, policy);
  media.defective = read.defective;
  media.duplicate_parameter = read.duplicate;
  if (is_media_type(read.value)) {
    const auto slash = read.value.find('/');
    media.type = read.value.substr(0, slash);
    media.subtype = read.value.substr(slash + 1);
  } else {
    media.defective = true;
  }
  if (const auto* charset = read.find("charset")) {
    media.charset = lower(trim(*charset));
  }
  if (const auto* name = read.find("name")) media.name = *name;
  if (const auto* boundary = read.find("boundary")) {
    media.boundary = *boundary;
    while (!media.boundary.empty() && is_blank(media.boundary.back())) {
      media.boundary.pop_back();
    }
  }
  return media;
}

void parse_media_type(std::string_view value, MediaType& into,
                      ParameterPolicy policy) {
  into = parse_media_type(value, policy);
}

}  // namespace mailtool::mime
