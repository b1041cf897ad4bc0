/// \file
/// Quantities as a user writes them: DURATION and SIZE.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// "90s", "10min", "2h", "30d", "1w"; a bare number is seconds. At most 10
/// years. Fails with usage.
Result<std::chrono::seconds> parse_duration(std::string_view text);

/// "500K", "20M", "2G" (powers of 1024); a bare number is octets. Fails with
/// usage.
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace mailtool::app
