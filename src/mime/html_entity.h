/// \file
/// Character references of HTML: "&eacute;", "&#233;", "&#xE9;".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool::mime {

/// The longest reference that is looked at, without "&" and ";". Longer ones
/// are text.
inline constexpr std::size_t kMaxHtmlReference = 32;

/// Appends what "&" and `name` stand for, the "&" and `name` themselves where
/// they stand for nothing. `name` is "#" and letters and digits, or letters and
/// digits; `semicolon` says that one follows, which is then taken too. Without
/// it the start of `name` may be a reference, as in "&copy2026".
void append_html_reference(std::string& to, std::string_view name,
                           bool semicolon);

/// `value` of an attribute with its references resolved. There a name without
/// a semicolon is none before "=" and letters and digits: "?a=1&copy=2".
[[nodiscard]] std::string resolve_html_references(std::string_view value);

}  // namespace mailtool::mime
