#include "mailtool/mime/date_time.h"

#include <gtest/gtest.h>

namespace mailtool::mime {
namespace {

struct Case {
  const char* text;
  const char* rfc3339;  // null: no date
};

const Case kDates[] = {
    // RFC 5322 appendix A.1.1, A.5, A.6.2.
    {"Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T09:55:06-06:00"},
    {"Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n"
     "               -0330 (Newfoundland Time)",
     "1969-02-13T23:32:00-03:30"},
    {"21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z"},
    {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600",
     "1997-11-21T09:55:06-06:00"},
    // obs-zone.
    {"1 Jan 2020 00:00:00 UT", "2020-01-01T00:00:00Z"},
    {"1 Jan 2020 00:00:00 UTC", "2020-01-01T00:00:00Z"},
    {"1 Jan 2020 00:00:00 Z", "2020-01-01T00:00:00Z"},
    {"1 Jan 2020 00:00:00 EST", "2020-01-01T00:00:00-05:00"},
    {"1 Jan 2020 00:00:00 EDT", "2020-01-01T00:00:00-04:00"},
    {"1 Jan 2020 00:00:00 CST", "2020-01-01T00:00:00-06:00"},
    {"1 Jan 2020 00:00:00 CDT", "2020-01-01T00:00:00-05:00"},
    {"1 Jan 2020 00:00:00 MST", "2020-01-01T00:00:00-07:00"},
    {"1 Jan 2020 00:00:00 MDT", "2020-01-01T00:00:00-06:00"},
    {"1 Jan 2020 00:00:00 PST", "2020-01-01T00:00:00-08:00"},
    {"1 Jan 2020 00:00:00 pdt", "2020-01-01T00:00:00-07:00"},
    {"1 Jan 2020 00:00:00 A", "2020-01-01T00:00:00-00:00"},
    {"1 Jan 2020 00:00:00 CET", "2020-01-01T00:00:00-00:00"},
    {"1 Jan 2020 00:00:00 -0000", "2020-01-01T00:00:00-00:00"},
    {"1 Jan 2020 00:00:00 +0000", "2020-01-01T00:00:00Z"},
    {"1 Jan 2020 00:00:00", "2020-01-01T00:00:00-00:00"},
    {"1 Jan 2020 00:00:00 GMT+0100", "2020-01-01T00:00:00+01:00"},
    {"1 Jan 2020 00:00:00 +0530 (IST)", "2020-01-01T00:00:00+05:30"},
    {"1 Jan 2020 00:00:00 +05:30", "2020-01-01T00:00:00+05:30"},
    // obs-year.
    {"1 Jan 49 00:00 +0000", "2049-01-01T00:00:00Z"},
    {"1 Jan 50 00:00 +0000", "1950-01-01T00:00:00Z"},
    {"1 Jan 103 00:00 +0000", "2003-01-01T00:00:00Z"},
    // Others.
    {"Fri Nov 20 21:15:04 2026", "2026-11-20T21:15:04-00:00"},
    {"Fri Nov 20 21:15:04 CET 2026", "2026-11-20T21:15:04-00:00"},
    {"Friday, 20-Nov-26 21:15:04 GMT", "2026-11-20T21:15:04Z"},
    {"20 November 2026 21:15:04 +0100", "2026-11-20T21:15:04+01:00"},
    {"2026-11-20T21:15:04+01:00", "2026-11-20T21:15:04+01:00"},
    {"2026-11-20T21:15:04.123Z", "2026-11-20T21:15:04Z"},
    {"2026-11-20 21:15:04 -0800", "2026-11-20T21:15:04-08:00"},
    {"Mon, 29 Feb 2024 12:00:00 +0000", "2024-02-29T12:00:00Z"},  // a Thursday
    {"31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z"},
    {"31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59Z"},
    {"1 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00Z"},
    // None.
    {"", nullptr},
    {"yesterday", nullptr},
    {"29 Feb 2023 12:00:00 +0000", nullptr},
    {"31 Apr 2023 12:00:00 +0000", nullptr},
    {"0 Jan 2023 12:00:00 +0000", nullptr},
    {"1 Jan 2023 24:00:01 +0000", nullptr},
    {"1 Jan 2023 12:60:00 +0000", nullptr},
    {"1 Jan 2023 12:00:61 +0000", nullptr},
    {"1 Jan 2023", nullptr},
    {"1 Jan 10000 00:00:00 +0000", nullptr},
    {"1 Jan 100000000000000000000 00:00:00 +0000", nullptr},
    {"1 Jan 0000 00:00:00 +0000", nullptr},
    {"1 Jan 2023 12:00:00 +2400", nullptr},
    {"1 Jan 2023 12:00:00 +0160", nullptr},
    {"1 Jan 2023 12:00:00 +0100 -0100", nullptr},
    {"2026-13-20T21:15:04Z", nullptr},
    {"2026-11-20", nullptr},
    {"2026-11-20 21:15:04 x0100", nullptr},
    {"(", nullptr},
};

TEST(DateTime, Table) {
  for (const auto& c : kDates) {
    const auto when = parse_date_time(c.text);
    ASSERT_EQ(when.has_value(), c.rfc3339 != nullptr) << c.text;
    if (!when) continue;
    EXPECT_EQ(to_rfc3339(*when), c.rfc3339) << c.text;
  }
}

TEST(DateTime, SecondsSince1970) {
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00:00 +0000")->seconds, 0);
  EXPECT_EQ(parse_date_time("1 Jan 1970 01:00:00 +0100")->seconds, 0);
  EXPECT_EQ(parse_date_time("31 Dec 1969 23:59:59 +0000")->seconds, -1);
  EXPECT_EQ(parse_date_time("20 Nov 2026 21:15:04 +0100")->seconds, 1795205704);
}

TEST(DateTime, Format) {
  EXPECT_EQ(format_date_time({1795205704, 60, true}),
            "Fri, 20 Nov 2026 21:15:04 +0100");
  EXPECT_EQ(format_date_time({0, 0, false}), "Thu, 01 Jan 1970 00:00:00 -0000");
  EXPECT_EQ(format_date_time({-1, -90, true}),
            "Wed, 31 Dec 1969 22:29:59 -0130");
}

// Every 40 days and some, through all leap years from 1 to 9999.
TEST(DateTime, RoundTrip) {
  constexpr std::int64_t kFirst = -62135510400;  // 0001-01-02
  constexpr std::int64_t kLast = 253402128000;   // 9999-12-30
  int zone = -1439;
  for (auto at = kFirst; at < kLast; at += 3'456'789) {
    const DateTime when{at, zone, true};
    ASSERT_EQ(parse_date_time(format_date_time(when)), when);
    ASSERT_EQ(parse_date_time(to_rfc3339(when)), when);
    zone = zone > 1432 ? -1439 : zone + 7;
  }
  const DateTime unknown{86400, 0, false};
  EXPECT_EQ(parse_date_time(format_date_time(unknown)), unknown);
  EXPECT_EQ(parse_date_time(to_rfc3339(unknown)), unknown);
}

TEST(DateTime, HugeValuesEndEarly) {
  EXPECT_FALSE(parse_date_time(std::string(20'000'000, '(')));
  EXPECT_FALSE(parse_date_time(std::string(20'000'000, ':')));
  EXPECT_FALSE(parse_date_time(std::string(20'000'000, '1')));
}

}  // namespace
}  // namespace mailtool::mime
