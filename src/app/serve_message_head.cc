#include "app/serve_message_head.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {

void MessageHead::add(std::string_view octets) {
  octets_ += octets.substr(0, kOctets - std::min(kOctets, octets_.size()));
}

std::string MessageHead::field(std::string_view name) const {
  std::string_view head = octets_;
  while (!head.empty()) {
    auto end = head.find("\r\n");
    while (end != head.npos && end + 2 < head.size() &&
           is_blank(head[end + 2])) {
      end = head.find("\r\n", end + 2);
    }
    const auto field = head.substr(0, end);
    if (field.empty()) return {};
    if (istarts_with(field, name) && field.substr(name.size(), 1) == ":") {
      return mime::decode_value(field.substr(name.size() + 1));
    }
    if (end == head.npos) return {};
    head.remove_prefix(end + 2);
  }
  return {};
}

}  // namespace mailtool::app
