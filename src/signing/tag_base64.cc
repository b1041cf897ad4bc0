#include "signing/tag_base64.h"

#include "mailtool/base/base64.h"
#include "mailtool/signing/tag_list.h"

namespace mailtool::signing {

// base64string = ALPHADIGITPS *([FWS] ALPHADIGITPS)
//                [ [FWS] "=" [ [FWS] "=" ] ]      ; RFC 6376 section 2.10
std::optional<std::string> decode_tag_base64(std::string_view value) {
  auto text = without_white_space(value);
  if (text.empty()) return std::nullopt;
  if (!text.ends_with('=')) text.append((4 - text.size() % 4) % 4, '=');
  return base64_decode(text);
}

}  // namespace mailtool::signing
