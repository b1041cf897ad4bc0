/// \file
/// Base64 as SASL uses it: RFC 4648 section 4, no line breaks.
/// Bodies of messages are decoded by mime/transfer_encoding.h, which is
/// tolerant and streams.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailtool {

/// Padded, without line breaks.
[[nodiscard]] std::string base64_encode(std::string_view octets);
/// The inverse, strict: nullopt on anything but canonical padded base64.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace mailtool
