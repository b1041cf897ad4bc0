/// \file
/// Days and moments: what a query means by a day, and what a server does.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "mailtool/imap/search_key.h"

namespace mailtool::app {

/// What "now" and "a day" are.
struct QueryClock {
  std::int64_t now = 0;  ///< seconds since 1970, UTC
  /// The first second of `date`, in local time; in seconds since 1970.
  std::function<std::int64_t(const imap::Date&)> midnight;
};

/// The clock of this machine and its time zone. A day that begins at 1:00,
/// because the clocks go forward at midnight, does; one that the time zone
/// leaves out is empty.
[[nodiscard]] QueryClock system_clock();

/// Moments in [from, to), in seconds since 1970.
struct Moments {
  std::int64_t from = INT64_MIN;
  std::int64_t to = INT64_MAX;
  [[nodiscard]] bool contain(std::int64_t moment) const {
    return moment >= from && moment < to;
  }
  friend bool operator==(const Moments&, const Moments&) = default;
};

/// "2026-01-31". nullopt on what is no day of the calendar.
[[nodiscard]] std::optional<imap::Date> parse_day(std::string_view text);

/// The day after; of 9999-12-31 that day itself.
[[nodiscard]] imap::Date next_day(const imap::Date& day);

/// Days by which a server may tell roughly what arrived when. A server compares
/// the day of INTERNALDATE in the time zone it keeps that in, which may be two
/// days off ours. SINCE first, BEFORE end; without one, that side is open.
struct RoughDays {
  std::optional<imap::Date> first;
  std::optional<imap::Date> end;
  bool none = false;  ///< no day at all
};
/// All that arrived at `moments`, and some more.
[[nodiscard]] RoughDays days_around(const Moments& moments);
/// Only what arrived at `moments`, if not all of it.
[[nodiscard]] RoughDays days_inside(const Moments& moments);

}  // namespace mailtool::app
