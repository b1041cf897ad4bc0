/// \file
/// The lines of a MirrorState.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mailtool/store/mirror_state.h"

namespace mailtool::store {

/// Longest line, its end not counted, in octets.
inline constexpr std::size_t kMirrorLineOctets = 64 * 1024;

/// Without line end; the texts percent-encoded.
[[nodiscard]] std::string title_line(const MirrorTitle& title);
[[nodiscard]] std::optional<MirrorTitle> parse_title_line(
    std::string_view line);

/// "=7 51 12 0 3,5"; the MISSING of none is "-".
[[nodiscard]] std::string point_line(const MirrorPoint& point);
[[nodiscard]] std::optional<MirrorPoint> parse_point_line(
    std::string_view line);

}  // namespace mailtool::store
