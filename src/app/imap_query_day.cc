#include "app/imap_query_day.h"

#include <algorithm>
#include <ctime>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

using imap::Date;

constexpr std::int64_t kDay = 86400;

// Days since 1970 and back, in the proleptic Gregorian calendar.
std::int64_t days_of(const Date& date) {
  const std::int64_t y = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year = y - era * 400;
  const std::int64_t month = date.month + (date.month > 2 ? -3 : 9);
  return era * 146097 + year * 365 + year / 4 - year / 100 +
         (153 * month + 2) / 5 + date.day - 1 - 719468;
}

Date date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day = days - era * 146097;
  const std::int64_t year =
      (day - day / 1460 + day / 36524 - day / 146096) / 365;
  const std::int64_t of_year = day - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  Date date;
  date.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = static_cast<int>(year + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

// Years before 1970 trouble some servers, and no year has five digits.
const std::int64_t kFirstDay = 1;
const std::int64_t kLastDay = days_of({9999, 12, 31});

std::int64_t day_of(std::int64_t moment) {
  return moment / kDay - (moment % kDay < 0 ? 1 : 0);
}

// Has the local day `date` begun at `moment`?
bool has_begun(const Date& date, std::int64_t moment) {
  const auto seconds = static_cast<std::time_t>(moment);
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr) return moment > 0;
  const Date today{local.tm_year + 1900, local.tm_mon + 1, local.tm_mday};
  return days_of(today) >= days_of(date);
}

// By halving: the clocks may go forward or back at midnight, or leave out the
// whole day, and no call of the C library says what then is its first second.
std::int64_t first_second(const Date& date) {
  std::int64_t before = (days_of(date) - 2) * kDay;
  std::int64_t begun = (days_of(date) + 2) * kDay;
  while (begun - before > 1) {
    const auto middle = before + (begun - before) / 2;
    (has_begun(date, middle) ? begun : before) = middle;
  }
  return begun;
}

}  // namespace

QueryClock system_clock() {
  QueryClock clock;
  clock.now = static_cast<std::int64_t>(std::time(nullptr));
  clock.midnight = first_second;
  return clock;
}

std::optional<Date> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const auto year = parse_number(text.substr(0, 4), 9999);
  const auto month = parse_number(text.substr(5, 2), 12);
  const auto day = parse_number(text.substr(8, 2), 31);
  if (!year || !month || !day || *year == 0 || *month == 0 || *day == 0) {
    return std::nullopt;
  }
  const Date date{static_cast<int>(*year), static_cast<int>(*month),
                  static_cast<int>(*day)};
  // 2026-02-30 comes back as another day.
  if (date_of(days_of(date)) != date) return std::nullopt;
  return date;
}

Date next_day(const Date& day) {
  return date_of(std::min(days_of(day) + 1, kLastDay));
}

RoughDays days_around(const Moments& moments) {
  RoughDays days;
  if (moments.from != INT64_MIN) {
    const auto first = day_of(moments.from) - 2;
    if (first >= kFirstDay) days.first = date_of(std::min(first, kLastDay));
  }
  if (moments.to != INT64_MAX) {
    const auto end = day_of(moments.to) + 3;
    if (end <= kLastDay) days.end = date_of(std::max(end, kFirstDay));
  }
  return days;
}

RoughDays days_inside(const Moments& moments) {
  RoughDays days;
  std::int64_t first = INT64_MIN;
  std::int64_t end = INT64_MAX;
  if (moments.from != INT64_MIN) {
    first = std::max(day_of(moments.from) + 3, kFirstDay);
    days.none = days.none || first > kLastDay;
  }
  if (moments.to != INT64_MAX) {
    end = std::min(day_of(moments.to) - 2, kLastDay);
    days.none = days.none || end < kFirstDay;
  }
  days.none = days.none || first >= end;
  if (days.none) return days;
  if (first != INT64_MIN) days.first = date_of(first);
  if (end != INT64_MAX) days.end = date_of(end);
  return days;
}

}  // namespace mailtool::app
