/// \file
/// Texts as SEARCH and SORT compare them: without regard to case.
#pragma once

#include <string>
#include <string_view>

namespace mailtool::mime {

/// UTF-8 `text` by i;unicode-casemap (RFC 5051): title case, decomposed. Two
/// texts that differ in case alone, or in how an accent is written, give the
/// same; the order of these is SORT's. Octets that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string collation_key(std::string_view text);

/// The same, appended.
void append_collation_key(std::string& to, std::string_view text);

}  // namespace mailtool::mime
