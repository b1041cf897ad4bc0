/// \file
/// Header fields as octets: unfolding, folding, names. RFC 5322 section 2.2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/mime/defect.h"

namespace mailtool::mime {

/// RFC 5322 section 2.1.1: the limit, and what a line should not exceed.
inline constexpr std::size_t kMaxLineOctets = 998;
inline constexpr std::size_t kGoodLineOctets = 78;

/// The value on one line: line breaks go, the white space around them stays
/// (RFC 5322 section 2.2.3); blanks at both ends go.
[[nodiscard]] std::string unfold(std::string_view value);

/// ftext: 1 to 1000 printable ASCII characters without colon.
[[nodiscard]] bool is_field_name(std::string_view name) noexcept;

/// "Name: value" folded at 78 octets where blanks allow it, with CRLF line
/// ends, the last included. `value` is one line without CR and LF.
/// A piece without blanks stays whole, whatever its length.
[[nodiscard]] std::string fold_field(std::string_view name,
                                     std::string_view value);

/// Length of the longest line of `folded`, without line ends.
[[nodiscard]] std::size_t longest_line(std::string_view folded) noexcept;

/// An unstructured or phrase value decoded for people: unfold, then
/// decode_encoded_words.
[[nodiscard]] std::string decode_value(std::string_view value);

/// As above, appended to `append_to`; findings are added to `defects`, if
/// given: those of decode_encoded_words, and deceptive_characters.
void decode_value(std::string_view value, std::string& append_to,
                  DefectSet* defects = nullptr);

/// True when UTF-8 `text` holds characters that hide or turn around others:
/// bidirectional controls, zero-width and filler characters, tags, and joiners
/// beside ASCII.
[[nodiscard]] bool has_deceptive_characters(std::string_view text) noexcept;

/// True when `text` holds what people take for a mail address, and it is not
/// `address`.
[[nodiscard]] bool shows_other_address(std::string_view text,
                                       std::string_view address) noexcept;

}  // namespace mailtool::mime
