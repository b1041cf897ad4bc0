// So many octets a second, by a clock that the test moves.

#include "app/serve_pace.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ServePace, WithoutALimit) {
  ServePace::Clock::time_point now{};
  ServePace pace(0, now);
  EXPECT_EQ(pace.allowed(now), SIZE_MAX);
  pace.passed(SIZE_MAX);
  EXPECT_EQ(pace.until(now), milliseconds(0));
}

TEST(ServePace, ATenthOfASecondIsSaved) {
  ServePace::Clock::time_point now{};
  ServePace pace(1000, now);
  EXPECT_EQ(pace.allowed(now), 0u);
  EXPECT_EQ(pace.until(now), milliseconds(2));
  EXPECT_EQ(pace.allowed(now += milliseconds(50)), 50u);
  EXPECT_EQ(pace.allowed(now += seconds(10)), 100u);
  pace.passed(99);
  EXPECT_EQ(pace.allowed(now), 1u);
  pace.passed(1);
  EXPECT_EQ(pace.allowed(now), 0u);
  EXPECT_EQ(pace.allowed(now += milliseconds(1)), 1u);
}

// Looking often gains nothing and loses nothing.
TEST(ServePace, SlowerThanTheClock) {
  ServePace::Clock::time_point now{};
  ServePace pace(1, now);
  std::size_t passed = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto some = pace.allowed(now += milliseconds(1));
    pace.passed(some);
    passed += some;
  }
  EXPECT_EQ(passed, 10u);
}

TEST(ServePace, NoRateIsTooHigh) {
  ServePace::Clock::time_point now{};
  ServePace pace(UINT64_MAX, now);
  EXPECT_EQ(pace.allowed(now += seconds(100)), 100'000'000u);
}

}  // namespace
}  // namespace mailtool::app
