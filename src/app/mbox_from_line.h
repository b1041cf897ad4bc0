/// \file
/// The lines that begin the messages of an mbox.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailtool::app {

/// Octets of a line that is_from_line() looks at; what is behind does not
/// count.
inline constexpr std::size_t kMaxFromLine = 512;

/// True for "From ", whatever else, and a date: a time of day, and a month by
/// name or an ISO 8601 day. Zones, seconds, the order and "remote from" do not
/// matter. Sentences that begin with "From" do not name a minute and a month.
[[nodiscard]] bool is_from_line(std::string_view line);

/// True for "From " and nothing else on the line, as some programs write it.
[[nodiscard]] bool is_bare_from_line(std::string_view line);

}  // namespace mailtool::app
