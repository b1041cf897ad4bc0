// atext and quoted-string: RFC 5322 sections 3.2.3 and 3.2.4, with UTF-8 by
// RFC 6532 section 3.2.
#pragma once

#include <string>
#include <string_view>

namespace mailtool::mime {

[[nodiscard]] bool is_atext(char c) noexcept;
// dot-atom-text = 1*atext *("." 1*atext)
[[nodiscard]] bool is_dot_atom(std::string_view text) noexcept;
// DQUOTE text DQUOTE, with quoted pairs where they must be.
[[nodiscard]] std::string quoted(std::string_view text);
void append_quoted(std::string_view text, std::string& to);

}  // namespace mailtool::mime
