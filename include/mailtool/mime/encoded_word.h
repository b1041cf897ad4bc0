/// \file
/// Encoded words: RFC 2047, with the language suffix of RFC 2231 section 5.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/mime/defect.h"

namespace mailtool::mime {

/// Appends an unstructured value or a phrase, folded or not, decoded to UTF-8,
/// in linear time. Line breaks go, white space between two encoded words goes,
/// raw 8-bit text is read as UTF-8 or else windows-1252, raw text with the
/// escapes of ISO-2022-JP as such. Controls other than TAB, which an encoded
/// word may hide, become U+FFFD, so that no value can turn into a header again
/// or act on a terminal. Nothing is decoded twice.
///
/// Read though not legal: words glued to text or to each other, spaces inside
/// a Q word, missing padding, words longer than 75, a character split over
/// two words of one charset, a base64 quantum split over two words. A word
/// that never ends, or that another begins in, stands as it is.
///
/// Findings are added to `defects`, if given: malformed_encoded_word,
/// control_in_encoded_word, unknown_charset, malformed_charset. Plain ASCII
/// costs one scan and one append.
void decode_encoded_words(std::string_view value, std::string& append_to,
                          DefectSet* defects = nullptr);

/// As above, as a value of its own.
[[nodiscard]] std::string decode_encoded_words(std::string_view value);

/// True when `text` cannot stand in a header as it is: it holds 8-bit octets
/// or controls, or looks like an encoded word.
[[nodiscard]] bool needs_encoding(std::string_view text) noexcept;

/// UTF-8 `text` as encoded words of at most 75 octets, separated by a space;
/// B or Q, whichever is shorter; never splits a character. Safe in a phrase.
/// Returns `text` itself when it needs no encoding. The first word is shorter
/// by `before`, at most 40: octets that stand before it on its line, which may
/// not be longer than 76 (section 2).
[[nodiscard]] std::string encode_words(std::string_view text,
                                       std::size_t before = 0);

/// The same for a text that needs no encoding, too: one with a piece that no
/// line can hold.
[[nodiscard]] std::string encode_all_words(std::string_view text,
                                           std::size_t before = 0);

}  // namespace mailtool::mime
