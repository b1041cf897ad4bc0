// Addresses of links, as a reader is to see them.
#pragma once

#include <string>
#include <string_view>

namespace mailtool::mime {

// `href` without what could hide in it: no control characters, no blanks, no
// angle brackets, at most 2048 octets and "..." after them. Empty for schemes
// that a reader cannot follow: all but http, https, mailto, ftp and tel.
[[nodiscard]] std::string shown_link(std::string_view href);

// True when the text of a link says where it leads, so that its address need
// not be told. A text that is only a part of the address does not.
[[nodiscard]] bool names_link(std::string_view text, std::string_view link);

}  // namespace mailtool::mime
