#include "mailtool/net/run_limits.h"

namespace mailtool::net {

std::string duration_text(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  constexpr std::int64_t second = 1000, minute = 60 * second,
                         hour = 60 * minute;
  if (ms >= hour && ms % hour == 0) return std::to_string(ms / hour) + " h";
  if (ms >= 2 * minute && ms % minute == 0)
    return std::to_string(ms / minute) + " min";
  if (ms % second == 0) return std::to_string(ms / second) + " s";
  return std::to_string(ms) + " ms";
}

}  // namespace mailtool::net
