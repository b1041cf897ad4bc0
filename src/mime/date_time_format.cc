// Moments on their way out.
#include <array>

#include "date_time_calendar.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/date_time.h"

namespace mailtool::mime {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                   "Thu", "Fri", "Sat"};

// The inverse of days_from_civil and what goes with it, in the zone of `when`.
struct Civil {
  int year;
  int month;
  int day;
  int weekday;  // 0 is Sunday
  int hour;
  int minute;
  int second;
};

Civil to_civil(const DateTime& when) {
  const std::int64_t local = when.seconds + when.zone_minutes * 60;
  auto days = local / 86400;
  auto rest = local % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  const auto shifted = days + 719468;
  const auto era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const auto day_of_era = shifted - era * 146097;
  const auto year_of_era = (day_of_era - day_of_era / 1460 +
                            day_of_era / 36524 - day_of_era / 146096) / 365;
  const auto day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto shifted_month = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3
                                                        : shifted_month - 9);
  Civil civil{};
  civil.year = static_cast<int>(year_of_era + era * 400) + (month <= 2 ? 1 : 0);
  civil.month = month;
  civil.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  civil.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  civil.hour = static_cast<int>(rest / 3600);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.second = static_cast<int>(rest % 60);
  return civil;
}

std::string digits(int value, std::size_t width) {
  auto text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

std::string zone_text(const DateTime& when, std::string_view separator) {
  const int minutes = when.zone_minutes < 0 ? -when.zone_minutes : when.zone_minutes;
  const bool minus = when.zone_minutes < 0 || !when.zone_known;
  return (minus ? "-" : "+") + digits(minutes / 60, 2) +
         std::string(separator) + digits(minutes % 60, 2);
}

}  // namespace

std::string format_date_time(const DateTime& when) {
  const auto civil = to_civil(when);
  std::string month(kMonths[static_cast<std::size_t>(civil.month - 1)]);
  month[0] = to_upper(month[0]);
  return std::string(kDays[static_cast<std::size_t>(civil.weekday)]) + ", " +
         digits(civil.day, 2) + " " + month + " " + digits(civil.year, 4) + " " +
         digits(civil.hour, 2) + ":" + digits(civil.minute, 2) + ":" +
         digits(civil.second, 2) + " " + zone_text(when, "");
}

std::string to_rfc3339(const DateTime& when) {
  const auto civil = to_civil(when);
  const bool utc = when.zone_known && when.zone_minutes == 0;
  return digits(civil.year, 4) + "-" + digits(civil.month, 2) + "-" +
         digits(civil.day, 2) + "T" + digits(civil.hour, 2) + ":" +
         digits(civil.minute, 2) + ":" + digits(civil.second, 2) +
         (utc ? "Z" : zone_text(when, ":"));
}

}  // namespace mailtool::mime
