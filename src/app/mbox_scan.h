/// \file
/// Where lines begin that matter to an mbox, found 64 octets at a time.
#pragma once

#include <cstddef>
#include <string_view>

#include "mailtool/base/cpu.h"

namespace mailtool::app {

/// The LF, at `from` or behind it, that "From " follows; npos when there is
/// none. All six octets lie within `octets`. `level` is for tests:
/// vector_level() or less; each gives the same answer.
[[nodiscard]] std::size_t find_from_line(std::string_view octets,
                                         std::size_t from,
                                         VectorLevel level = vector_level());

/// The LF, at `from` or behind it, that LF, CR, "C" or "c" follows: an empty
/// line, or a field that may be Content-Length. npos when there is none.
[[nodiscard]] std::size_t find_header_mark(std::string_view octets,
                                           std::size_t from,
                                           VectorLevel level = vector_level());

}  // namespace mailtool::app
