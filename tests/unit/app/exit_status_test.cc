#include "app/exit_status.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(ExitStatus, TemporaryCausesAre75) {
  using enum ErrorKind;
  for (const auto kind : {busy, unresolved, unreachable, timed_out,
                          disconnected, deferred}) {
    EXPECT_EQ(exit_status(kind), ExitStatus::temp_fail);
  }
}

TEST(ExitStatus, TemporaryBeatsTheRestElseTheFirst) {
  using enum ExitStatus;
  EXPECT_EQ(combine(ok, no_user), no_user);
  EXPECT_EQ(combine(no_user, no_host), no_user);
  EXPECT_EQ(combine(no_user, temp_fail), temp_fail);
  EXPECT_EQ(combine(temp_fail, no_user), temp_fail);
  EXPECT_EQ(combine(no_user, ok), no_user);
}

}  // namespace
}  // namespace mailtool::app
