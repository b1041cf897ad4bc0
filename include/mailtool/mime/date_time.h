/// \file
/// Dates: RFC 5322 section 3.3 with the obsolete forms of 4.3, ctime's form,
/// and RFC 3339.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailtool::mime {

/// A moment and the zone it was written in.
struct DateTime {
  std::int64_t seconds = 0;  ///< since 1970-01-01T00:00:00Z, no leap seconds
  int zone_minutes = 0;      ///< east of UTC: -1439..1439
  bool zone_known = true;    ///< false for "-0000" and letters without meaning
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

/// Reads the value of a Date field, folded or not, with comments, without
/// allocating. nullopt when it is no date with a time or a number is out of
/// range; years 0001 to 9999, in the zone it is written in. Years of two and
/// three digits count as RFC 5322 section 4.3 says. A wrong day of the week is
/// ignored. Second 60 is read as the next minute's second 0, 24:00 as the next
/// day's 0:00. The letters of military zones and unknown names say nothing.
[[nodiscard]] std::optional<DateTime> parse_date_time(std::string_view value);

/// "Fri, 20 Nov 2026 21:15:04 +0100".
[[nodiscard]] std::string format_date_time(const DateTime& when);

/// RFC 3339: "2026-11-20T21:15:04+01:00"; "Z" where the zone is UTC, and
/// "-00:00" where it is not known.
[[nodiscard]] std::string to_rfc3339(const DateTime& when);

}  // namespace mailtool::mime
