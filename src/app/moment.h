/// \file
/// Moments as users write them: --at.
#pragma once

#include <cstdint>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// "2026-11-22T08:30", with a blank for the T, seconds and a zone (Z, +01:00)
/// if they are given, else in the local time zone (ISO 8601); "2026-11-22",
/// the midnight it begins with; "08:30", the next time that it is. Seconds
/// since 1970. Fails with usage.
Result<std::int64_t> parse_moment(std::string_view text, std::int64_t now);

}  // namespace mailtool::app
