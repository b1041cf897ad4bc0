#include "app/imap_query_term.h"

#include <algorithm>
#include <array>
#include <utility>

#include "app/quantity.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using imap::Date;
using imap::SearchKey;

constexpr std::array<std::string_view, 20> kKeys{
    "from",   "to",    "cc",     "bcc",     "subject", "body",   "text",
    "header", "id",    "is",     "kw",      "since",   "before", "on",
    "older",  "newer", "larger", "smaller", "has",     "uid"};
constexpr std::array<std::string_view, 6> kStates{
    "unread", "read", "flagged", "answered", "draft", "deleted"};
constexpr std::array<std::string_view, 6> kStateKeys{
    "UNSEEN", "SEEN", "FLAGGED", "ANSWERED", "DRAFT", "DELETED"};

Error wrong(std::string_view key, const std::string& value, std::string what) {
  std::string step = "query: ";
  if (!key.empty()) step += printable(key, 60) + ":";
  return Error{ErrorKind::usage, std::move(what), step + printable(value, 200)};
}

SearchKey string_key(std::string name, std::string text) {
  SearchKey key;
  key.kind = SearchKey::Kind::string;
  key.name = std::move(name);
  key.text = std::move(text);
  return key;
}

SearchKey word_key(std::string_view name) {
  SearchKey key;
  key.kind = SearchKey::Kind::word;
  key.name = name;
  return key;
}

SearchKey number_key(std::string name, std::uint64_t number) {
  SearchKey key;
  key.kind = SearchKey::Kind::number;
  key.name = std::move(name);
  key.number = number;
  return key;
}

SearchKey date_key(std::string name, const Date& date) {
  SearchKey key;
  key.kind = SearchKey::Kind::date;
  key.name = std::move(name);
  key.date = date;
  return key;
}

SearchKey both(SearchKey a, SearchKey b) {
  SearchKey key;
  key.kind = SearchKey::Kind::both;
  key.children.push_back(std::move(a));
  key.children.push_back(std::move(b));
  return key;
}

SearchKey opposite(SearchKey key) {
  SearchKey outcome;
  outcome.kind = SearchKey::Kind::negated;
  outcome.children.push_back(std::move(key));
  return outcome;
}

ParsedTerm exact(SearchKey key) {
  ParsedTerm parsed;
  parsed.plain = key;
  parsed.term.key = std::move(key);
  return parsed;
}

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

// A moment's day may be two off in the time zone of the server, and no year
// has more than four digits.
Date days_from(std::int64_t moment, std::int64_t days) {
  const std::int64_t day = moment / 86400 - (moment % 86400 < 0 ? 1 : 0);
  return date_of(
      std::clamp(day + days, days_of({1, 1, 1}), days_of({9999, 12, 31})));
}

ParsedTerm from_moment(std::int64_t from, SearchKey plain) {
  ParsedTerm parsed;
  parsed.term.key = date_key("SINCE", days_from(from, -2));
  parsed.term.moment = QueryTerm::Moment{.from = from};
  parsed.plain = std::move(plain);
  return parsed;
}

ParsedTerm to_moment(std::int64_t to, SearchKey plain) {
  ParsedTerm parsed;
  parsed.term.key = date_key("BEFORE", days_from(to, 3));
  parsed.term.moment = QueryTerm::Moment{.to = to};
  parsed.plain = std::move(plain);
  return parsed;
}

// A day after the last one that has a date ends with it.
Date next_day(const Date& day) {
  return date_of(std::min(days_of(day) + 1, days_of({9999, 12, 31})));
}

Result<ParsedTerm> day_term(std::string_view key, const std::string& value,
                            const QueryClock& clock) {
  const auto day = parse_day(value);
  if (!day) return wrong(key, value, "not a day, as 2026-01-31");
  const auto begin = clock.midnight(*day);
  if (key == "since") return from_moment(begin, date_key("SINCE", *day));
  if (key == "before") return to_moment(begin, date_key("BEFORE", *day));
  const auto end = clock.midnight(next_day(*day));
  ParsedTerm parsed;
  parsed.term.key = both(date_key("SINCE", days_from(begin, -2)),
                         date_key("BEFORE", days_from(end, 3)));
  parsed.term.moment = QueryTerm::Moment{.from = begin, .to = end};
  parsed.plain = date_key("ON", *day);
  return parsed;
}

// RFC 5032: OLDER is "not within the last n seconds", YOUNGER "within".
Result<ParsedTerm> age_term(std::string_view key, const std::string& value,
                            const QueryClock& clock) {
  const auto duration = parse_duration(value);
  if (!duration) return wrong(key, value, duration.error().what);
  const auto seconds = std::max<std::int64_t>(1, duration->count());
  const bool older = key == "older";
  auto within = number_key(older ? "OLDER" : "YOUNGER",
                           static_cast<std::uint64_t>(seconds));
  auto parsed = older ? to_moment(clock.now - seconds + 1, within)
                      : from_moment(clock.now - seconds, within);
  parsed.term.within = std::move(within);
  parsed.plain_needs_within = true;
  return parsed;
}

