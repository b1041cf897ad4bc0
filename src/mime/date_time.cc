#include "mailtool/mime/date_time.h"

#include <algorithm>
#include <array>

#include "date_time_calendar.h"
#include "lexer.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

// Dates are short; what follows is not read.
constexpr std::size_t kMaxDateOctets = 200;
// The first second of year 10000, which no form has room for.
constexpr std::int64_t kEndOfTime = 253402300800;

// What has been read of a date; -1 is missing.
struct Parts {
  int year = -1;
  int month = -1;
  int day = -1;
  int hour = -1;
  int minute = 0;
  int second = 0;
  int zone = 0;             // minutes east
  bool zone_known = false;
  bool has_offset = false;  // "+0100" has been read
  bool has_half = false;    // "AM", "PM"
};

// The decimal number that is all of `text`: 1 to 4 digits; -1 otherwise and
// above `max`.
int number(std::string_view text, int max) {
  if (text.empty() || text.size() > 4) return -1;
  int value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return value > max ? -1 : value;
}

// `text` up to `separator`, which goes, or the end.
std::string_view take_piece(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

// time-of-day = hour ":" minute [ ":" second ]; a fraction is dropped. 24:00
// ends a day: ISO 8601.
bool read_time(std::string_view word, Parts& parts) {
  word = word.substr(0, word.find_first_of(".,"));
  const auto colons = std::count(word.begin(), word.end(), ':');
  if (colons < 1 || colons > 2 || parts.hour >= 0) return false;
  const int hour = number(take_piece(word, ':'), 24);
  const int minute = number(take_piece(word, ':'), 59);
  const int second = colons == 2 ? number(word, 60) : 0;
  if (hour < 0 || minute < 0 || second < 0) return false;
  if (hour == 24 && (minute > 0 || second > 0)) return false;
  parts.hour = hour;
  parts.minute = minute;
  parts.second = second;
  return true;
}

// ("+" / "-") 4DIGIT, with a colon allowed, or two digits alone.
bool read_offset(std::string_view word, Parts& parts) {
  if (parts.has_offset || word.empty()) return false;
  auto rest = word.substr(1);
  if (rest.size() == 5 && rest[2] != ':') return false;
  const int hours = number(rest.substr(0, 2), 23);
  const int minutes = rest.size() == 2   ? 0
                      : rest.size() == 4 ? number(rest.substr(2), 59)
                      : rest.size() == 5 ? number(rest.substr(3), 59)
                                         : -1;
  if (rest.size() < 2 || hours < 0 || minutes < 0) return false;
  const int offset = hours * 60 + minutes;
  parts.zone = word[0] == '-' ? -offset : offset;
  parts.zone_known = word[0] != '-' || offset != 0;
  parts.has_offset = true;
  return true;
}

// obs-zone: RFC 5322 section 4.3. Other letters say nothing: -0000.
void read_zone_name(std::string_view word, Parts& parts) {
  struct Zone {
    std::string_view name;
    int hours;
  };
  static constexpr std::array kZones = {
      Zone{"ut", 0},   Zone{"gmt", 0},  Zone{"utc", 0},  Zone{"z", 0},
      Zone{"est", -5}, Zone{"edt", -4}, Zone{"cst", -6}, Zone{"cdt", -5},
      Zone{"mst", -7}, Zone{"mdt", -6}, Zone{"pst", -8}, Zone{"pdt", -7}};
  if (parts.has_offset) return;
  for (const auto& zone : kZones) {
    if (zone.name != word) continue;
    parts.zone = zone.hours * 60;
    parts.zone_known = true;
    return;
  }
}

bool read_month(std::string_view word, Parts& parts) {
  if (word.size() < 3 || parts.month >= 0) return false;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (word.substr(0, 3) != kMonths[i]) continue;
    parts.month = static_cast<int>(i + 1);
    return true;
  }
  return false;
}

// obs-year: two digits and three digits count from 1900 or 2000.
bool read_number(std::string_view word, Parts& parts) {
  const int value = number(word, 9999);
  if (value < 0) return false;
  if (parts.day < 0 && word.size() <= 2) {
    parts.day = value;
    return true;
  }
  if (parts.year >= 0 || word.size() < 2) return false;
  parts.year = word.size() == 2   ? value + (value < 50 ? 2000 : 1900)
               : word.size() == 3 ? value + 1900
                                  : value;
  return true;
}

