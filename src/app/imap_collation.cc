#include "app/imap_collation.h"

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

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