// header:Name=x, header:Name
Result<ParsedTerm> header_term(const std::string& value) {
  const auto equals = value.find('=');
  const auto name = value.substr(0, equals);
  const bool legal =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != ':';
      });
  if (!legal) return wrong("header", value, "not a header field, as List-Id=x");
  auto key = string_key(
      name, equals == value.npos ? std::string() : value.substr(equals + 1));
  key.kind = SearchKey::Kind::header;
  return exact(std::move(key));
}

Result<ParsedTerm> state_term(const std::string& value) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (iequals(value, kStates[i])) return exact(word_key(kStateKeys[i]));
  }
  return wrong("is", value,
               "not one of unread, read, flagged, answered, draft, deleted" +
                   did_you_mean(value, kStates, "is:"));
}

Result<ParsedTerm> attachment_term(const std::string& value) {
  if (!iequals(value, "attachment")) {
    return wrong("has", value, "only has:attachment is known");
  }
  ParsedTerm parsed;
  parsed.term.attachment = true;
  parsed.plain_possible = false;
  return parsed;
}

Result<ParsedTerm> set_term(const std::string& value) {
  auto set = imap::parse_sequence_set(value);
  if (!set) return wrong("uid", value, "not a UID set, as 2,4:9");
  SearchKey key;
  key.kind = SearchKey::Kind::uid;
  key.set = *std::move(set);
  return exact(std::move(key));
}

Result<ParsedTerm> raw_term(const std::string& value) {
  if (!is_ascii(value)) return wrong("raw", value, "not ASCII");
  SearchKey key;
  key.kind = SearchKey::Kind::raw;
  key.text = value;
  return exact(std::move(key));
}

}  // namespace

Result<ParsedTerm> parse_term(std::string_view key, const std::string& value,
                              const QueryClock& clock) {
  if (has_line_break_or_nul(value)) {
    return wrong(key, value, "CR, LF or NUL in it");
  }
  if (key.empty()) return exact(string_key("TEXT", value));
  if (value.empty()) return wrong(key, value, "a value is missing");
  if (key == "from" || key == "to" || key == "cc" || key == "bcc" ||
      key == "subject" || key == "body" || key == "text") {
    return exact(string_key(upper(key), value));
  }
  if (key == "header") return header_term(value);
  if (key == "id") return header_term("Message-ID=" + value);
  if (key == "is") return state_term(value);
  if (key == "kw") {
    if (!imap::is_flag(value)) return wrong(key, value, "not a keyword");
    return exact(string_key("KEYWORD", value));
  }
  if (key == "since" || key == "before" || key == "on") {
    return day_term(key, value, clock);
  }
  if (key == "older" || key == "newer") return age_term(key, value, clock);
  if (key == "larger" || key == "smaller") {
    const auto size = parse_size(value);
    if (!size) return wrong(key, value, size.error().what);
    return exact(number_key(upper(key), *size));
  }
  if (key == "has") return attachment_term(value);
  if (key == "uid") return set_term(value);
  if (key == "raw") return raw_term(value);
  auto unknown = wrong(key, value, "no such key" + did_you_mean(key, kKeys));
  return std::move(unknown).with_hint(
      "a text with a colon goes in quotes: "
      "\"re: lunch\"");
}

ParsedTerm negated(ParsedTerm parsed) {
  auto& term = parsed.term;
  if (term.attachment) {
    term.attachment = !*term.attachment;
  } else if (term.moment) {
    // Roughly, all may be outside.
    term.key = SearchKey{};
    term.moment->negated = !term.moment->negated;
    if (term.within) term.within = opposite(*std::move(term.within));
  } else {
    term.key = opposite(std::move(term.key));
  }
  parsed.plain = opposite(std::move(parsed.plain));
  return parsed;
}

std::optional<imap::Date> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const auto year = parse_number(text.substr(0, 4), 9999);
  const auto month = parse_number(text.substr(5, 2), 12);
  const auto day = parse_number(text.substr(8, 2), 31);
  if (!year || !month || !day || *year == 0 || *month == 0 || *day == 0) {
    return std::nullopt;
  }
  const imap::Date date{static_cast<int>(*year), static_cast<int>(*month),
                        static_cast<int>(*day)};
  // 2026-02-30 comes back as another day.
  if (date_of(days_of(date)) != date) return std::nullopt;
  return date;
}

}  // namespace mailtool::app
