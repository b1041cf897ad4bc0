#include "app/moment.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace mailtool::app {
namespace {

constexpr std::int64_t kNoon = 1'795'262'400;  // 2026-11-21 12:00 UTC

class Moment : public testing::Test {
 protected:
  Moment() {
    if (const char* zone = std::getenv("TZ")) before_ = zone;
    set("UTC");
  }
  ~Moment() override {
    if (before_) {
      set(before_->c_str());
    } else {
      ::unsetenv("TZ");
      ::tzset();
    }
  }
  static void set(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  static std::int64_t read(std::string_view text) {
    const auto moment = parse_moment(text, kNoon);
    return moment ? *moment : -1;
  }

 private:
  std::optional<std::string> before_;
};

TEST_F(Moment, IsoDatesAndTimes) {
  EXPECT_EQ(read("2026-11-21T12:30"), kNoon + 1800);
  EXPECT_EQ(read("2026-11-21 12:30:05"), kNoon + 1805);
  EXPECT_EQ(read("2026-11-22"), kNoon + 12 * 3600);
  EXPECT_EQ(read("2026-11-21T12:30Z"), kNoon + 1800);
  EXPECT_EQ(read("2026-11-21T12:30+01:00"), kNoon - 1800);
  EXPECT_EQ(read("2026-11-21T12:30-0530"), kNoon + 1800 + 19800);
  EXPECT_EQ(read("2028-02-29"), 1'835'395'200);
}

TEST_F(Moment, ATimeOfDayIsTheNextOne) {
  EXPECT_EQ(read("12:01"), kNoon + 60);
  EXPECT_EQ(read("12:00"), kNoon + 24 * 3600);
  EXPECT_EQ(read("08:30"), kNoon + 24 * 3600 - 12600);
}

TEST_F(Moment, WithoutAZoneItIsThatOfTheUser) {
  set("Europe/Paris");
  EXPECT_EQ(read("2026-11-21T13:30"), kNoon + 1800);
  EXPECT_EQ(read("2026-07-01T00:00"), 1'782'856'800);
}

TEST_F(Moment, WhatIsNoTime) {
  for (const auto* text :
       {"", "x", "25:00", "12:60", "12", "2026-13-01", "2026-02-30",
        "2026-11-21T", "2026-11-21T12", "2026-11-21T12:30+", "12:30x",
        "2026-11-21T12:30Z ", "tomorrow", "-1", "99999-01-01"}) {
    EXPECT_EQ(read(text), -1) << text;
  }
}

}  // namespace
}  // namespace mailtool::app
