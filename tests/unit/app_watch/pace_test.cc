#include "app/imap_watch_pace.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToFiveMinutes) {
  Backoff shortest, longest;
  milliseconds expected = 1s;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(shortest.next(0, 0ms), expected / 2);
    EXPECT_LE(longest.next(4'000'000'000u, 0ms), expected);
    expected = std::min<milliseconds>(2 * expected, 5min);
  }
  EXPECT_EQ(shortest.next(150'000, 0ms), 5min);
  shortest.reset();
  EXPECT_EQ(shortest.next(500, 0ms), 1s);
}

TEST(Backoff, NoSoonerThanTheServerAsked) {
  Backoff backoff;
  EXPECT_EQ(backoff.next(0, 299'961ms), 299'961ms);
  // But not as long as any server likes.
  EXPECT_EQ(backoff.next(0, 240h), 1h);
}

TEST(Backoff, WhatServersSuggest) {
  EXPECT_EQ(suggested_backoff("BAD Request is throttled. Suggested Backoff "
                              "Time: 299961 milliseconds"),
            299'961ms);
  EXPECT_EQ(suggested_backoff("suggested backoff time: 5 seconds."), 5s);
  EXPECT_EQ(suggested_backoff("Suggested Backoff Time:"), 0ms);
  EXPECT_EQ(suggested_backoff("Suggested Backoff Time: -7 ms"), 0ms);
  EXPECT_EQ(suggested_backoff(
                "Suggested Backoff Time: 99999999999999999999999 milliseconds"),
            0ms);
  EXPECT_EQ(suggested_backoff(""), 0ms);
}

TEST(IdleRenewal, SoonerOnceAConnectionWasDropped) {
  IdleRenewal renewal;
  EXPECT_LT(renewal.after(), 29min);
  renewal.dropped_after(2s);  // not for having been idle
  EXPECT_EQ(renewal.after(), 28min);
  renewal.dropped_after(5min);
  EXPECT_EQ(renewal.after(), 4min);
  renewal.dropped_after(20min);
  EXPECT_EQ(renewal.after(), 4min);
  for (int i = 0; i < 50; ++i) renewal.dropped_after(renewal.after());
  EXPECT_EQ(renewal.after(), IdleRenewal::kLeast);
}

TEST(SuspendClock, WasNotSuspendedJustNow) {
  SuspendClock clock;
  EXPECT_LT(clock.slept(), 1s);
}

}  // namespace
}  // namespace mailtool::app
