#include "app/queue_schedule.h"

#include <gtest/gtest.h>

#include <array>

namespace mailtool::app {
namespace {

constexpr std::int64_t kBorn = 1'790'000'000;
constexpr std::int64_t kDay = 86'400;

QueueState a_state() {
  QueueState state;
  state.queued_at = kBorn;
  return state;
}

TEST(QueueSchedule, FromFiveMinutesToFourHoursForFiveDays) {
  const auto state = a_state();
  QueueRecipient recipient;
  recipient.code = 451;
  std::int64_t now = kBorn;
  std::vector<std::int64_t> pauses;
  for (;;) {
    ++recipient.attempts;
    const auto next = next_try(state, recipient, now);
    if (!next) break;
    ASSERT_GT(*next, now);
    pauses.push_back(*next - now);
    now = *next;
    ASSERT_LT(pauses.size(), 100u);
  }
  const std::array<std::int64_t, 8> first{300,  600,  1200,  2400,
                                          4800, 9600, 14400, 14400};
  EXPECT_TRUE(std::equal(first.begin(), first.end(), pauses.begin()));
  // The last try comes at the very end.
  EXPECT_EQ(now, kBorn + 5 * kDay);
  for (std::size_t i = 7; i + 1 < pauses.size(); ++i) {
    EXPECT_EQ(pauses[i], kLongestPause) << i;
  }
  // RFC 5321 section 4.5.4.1: two tries in the first hour.
  EXPECT_LT(pauses[0] + pauses[1], 3600);
}

struct Reply {
  const char* why;
  int code;
  const char* enhanced;
  const char* said;
  bool greylisting;
};

TEST(QueueSchedule, Greylisting) {
  const Reply cases[] = {
      {"Postfix with postgrey", 450, "4.2.0", "Recipient: Greylisted", true},
      {"by its code", 451, "4.7.1", "Please try again later", true},
      {"in American", 451, "", "you are GRAYLISTED, come back", true},
      {"busy", 451, "4.3.0", "local error", false},
      {"closing", 421, "4.7.1", "greylisted", false},
      {"for good", 550, "5.7.1", "greylist", false},
      {"no reply", 0, "", "greylisted", false},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(is_greylisting(row.code, row.enhanced, row.said), row.greylisting)
        << row.why;
    QueueRecipient recipient;
    recipient.code = row.code;
    recipient.enhanced = row.enhanced;
    recipient.said = row.said;
    recipient.attempts = 1;
    EXPECT_EQ(next_try(a_state(), recipient, kBorn),
              kBorn + (row.greylisting ? 360 : 300))
        << row.why;
    // A server that greylists for ever is one like any other.
    recipient.attempts = 3;
    EXPECT_EQ(next_try(a_state(), recipient, kBorn), kBorn + 1200) << row.why;
  }
}

TEST(QueueSchedule, Lifetimes) {
  auto state = a_state();
  QueueRecipient recipient;
  recipient.attempts = 1;
  state.lifetime = 60;
  EXPECT_EQ(next_try(state, recipient, kBorn), kBorn + 60);
  EXPECT_EQ(next_try(state, recipient, kBorn + 59), kBorn + 60);
  EXPECT_FALSE(next_try(state, recipient, kBorn + 60));
  state.lifetime = 0;
  EXPECT_FALSE(next_try(state, recipient, kBorn + 5 * kDay));
  // It is counted from the time that the user chose.
  state.not_before = kBorn + 10 * kDay;
  EXPECT_TRUE(next_try(state, recipient, kBorn + 14 * kDay));
  EXPECT_FALSE(next_try(state, recipient, kBorn + 15 * kDay));
  // No number of attempts breaks it.
  recipient.attempts = UINT32_MAX;
  EXPECT_EQ(next_try(a_state(), recipient, kBorn), kBorn + kLongestPause);
}

TEST(QueueSchedule, Due) {
  auto state = a_state();
  QueueRecipient recipient;
  EXPECT_TRUE(is_due(state, recipient, kBorn));
  recipient.next_try = kBorn + 300;
  EXPECT_FALSE(is_due(state, recipient, kBorn + 299));
  EXPECT_TRUE(is_due(state, recipient, kBorn + 300));
  for (const auto outcome : {QueueOutcome::sent, QueueOutcome::failed}) {
    recipient.outcome = outcome;
    EXPECT_FALSE(is_due(state, recipient, kBorn + kDay));
  }
}

TEST(QueueSchedule, NotBeforeIsNeverTooFarAhead) {
  auto state = a_state();
  state.not_before = kBorn + 365 * kDay;
  QueueRecipient recipient;
  EXPECT_FALSE(is_due(state, recipient, kBorn));
  EXPECT_FALSE(is_due(state, recipient, state.not_before - 1));
  EXPECT_TRUE(is_due(state, recipient, state.not_before));
  state.recipients = {recipient};
  EXPECT_EQ(state.next_try(), state.not_before);
}

// The clock was a day ahead when the last try was made.
TEST(QueueSchedule, AClockSetBackStopsNothing) {
  const auto state = a_state();
  QueueRecipient recipient;
  for (unsigned attempts = 1; attempts < 12; ++attempts) {
    recipient.attempts = attempts;
    const auto ahead = next_try(state, recipient, kBorn + kDay);
    ASSERT_TRUE(ahead);
    recipient.next_try = *ahead;
    EXPECT_TRUE(is_due(state, recipient, kBorn)) << attempts;
  }
  // A message from the future is new, not one that lives for ever.
  const auto next = next_try(state, recipient, kBorn - 400 * kDay);
  ASSERT_TRUE(next);
  EXPECT_LE(*next, kBorn - 400 * kDay + kLongestPause);
}

TEST(QueueSchedule, AClockSetForwardEndsIt) {
  const auto state = a_state();
  QueueRecipient recipient;
  recipient.attempts = 1;
  recipient.next_try = kBorn + 300;
  EXPECT_TRUE(is_due(state, recipient, kBorn + 400 * kDay));
  EXPECT_FALSE(next_try(state, recipient, kBorn + 400 * kDay));
}

}  // namespace
}  // namespace mailtool::app
