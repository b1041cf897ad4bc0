#include "app/moment.h"

#include <algorithm>
#include <ctime>
#include <optional>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Takes digits, and the mark behind them.
class MomentReader {
 public:
  explicit MomentReader(std::string_view text) : rest_(text) {}

  std::optional<int> number(std::size_t digits, int least, int most) {
    if (rest_.size() < digits) return std::nullopt;
    const auto value = parse_number(rest_.substr(0, digits), 9999);
    if (!value || !std::all_of(rest_.begin(),
                               rest_.begin() + static_cast<long>(digits),
                               is_digit)) {
      return std::nullopt;
    }
    const int number = static_cast<int>(*value);
    if (number < least || number > most) return std::nullopt;
    rest_.remove_prefix(digits);
    return number;
  }
  bool mark(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == any_of.npos) {
      return false;
    }
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char last() const { return last_; }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char last_ = '\0';
};

// date = 4DIGIT "-" 2DIGIT "-" 2DIGIT
bool read_date(MomentReader& in, std::tm& when) {
  const auto year = in.number(4, 1970, 9999);
  if (!year || !in.mark("-")) return false;
  const auto month = in.number(2, 1, 12);
  if (!month || !in.mark("-")) return false;
  const auto day = in.number(2, 1, 31);
  if (!day) return false;
  when.tm_year = *year - 1900;
  when.tm_mon = *month - 1;
  when.tm_mday = *day;
  return true;
}

// time = 2DIGIT ":" 2DIGIT [ ":" 2DIGIT ]
bool read_time(MomentReader& in, std::tm& when) {
  const auto hour = in.number(2, 0, 23);
  if (!hour || !in.mark(":")) return false;
  const auto minute = in.number(2, 0, 59);
  if (!minute) return false;
  when.tm_hour = *hour;
  when.tm_min = *minute;
  if (!in.mark(":")) return true;
  const auto second = in.number(2, 0, 59);
  if (!second) return false;
  when.tm_sec = *second;
  return true;
}

// zone = "Z" / ( "+" / "-" ) 2DIGIT [ ":" ] 2DIGIT; in seconds
std::optional<int> read_zone(MomentReader& in) {
  if (in.mark("Zz")) return 0;
  if (!in.mark("+-")) return std::nullopt;
  const int sign = in.last() == '-' ? -1 : 1;
  const auto hours = in.number(2, 0, 14);
  in.mark(":");
  const auto minutes = hours ? in.number(2, 0, 59) : std::nullopt;
  if (!minutes) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

std::tm local_day(std::int64_t now) {
  const std::time_t seconds = now;
  std::tm day{};
  localtime_r(&seconds, &day);
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  day.tm_isdst = -1;
  return day;
}

// A date that the calendar lacks comes out as another day.
bool is_day_of_month(std::tm when) {
  const int day = when.tm_mday;
  when.tm_hour = 12;
  when.tm_isdst = 0;
  return timegm(&when) != -1 && when.tm_mday == day;
}

std::optional<std::int64_t> next_time_of_day(std::string_view text,
                                             std::int64_t now) {
  MomentReader in(text);
  auto when = local_day(now);
  if (!read_time(in, when) || !in.done()) return std::nullopt;
  auto copy = when;
  if (std::mktime(&copy) <= now) ++when.tm_mday;
  return std::mktime(&when);
}

std::optional<std::int64_t> calendar_moment(std::string_view text) {
  MomentReader in(text);
  std::tm when{};
  when.tm_isdst = -1;
  if (!read_date(in, when) || !is_day_of_month(when)) return std::nullopt;
  if (in.done()) return std::mktime(&when);
  if (!in.mark("Tt ") || !read_time(in, when)) return std::nullopt;
  if (in.done()) return std::mktime(&when);
  const auto zone = read_zone(in);
  if (!zone || !in.done()) return std::nullopt;
  return timegm(&when) - *zone;
}

}  // namespace

Result<std::int64_t> parse_moment(std::string_view text, std::int64_t now) {
  auto moment = next_time_of_day(text, now);
  if (!moment) moment = calendar_moment(text);
  if (moment) return *moment;
  return Error{ErrorKind::usage,
               "'" + printable(text, 60) + "' is no time such as "
               "2026-11-22T08:30, 2026-11-22 or 08:30"};
}

}  // namespace mailtool::app
