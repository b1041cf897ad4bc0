// What several signals are: each case has a process of its own.

#include "app/signals.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>
#include <cstdlib>
#include <thread>

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

bool readable(int descriptor) {
  pollfd one{descriptor, POLLIN, 0};
  return ::poll(&one, 1, 0) == 1;
}

// Later than what is taken for the same one.
void come_again(int signal) {
  std::this_thread::sleep_for(milliseconds(250));
  std::raise(signal);
}

void come_twice(bool again) {
  catch_signals();
  const SecondSignal second;
  std::raise(SIGTERM);
  for (int i = 0; i < 20; ++i) std::raise(SIGTERM);
  if (caught_signal() != SIGTERM || !readable(interrupt_fd())) std::exit(1);
  if (readable(SecondSignal::fd())) std::exit(2);
  come_again(SIGINT);
  if (!readable(SecondSignal::fd())) std::exit(3);
  if (again) come_again(SIGHUP);
  std::exit(0);
}

TEST(SecondSignal, IsTold) {
  EXPECT_EXIT(come_twice(false), testing::ExitedWithCode(0), "");
}

// The way out where the second one is of no avail.
TEST(SecondSignal, AThirdOneEndsUs) {
  EXPECT_EXIT(come_twice(true), testing::KilledBySignal(SIGHUP), "");
}

TEST(SecondSignal, EndsUsWithoutIt) {
  EXPECT_EXIT(
      {
        catch_signals();
        { const SecondSignal gone; }
        std::raise(SIGTERM);
        if (caught_signal() != SIGTERM) std::exit(1);
        std::raise(SIGTERM);
        std::exit(0);
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace mailtool::app
