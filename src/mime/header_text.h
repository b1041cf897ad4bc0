// Octets of a header as text: UTF-8 on one line, nothing in it that acts on a
// terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/mime/defect.h"

namespace mailtool::mime {

// The length of the beginning of `text` that can stand as it is in any decoded
// value: printable ASCII without "=", which may begin an encoded word.
[[nodiscard]] std::size_t plain_length(std::string_view text) noexcept;

// Replaces controls other than TAB in to[begin, end) by U+FFFD: C0, DEL, and
// C1 as UTF-8 has them. True when there was one.
bool replace_controls(std::string& to, std::size_t begin);

// Makes UTF-8 of to[begin, end), octets in `charset`, and replaces controls.
// An empty charset, or one that says nothing, is read as raw text is. Findings
// go to `defects`: unknown_charset, malformed_charset, and for controls
// control_in_encoded_word.
void to_text(std::string& to, std::size_t begin, std::string_view charset,
             DefectSet& defects);

// Makes UTF-8 of to[begin, end), raw octets: UTF-8, or ISO-2022-JP where its
// escapes stand, or else windows-1252. Replaces controls; true when there were.
bool raw_to_text(std::string& to, std::size_t begin);

// Appends `octets` without CR and LF.
void append_unfolded(std::string_view octets, std::string& to);

}  // namespace mailtool::mime
