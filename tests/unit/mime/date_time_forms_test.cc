// Dates beyond RFC 5322, each in the form that some program writes.
#include <gtest/gtest.h>

#include "mailtool/mime/date_time.h"

namespace mailtool::mime {
namespace {

TEST(DateTimeForms, Table) {
  struct {
    const char* why;
    const char* text;
    const char* rfc3339;  // null: no date
  } const cases[] = {
      {"ordinary", "Fri, 20 Nov 2026 21:15:04 +0100",
       "2026-11-20T21:15:04+01:00"},
      {"ordinary, one digit", "Sun, 1 Nov 2026 21:15:04 -0330",
       "2026-11-01T21:15:04-03:30"},
      {"ordinary, zone in a comment", " Fri, 20 Nov 2026 21:15:04 +0100 (CET)",
       "2026-11-20T21:15:04+01:00"},
      {"two blanks", "Fri,  1 Nov 2026  21:15:04 +0100",
       "2026-11-01T21:15:04+01:00"},
      {"wrong weekday", "Mon, 20 Nov 2026 21:15:04 +0100",
       "2026-11-20T21:15:04+01:00"},
      {"no weekday", "20 Nov 2026 21:15:04 +0100", "2026-11-20T21:15:04+01:00"},
      {"foreign weekday", "Fre, 20 Nov 2026 21:15:04 +0100",
       "2026-11-20T21:15:04+01:00"},
      {"no seconds", "Fri, 20 Nov 2026 21:15 +0100",
       "2026-11-20T21:15:00+01:00"},
      {"no zone", "Fri, 20 Nov 2026 21:15:04", "2026-11-20T21:15:04-00:00"},
      {"zone with colon", "Fri, 20 Nov 2026 21:15:04 +01:00",
       "2026-11-20T21:15:04+01:00"},
      {"zone of two digits", "Fri, 20 Nov 2026 21:15:04 +01",
       "2026-11-20T21:15:04+01:00"},
      {"GMT+0100", "Fri, 20 Nov 2026 21:15:04 GMT+0100",
       "2026-11-20T21:15:04+01:00"},
      {"GMT +0100", "Fri, 20 Nov 2026 21:15:04 GMT +0100",
       "2026-11-20T21:15:04+01:00"},
      {"EST", "Fri, 20 Nov 2026 21:15:04 EST", "2026-11-20T21:15:04-05:00"},
      {"military", "Fri, 20 Nov 2026 21:15:04 R", "2026-11-20T21:15:04-00:00"},
      {"comments", "Fri (a), 20 (b) Nov (c(d)) 2026 21:15:04 (e) +0100 (f)",
       "2026-11-20T21:15:04+01:00"},
      {"two-digit year", "20 Nov 26 21:15:04 +0100",
       "2026-11-20T21:15:04+01:00"},
      {"three-digit year", "20 Nov 126 21:15:04 +0100",
       "2026-11-20T21:15:04+01:00"},
      {"ctime", "Fri Nov 20 21:15:04 2026", "2026-11-20T21:15:04-00:00"},
      {"date(1)", "Fri Nov 20 21:15:04 GMT 2026", "2026-11-20T21:15:04Z"},
      {"asctime, one digit", "Sun Nov  1 21:15:04 2026",
       "2026-11-01T21:15:04-00:00"},
      {"RFC 850", "Friday, 20-Nov-26 21:15:04 GMT", "2026-11-20T21:15:04Z"},
      {"RFC 3339", "2026-11-20T21:15:04+01:00", "2026-11-20T21:15:04+01:00"},
      {"RFC 3339, lower case", "2026-11-20t21:15:04z", "2026-11-20T21:15:04Z"},
      {"ISO 8601 basic", "20261120T211504Z", "2026-11-20T21:15:04Z"},
      {"ISO 8601 basic, offset", "20261120T2115+0100",
       "2026-11-20T21:15:00+01:00"},
      {"fraction", "2026-11-20T21:15:04.5Z", "2026-11-20T21:15:04Z"},
      {"leap second", "31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z"},
      {"24:00", "31 Dec 2026 24:00 +0000", "2027-01-01T00:00:00Z"},
      {"24:00:00 in ISO 8601", "2026-12-31T24:00:00Z", "2027-01-01T00:00:00Z"},
      {"24:01", "31 Dec 2026 24:01 +0000", nullptr},
      {"twelve hours", "20 Nov 2026 9:15:04 PM +0100",
       "2026-11-20T21:15:04+01:00"},
      {"noon and midnight", "20 Nov 2026 12:15 AM", "2026-11-20T00:15:00-00:00"},
      {"year 10000", "1 Jan 10000 00:00:00 +0000", nullptr},
      {"leap second of year 9999", "31 Dec 9999 23:59:60 +0000", nullptr},
      {"year 0", "Sat, 01 Jan 0000 00:00:00 +0000", nullptr},
      {"hour 25", "Fri, 20 Nov 2026 25:15:04 +0100", nullptr},
      {"minute 60", "Fri, 20 Nov 2026 21:60:04 +0100", nullptr},
      {"month 13", "2026-13-20T21:15:04Z", nullptr},
      {"30 February", "Mon, 30 Feb 2026 21:15:04 +0100", nullptr},
      {"offset of 99 minutes", "Fri, 20 Nov 2026 21:15:04 +0199", nullptr},
      {"no time", "Fri, 20 Nov 2026", nullptr},
      {"nothing", " \r\n ", nullptr},
  };
  for (const auto& c : cases) {
    const auto when = parse_date_time(c.text);
    ASSERT_EQ(when.has_value(), c.rfc3339 != nullptr) << c.why;
    if (!when) continue;
    EXPECT_EQ(to_rfc3339(*when), c.rfc3339) << c.why;
  }
}

// The ordinary form has a way of its own; with an empty comment it takes the
// other one, and must come to the same.
TEST(DateTimeForms, BothWaysAgree) {
  const std::string date = "Fri, 20 Nov 2026 21:15:04 +0100";
  for (std::size_t at = 0; at < date.size(); ++at) {
    for (const char c : std::string("09 :,+-aNZ()")) {
      auto odd = date;
      odd[at] = c;
      EXPECT_EQ(parse_date_time(odd), parse_date_time("()" + odd)) << odd;
    }
  }
}

}  // namespace
}  // namespace mailtool::mime
