// Base64 inside a tag: white space anywhere, padding optional.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtool::signing {

// nullopt on anything else, and on nothing at all.
[[nodiscard]] std::optional<std::string> decode_tag_base64(
    std::string_view value);

}  // namespace mailtool::signing
