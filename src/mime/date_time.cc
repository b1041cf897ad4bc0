#include "mailtool/mime/date_time.h"

#include <array>

#include "lexer.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "jan", "feb", "mar", "apr", "may", "jun",
    "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                   "Thu", "Fri", "Sat"};
// Dates are short; what follows is not read.
constexpr std::size_t kMaxDateOctets = 200;

// Days since 1970-01-01 in the Gregorian calendar; \pre 1 <= month <= 12.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const auto era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = year - era * 400;
  const auto day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const auto day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int days_in_month(int year, int month) {
  constexpr std::array kDaysInMonth = {31, 28, 31, 30, 31, 30,
                                       31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29
                            : kDaysInMonth[static_cast<std::size_t>(month - 1)];
}

// What has been read of a date; -1 is missing.
struct Parts {
  int year = -1;
  int month = -1;
  int day = -1;
  int hour = -1;
  int minute = 0;
  int second = 0;
  std::optional<int> zone;
  bool zone_known = false;
};

std::optional<int> number(std::string_view text, int max) {
  const auto value = parse_number(text, static_cast<std::uint64_t>(max));
  if (!value) return std::nullopt;
  return static_cast<int>(*value);
}

// time-of-day = hour ":" minute [ ":" second ]; a fraction is dropped.
bool read_time(std::string_view word, Parts& parts) {
  const auto fields = split(word.substr(0, word.find_first_of(".,")), ':');
  if (fields.size() < 2 || fields.size() > 3 || parts.hour >= 0) return false;
  const auto hour = number(fields[0], 23);
  const auto minute = number(fields[1], 59);
  const auto second = fields.size() == 3 ? number(fields[2], 60) : 0;
  if (!hour || !minute || !second) return false;
  parts.hour = *hour;
  parts.minute = *minute;
  parts.second = *second;
  return true;
}

// ("+" / "-") 4DIGIT, with a colon allowed, or two digits alone.
bool read_offset(std::string_view word, Parts& parts) {
  std::string digits;
  for (const char c : word.substr(1)) {
    if (c != ':') digits += c;
  }
  if (digits.size() == 2) digits += "00";
  if (digits.size() != 4 || parts.zone) return false;
  const auto hours = number(std::string_view(digits).substr(0, 2), 23);
  const auto minutes = number(std::string_view(digits).substr(2), 59);
  if (!hours || !minutes) return false;
  const int offset = *hours * 60 + *minutes;
  parts.zone = word[0] == '-' ? -offset : offset;
  parts.zone_known = word[0] != '-' || offset != 0;
  return true;
}

// obs-zone: RFC 5322 section 4.3. Other letters say nothing: -0000.
void read_zone_name(std::string_view word, Parts& parts) {
  struct Zone {
    std::string_view name;
    int hours;
  };
  constexpr std::array kZones = {
      Zone{"ut", 0},   Zone{"gmt", 0},  Zone{"utc", 0},  Zone{"z", 0},
      Zone{"est", -5}, Zone{"edt", -4}, Zone{"cst", -6}, Zone{"cdt", -5},
      Zone{"mst", -7}, Zone{"mdt", -6}, Zone{"pst", -8}, Zone{"pdt", -7}};
  for (const auto& zone : kZones) {
    if (zone.name != word) continue;
    parts.zone = zone.hours * 60;
    parts.zone_known = true;
    return;
  }
  if (!parts.zone) parts.zone = 0;
}

bool read_month(std::string_view word, Parts& parts) {
  if (word.size() < 3 || parts.month >= 0) return false;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (!word.starts_with(kMonths[i])) continue;
    parts.month = static_cast<int>(i + 1);
    return true;
  }
  return false;
}

// obs-year: two digits and three digits count from 1900 or 2000.
bool read_number(std::string_view word, Parts& parts) {
  const auto value = number(word, 9999);
  if (!value) return false;
  if (parts.day < 0 && word.size() <= 2) {
    parts.day = *value;
    return true;
  }
  if (parts.year >= 0 || word.size() < 2) return false;
  parts.year = word.size() == 2 ? *value + (*value < 50 ? 2000 : 1900)
               : word.size() == 3 ? *value + 1900
                                  : *value;
  return true;
}

// 2026-11-20T21:15:04+01:00, or with a blank instead of "T".
bool looks_like_iso(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u}) {
    if (!is_digit(text[i])) return false;
  }
  return true;
}

bool read_iso(std::string_view text, Parts& parts) {
  parts.year = *number(text.substr(0, 4), 9999);
  parts.month = *number(text.substr(5, 2), 99);
  parts.day = *number(text.substr(8, 2), 99);
  text.remove_prefix(10);
  if (text.empty() || (to_lower(text[0]) != 't' && text[0] != ' ')) return false;
  text.remove_prefix(1);
  const auto zone = text.find_first_of("+-zZ ");
  if (!read_time(text.substr(0, zone), parts)) return false;
  const auto rest = trim(zone == text.npos ? "" : text.substr(zone));
  if (rest.empty()) return true;
  if (iequals(rest, "z")) {
    read_zone_name("z", parts);
    return true;
  }
  return (rest[0] == '+' || rest[0] == '-') && read_offset(rest, parts);
}

bool read_word(std::string_view word, Parts& parts) {
  if (word[0] == '+' || word[0] == '-') return read_offset(word, parts);
  if (word.find(':') != word.npos) return read_time(word, parts);
  if (is_digit(word[0])) {
    // 20-Nov-2026
    for (const auto piece : split(word, '-')) {
      const bool read = !piece.empty() && is_digit(piece[0])
                            ? read_number(piece, parts)
                            : read_month(piece, parts);
      if (!read) return false;
    }
    return true;
  }
  const auto sign = word.find_first_of("+-");
  if (sign != word.npos) return read_offset(word.substr(sign), parts);
  if (read_month(word, parts)) return true;
  if (parts.hour >= 0) read_zone_name(word, parts);
  return true;  // the day of the week, or a zone
}

// The value in lower case, comments gone, no blanks around colons.
std::string normalize(std::string_view value) {
  std::string text;
  Lexer lexer(value.substr(0, kMaxDateOctets));
  for (;;) {
    lexer.skip_white_space_and_comments();
    if (lexer.at_end()) return text;
    const auto word = lexer.take_until(" \t\r\n(,");
    if (!lexer.at_end() && lexer.peek() == ',') lexer.take();
    if (word.empty()) continue;
    const bool glued = text.ends_with(':') || word[0] == ':' || text.empty();
    if (!glued) text += ' ';
    text += lower(word);
  }
}

std::optional<DateTime> to_date_time(const Parts& parts) {
  if (parts.year < 1 || parts.month < 1 || parts.month > 12 || parts.hour < 0) {
    return std::nullopt;
  }
  if (parts.day < 1 || parts.day > days_in_month(parts.year, parts.month)) {
    return std::nullopt;
  }
  DateTime when;
  when.zone_minutes = parts.zone.value_or(0);
  when.zone_known = parts.zone_known;
  when.seconds = days_from_civil(parts.year, parts.month, parts.day) * 86400 +
                 parts.hour * 3600 + parts.minute * 60 + parts.second -
                 when.zone_minutes * 60;
  return when;
}

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

std::optional<DateTime> parse_date_time(std::string_view value) {
  const auto text = normalize(value);
  Parts parts;
  if (looks_like_iso(text)) {
    if (!read_iso(text, parts)) return std::nullopt;
    return to_date_time(parts);
  }
  for (const auto word : split(text, ' ')) {
    if (!word.empty() && !read_word(word, parts)) return std::nullopt;
  }
  return to_date_time(parts);
}

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
