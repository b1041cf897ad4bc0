#include "app/mbox_from_line.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr",
                                        "may", "jun", "jul", "aug",
                                        "sep", "oct", "nov", "dec"};

bool digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[at + i])) return false;
  }
  return true;
}

// time = 1*2DIGIT ":" 2DIGIT [ ":" 2DIGIT ]
bool is_time(std::string_view word) {
  const auto colon = word.find(':');
  return (colon == 1 || colon == 2) && digits_at(word, 0, colon) &&
         digits_at(word, colon + 1, 2);
}

// day = 4DIGIT "-" 2DIGIT "-" 2DIGIT           ; ISO 8601, a time may follow
bool is_day(std::string_view word) {
  return digits_at(word, 0, 4) && word.size() >= 10 && word[4] == '-' &&
         digits_at(word, 5, 2) && word[7] == '-' && digits_at(word, 8, 2);
}

bool is_month(std::string_view word) {
  if (word.size() < 3) return false;
  for (const char c : word) {
    if (!is_alpha(c)) return false;
  }
  for (const auto month : kMonths) {
    if (istarts_with(word, month)) return true;
  }
  return false;
}

}  // namespace

// From_ line = "From " address blanks asctime-date   ; RFC 4155 appendix A
//
// Lenient: the words of the date stand anywhere, since it comes in many forms.
// Test: "Dates" in mbox_from_line_test.cc.
bool is_from_line(std::string_view line) {
  line = line.substr(0, kMaxFromLine);
  if (!line.starts_with(kFrom)) return false;
  line = line.substr(0, line.find('\n'));
  bool time = false;
  bool day = false;
  for (auto i = kFrom.size(); i < line.size();) {
    const auto end = std::min(line.find_first_of(" \t,-\r", i), line.size());
    auto word = line.substr(i, end - i);
    // "-" joins the words of 20-Nov-2026, and is within an ISO 8601 day.
    if (is_day(line.substr(i))) {
      day = true;
      word = line.substr(i, 10);
      if (line.substr(i + 10).starts_with('T')) {
        time = time || is_time(line.substr(i + 11));
      }
    }
    time = time || is_time(word);
    day = day || is_month(word);
    if (time && day) return true;
    i += word.size() + 1;
  }
  return false;
}

bool is_bare_from_line(std::string_view line) {
  if (!line.starts_with(kFrom)) return false;
  const auto rest = line.substr(kFrom.size());
  return rest.empty() || rest.starts_with('\n') || rest.starts_with("\r\n");
}

}  // namespace mailtool::app
