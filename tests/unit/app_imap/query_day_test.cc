#include "app/imap_query_day.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace mailtool::app {
namespace {

// A time zone for the length of a test; in POSIX's own form, for which no
// files are needed.
class InZone {
 public:
  explicit InZone(const char* zone) {
    if (const char* now = std::getenv("TZ")) before_ = now;
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  ~InZone() {
    before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }
  InZone(const InZone&) = delete;
  InZone& operator=(const InZone&) = delete;

 private:
  std::optional<std::string> before_;
};

constexpr std::int64_t kHour = 3600;
// 2026-03-08 and 2026-11-01, 0:00 UTC.
constexpr std::int64_t kMarch8 = 1'772'928'000;
constexpr std::int64_t kNovember1 = 1'793'491'200;

TEST(QueryDay, ZonesEastAndWest) {
  {
    const InZone zone("KST-9");
    EXPECT_EQ(system_clock().midnight({2026, 3, 8}), kMarch8 - 9 * kHour);
  }
  const InZone zone("HST10");
  EXPECT_EQ(system_clock().midnight({2026, 3, 8}), kMarch8 + 10 * kHour);
}

TEST(QueryDay, LongAndShortDays) {
  const InZone zone("EST5EDT,M3.2.0,M11.1.0");
  const auto midnight = system_clock().midnight;
  EXPECT_EQ(midnight({2026, 3, 8}), kMarch8 + 5 * kHour);
  EXPECT_EQ(midnight({2026, 3, 9}) - midnight({2026, 3, 8}), 23 * kHour);
  EXPECT_EQ(midnight({2026, 11, 2}) - midnight({2026, 11, 1}), 25 * kHour);
}

TEST(QueryDay, ClocksThatGoForwardAtMidnight) {
  const InZone zone("CST5CDT,M3.2.0/0,M11.1.0/1");
  const auto midnight = system_clock().midnight;
  // The day begins at 1:00, in summer time.
  EXPECT_EQ(midnight({2026, 3, 8}), kMarch8 + 5 * kHour);
  EXPECT_EQ(midnight({2026, 3, 9}) - midnight({2026, 3, 8}), 23 * kHour);
  // 0:00 comes twice, and the day begins with the first.
  EXPECT_EQ(midnight({2026, 11, 1}), kNovember1 + 4 * kHour);
  EXPECT_EQ(midnight({2026, 11, 2}) - midnight({2026, 11, 1}), 25 * kHour);
}

TEST(QueryDay, FarDays) {
  const InZone zone("UTC0");
  EXPECT_EQ(system_clock().midnight({1970, 1, 1}), 0);
  EXPECT_EQ(system_clock().midnight({1960, 1, 1}), -315'619'200);
  EXPECT_EQ(system_clock().midnight({9999, 12, 31}), 253'402'214'400);
}

TEST(QueryDay, RoughDays) {
  constexpr std::int64_t kMoment = kMarch8 + 12 * kHour;
  const auto around = days_around({kMoment, kMoment + 1});
  EXPECT_EQ(around.first, (imap::Date{2026, 3, 6}));
  EXPECT_EQ(around.end, (imap::Date{2026, 3, 11}));
  EXPECT_TRUE(days_inside({kMoment, kMoment + 86400}).none);
  const auto inside = days_inside({kMoment, kMoment + 30 * 86400});
  EXPECT_EQ(inside.first, (imap::Date{2026, 3, 11}));
  EXPECT_EQ(inside.end, (imap::Date{2026, 4, 5}));
}

TEST(QueryDay, RoughDaysAtTheEndsOfTime) {
  EXPECT_EQ(days_around({-5'000'000'000, INT64_MAX}).first, std::nullopt);
  EXPECT_EQ(days_around({INT64_MIN, 400'000'000'000}).end, std::nullopt);
  EXPECT_TRUE(days_inside({400'000'000'000, INT64_MAX}).none);
  EXPECT_TRUE(days_inside({INT64_MIN, -5'000'000'000}).none);
  EXPECT_EQ(days_inside({-5'000'000'000, INT64_MAX}).first,
            (imap::Date{1970, 1, 2}));
}

TEST(QueryDay, TheDayAfter) {
  EXPECT_EQ(next_day({2026, 2, 28}), (imap::Date{2026, 3, 1}));
  EXPECT_EQ(next_day({9999, 12, 31}), (imap::Date{9999, 12, 31}));
}

}  // namespace
}  // namespace mailtool::app
