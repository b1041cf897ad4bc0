#include "mailtool/mime/media_type.h"

#include <algorithm>

#include "lexer.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {
namespace {

// restricted-name = restricted-name-first *126restricted-name-chars
bool is_restricted_name(std::string_view name) {
  if (name.empty() || name.size() > 127) return false;
  if (!is_alpha(name[0]) && !is_digit(name[0])) return false;
  static constexpr OctetSet kMarks("!#$&-^_.+");
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || kMarks.has(c);
  });
}

// No charset has apostrophes around its name; some senders think they quote.
void read_charset(std::string_view value, MediaType& into) {
  value = trim(value);
  const auto bare = value.size() > 2 ? value.substr(1, value.size() - 2) : "";
  if (value.starts_with('\'') && value.ends_with('\'') &&
      is_charset_name(bare)) {
    value = bare;
    into.parameters.defects.add(DefectRule::malformed_parameter);
    into.parameters.defective = true;
  }
  append_lower(value, into.charset);
}

}  // namespace

bool is_media_type(std::string_view text) noexcept {
  const auto slash = text.find('/');
  return slash != text.npos && is_restricted_name(text.substr(0, slash)) &&
         is_restricted_name(text.substr(slash + 1));
}

void parse_media_type(std::string_view value, MediaType& into,
                      ParameterPolicy policy) {
  auto& read = into.parameters;
  parse_parameters(value, read, policy);
  into.defective = !is_media_type(read.value);
  const std::string_view full = into.defective ? std::string_view("text/plain") : read.value;
  const auto slash = full.find('/');
  into.type = full.substr(0, slash);
  into.subtype = full.substr(slash + 1);
  into.charset.clear();
  into.name.clear();
  into.boundary.clear();
  for (const auto& parameter : read.parameters()) {
    if (parameter.name == "charset") {
      read_charset(parameter.value, into);
    } else if (parameter.name == "name") {
      into.name = parameter.value;
    } else if (parameter.name == "boundary") {
      into.boundary = parameter.value;
      while (into.boundary.ends_with(' ') || into.boundary.ends_with('\t')) {
        into.boundary.pop_back();
      }
    }
  }
  into.defective = into.defective || read.defective;
  into.duplicate_parameter = read.duplicate;
}

MediaType parse_media_type(std::string_view value, ParameterPolicy policy) {
  MediaType media;
  parse_media_type(value, media, policy);
  return media;
}

}  // namespace mailtool::mime
