#include "app/quantity.h"

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t kMaxSeconds = 10ull * 366 * 86400;

constexpr Unit kDurations[] = {
    {"", 1},      {"s", 1},      {"sec", 1},     {"min", 60},
    {"m", 60},    {"h", 3600},   {"d", 86400},   {"w", 7 * 86400},
};

constexpr Unit kSizes[] = {
    {"", 1},           {"B", 1},           {"K", 1ull << 10},
    {"KB", 1ull << 10}, {"KiB", 1ull << 10}, {"M", 1ull << 20},
    {"MB", 1ull << 20}, {"MiB", 1ull << 20}, {"G", 1ull << 30},
    {"GB", 1ull << 30}, {"GiB", 1ull << 30}, {"T", 1ull << 40},
};

// number unit, without a blank, a sign or a fraction.
template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(std::string_view text,
                                            const Unit (&units)[N],
                                            std::uint64_t max) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const auto number = parse_number(text.substr(0, digits), max);
  if (!number) return std::nullopt;
  for (const auto& unit : units) {
    if (!iequals(text.substr(digits), unit.name)) continue;
    if (*number > max / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  const auto seconds = parse_quantity(text, kDurations, kMaxSeconds);
  if (seconds) return std::chrono::seconds(*seconds);
  return Error{ErrorKind::usage,
               "not a duration (like 90s, 10min, 2h, 30d, at most 10 years)"};
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto octets = parse_quantity(text, kSizes, UINT64_MAX >> 1);
  if (octets) return *octets;
  return Error{ErrorKind::usage, "not a size (like 500K, 20M, 2G)"};
}

}  // namespace mailtool::app