// "am" and "pm" behind a time of twelve hours.
bool read_half(std::string_view word, Parts& parts) {
  const bool half = word == "am" || word == "pm";
  if (!half || parts.hour < 1 || parts.hour > 12 || parts.has_half) return false;
  parts.has_half = true;
  parts.hour = parts.hour % 12 + (word == "pm" ? 12 : 0);
  return true;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

// 2026-11-20 or 20261120: how much of `text` it is, or 0.
std::size_t iso_date_length(std::string_view text) {
  const bool is_extended =
      text.size() >= 10 && text[4] == '-' && text[7] == '-' &&
      all_digits(text.substr(0, 4)) && all_digits(text.substr(5, 2)) &&
      all_digits(text.substr(8, 2));
  if (is_extended) return 10;
  const bool is_basic =
      text.size() >= 9 && all_digits(text.substr(0, 8)) && text[8] == 't';
  return is_basic ? 8 : 0;
}

// 211504 or 2115, the basic form of a time.
bool read_basic_time(std::string_view word, Parts& parts) {
  word = word.substr(0, word.find_first_of(".,"));
  if (word.size() != 4 && word.size() != 6) return false;
  parts.hour = number(word.substr(0, 2), 23);
  parts.minute = number(word.substr(2, 2), 59);
  parts.second = word.size() == 6 ? number(word.substr(4), 60) : 0;
  return parts.hour >= 0 && parts.minute >= 0 && parts.second >= 0;
}

// 2026-11-20T21:15:04+01:00, or with a blank instead of "T".
bool read_iso(std::string_view text, std::size_t date, Parts& parts) {
  const std::size_t dash = date == 10 ? 1 : 0;
  parts.year = number(text.substr(0, 4), 9999);
  parts.month = number(text.substr(4 + dash, 2), 12);
  parts.day = number(text.substr(6 + 2 * dash, 2), 31);
  text.remove_prefix(date);
  if (text.empty() || (text[0] != 't' && text[0] != ' ')) return false;
  text.remove_prefix(1);
  const auto time = text.substr(0, text.find_first_of("+-z "));
  const bool read = time.find(':') != time.npos ? read_time(time, parts)
                                                : read_basic_time(time, parts);
  if (!read) return false;
  text = trim(text.substr(time.size()));
  if (text.empty()) return true;
  if (text[0] == '+' || text[0] == '-') return read_offset(text, parts);
  read_zone_name(text, parts);
  return parts.zone_known;
}

bool read_word(std::string_view word, Parts& parts) {
  if (word[0] == '+' || word[0] == '-') return read_offset(word, parts);
  if (is_digit(word[0])) {
    if (word.find(':') != word.npos) return read_time(word, parts);
    // 20-Nov-2026
    do {
      const auto piece = take_piece(word, '-');
      const bool read = !piece.empty() && is_digit(piece[0])
                            ? read_number(piece, parts)
                            : read_month(piece, parts);
      if (!read) return false;
    } while (!word.empty());
    return true;
  }
  const auto sign = word.find_first_of("+-");
  if (sign != word.npos) return read_offset(word.substr(sign), parts);
  if (word.find(':') != word.npos) return false;
  if (read_month(word, parts) || read_half(word, parts)) return true;
  if (parts.hour >= 0) read_zone_name(word, parts);
  return true;  // the day of the week, or a zone
}

// The value in lower case, comments gone, no blanks around colons.
class NormalDate {
 public:
  explicit NormalDate(std::string_view value) {
    static constexpr OctetSet kStops(" \t\r\n(,");
    Lexer lexer(value.substr(0, kMaxDateOctets));
    for (;;) {
      lexer.skip_white_space_and_comments();
      if (lexer.at_end()) return;
      const auto word = lexer.take_until(kStops);
      if (!lexer.at_end() && lexer.peek() == ',') lexer.take();
      if (word.empty()) continue;
      const bool glued =
          length_ == 0 || octets_[length_ - 1] == ':' || word[0] == ':';
      if (!glued) octets_[length_++] = ' ';
      for (const char c : word) octets_[length_++] = to_lower(c);
    }
  }
  [[nodiscard]] std::string_view text() const {
    return {octets_.data(), length_};
  }

 private:
  // A blank goes before a word at most, where one octet at least was left out,
  // or a comma alone between two words.
  std::array<char, kMaxDateOctets + 1> octets_;
  std::size_t length_ = 0;
};

std::optional<DateTime> to_date_time(const Parts& parts) {
  if (parts.year < 1 || parts.month < 1 || parts.hour < 0) return std::nullopt;
  if (parts.day < 1 || parts.day > days_in_month(parts.year, parts.month)) {
    return std::nullopt;
  }
  DateTime when;
  when.zone_minutes = parts.zone;
  when.zone_known = parts.zone_known;
  const auto local =
      days_from_civil(parts.year, parts.month, parts.day) * 86400 +
      parts.hour * 3600 + parts.minute * 60 + parts.second;
  if (local >= kEndOfTime) return std::nullopt;
  when.seconds = local - when.zone_minutes * 60;
  return when;
}

// Two digits, or -1.
int pair(const char* at) {
  return is_digit(at[0]) && is_digit(at[1])
             ? (at[0] - '0') * 10 + (at[1] - '0')
             : -1;
}

// "Fri, 20 Nov 2026 21:15:04 +0100" to the letter, as nearly all mail has it.
// False for all else, which is not a judgement.
bool read_ordinary(std::string_view text, Parts& parts) {
  if (text.size() < 30 || text[3] != ',' || text[4] != ' ') return false;
  if (!is_alpha(text[0]) || !is_alpha(text[1]) || !is_alpha(text[2])) {
    return false;
  }
  text.remove_prefix(5);
  const bool short_day = text[1] == ' ';
  if (text.size() != (short_day ? 25u : 26u)) return false;
  parts.day = short_day ? (is_digit(text[0]) ? text[0] - '0' : -1)
                        : pair(text.data());
  text.remove_prefix(short_day ? 2 : 3);
  const char* const at = text.data();
  const char month[3] = {to_lower(at[0]), to_lower(at[1]), to_lower(at[2])};
  const bool framed = at[-1] == ' ' && at[3] == ' ' && at[8] == ' ' &&
                      at[11] == ':' && at[14] == ':' && at[17] == ' ' &&
                      (at[18] == '+' || at[18] == '-');
  if (!framed || !read_month({month, 3}, parts)) return false;
  const int century = pair(at + 4);
  const int year = pair(at + 6);
  parts.hour = pair(at + 9);
  parts.minute = pair(at + 12);
  parts.second = pair(at + 15);
  const bool read = parts.day >= 0 && century >= 0 && year >= 0 &&
                    parts.hour >= 0 && parts.hour < 24 && parts.minute >= 0 &&
                    parts.minute < 60 && parts.second >= 0 && parts.second <= 60;
  if (!read) return false;
  parts.year = century * 100 + year;
  return read_offset(text.substr(18), parts);
}

// Without a comment at its end, "(CET)", if that is short and simple.
std::string_view without_comment(std::string_view text) {
  constexpr std::size_t kShort = 12;
  if (!text.ends_with(')')) return text;
  const auto begin = text.rfind('(');
  if (begin == text.npos || text.size() - begin > kShort) return text;
  const auto content = text.substr(begin + 1, text.size() - begin - 2);
  if (content.find_first_of(")\\") != content.npos) return text;
  return trim_white_space(text.substr(0, begin));
}

}  // namespace

std::optional<DateTime> parse_date_time(std::string_view value) {
  value = trim_white_space(value);
  Parts ordinary;
  if (read_ordinary(without_comment(value), ordinary)) {
    return to_date_time(ordinary);
  }
  const NormalDate date(value);
  auto text = date.text();
  Parts parts;
  if (const auto length = iso_date_length(text); length > 0) {
    if (!read_iso(text, length, parts)) return std::nullopt;
    return to_date_time(parts);
  }
  while (!text.empty()) {
    const auto word = take_piece(text, ' ');
    if (!word.empty() && !read_word(word, parts)) return std::nullopt;
  }
  return to_date_time(parts);
}

}  // namespace mailtool::mime
