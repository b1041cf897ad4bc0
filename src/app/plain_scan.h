/// \file
/// How far a text may be copied as it stands, 32 octets at a time.
#pragma once

#include <cstddef>
#include <string_view>

#include "mailtool/base/cpu.h"

namespace mailtool::app {

/// How many octets at the start of `text` are printable ASCII, 0x20 to 0x7e.
/// `level` is for tests: vector_level() or less; each gives the same answer.
[[nodiscard]] std::size_t printable_ascii_prefix(
    std::string_view text, VectorLevel level = vector_level()) noexcept;

/// The same, but "?" ends it, too: without "?" no encoded word can begin.
[[nodiscard]] std::size_t header_plain_prefix(
    std::string_view text, VectorLevel level = vector_level()) noexcept;

/// How many octets at the start of valid UTF-8 `text` stand for themselves in a
/// JSON string: all before a control, `"`, `\`, or an octet that may begin a C1
/// control or a line separator (0xc2, 0xe2).
[[nodiscard]] std::size_t json_plain_prefix(
    std::string_view text, VectorLevel level = vector_level()) noexcept;

}  // namespace mailtool::app
