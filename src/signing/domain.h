// Domain names of signers, as text: lower case, labels of letters, digits,
// "-", "_" and octets of UTF-8.
#pragma once

#include <string_view>

namespace mailtool::signing {

// 1 to 253 octets, labels of 1 to 63, no dot at the end.
[[nodiscard]] bool is_domain(std::string_view text) noexcept;

// "a.b.example" is below "b.example"; nothing is below itself.
[[nodiscard]] bool is_below(std::string_view name,
                            std::string_view parent) noexcept;

}  // namespace mailtool::signing
