// Names of files as they come in encodings that know no charset.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool::mime {

inline constexpr std::size_t kMaxEmbeddedText = 1000;

// `octets` in `charset` (empty: UTF-8 where they are UTF-8, else windows-1252)
// as valid UTF-8 of at most kMaxEmbeddedText octets, controls as "_".
[[nodiscard]] std::string embedded_text(std::string_view octets,
                                        std::string_view charset = {});

}  // namespace mailtool::mime
