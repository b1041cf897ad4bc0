// Every destination, killed and refused the disk at every system call: nothing
// is lost or cut, nothing is doubled where messages are recognised, and the
// next run finishes.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include "fault/delivery_bench.h"
#include "store/system.h"

namespace mailtool::test {
namespace {

std::atomic<long> calls_left = -1;
int errno_to_give = 0;

int kill_at_call(const char*) {
  if (--calls_left == 0) ::raise(SIGKILL);
  return 0;
}

int fail_at_call(const char*) { return --calls_left == 0 ? errno_to_give : 0; }

// From there on a disk on which nothing can be written, but files be removed.
int full_from_call(const char* call) {
  const std::string_view name(call);
  return --calls_left <= 0 && (name == "write" || name == "open") ? ENOSPC : 0;
}

struct Case {
  const char* name;
  std::vector<Outlet (*)(const std::string&)> outlets;
  int twice;  // how many messages may be doubled in all
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.name;
}

class DeliveryFault : public testing::TestWithParam<Case> {
 protected:
  void open(std::size_t messages) {
    bench_ = std::make_unique<FetchBench>(some_messages(messages));
    options_ = bench_->remove();
    options_.destinations.clear();
    outlets_.clear();
    const auto folder = bench_->state() + "/..";
    std::filesystem::create_directories(bench_->state());
    for (auto* make : GetParam().outlets) {
      outlets_.push_back(make(std::filesystem::canonical(folder).string()));
      options_.destinations.push_back(outlets_.back().name);
    }
  }
  [[nodiscard]] std::string wrong(bool complete) const {
    for (const auto& outlet : outlets_) {
      const int twice = outlet.name.is_path() ? 0 : GetParam().twice;
      auto what = complete ? incomplete(outlet, bench_->maildrop(), twice)
                           : violation(outlet, bench_->maildrop(), twice);
      if (!what.empty()) return outlet.name.to_string() + ": " + what;
    }
    return "";
  }
  void finishes(long point) {
    ASSERT_EQ(wrong(false), "") << "at call " << point;
    ASSERT_EQ(bench_->fetch(options_).error, "") << "after call " << point;
    ASSERT_EQ(wrong(true), "") << "after call " << point;
    ASSERT_EQ(bench_->maildrop().left(), 0u) << "after call " << point;
  }

  std::unique_ptr<FetchBench> bench_;
  app::FetchOptions options_;
  std::vector<Outlet> outlets_;
};

TEST_P(DeliveryFault, KilledBeforeEachSystemCall) {
  long point = 0;
  for (bool killed = true; killed;) {
    open(3);
    calls_left = ++point;
    const int status = bench_->fetch_in_child(
        options_, {}, [] { store::set_fault_hook(kill_at_call); });
    killed = WIFSIGNALED(status);
    finishes(point);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(point, 10);
}

// A run is killed again and again: what one recognised, the next one must too.
TEST_P(DeliveryFault, KilledTwiceInARow) {
  for (long first = 4; first < 60; first += 9) {
    for (long second = 3; second < 60; second += 11) {
      open(3);
      for (const long point : {first, second}) {
        calls_left = point;
        (void)bench_->fetch_in_child(
            options_, {}, [] { store::set_fault_hook(kill_at_call); });
      }
      const int twice = GetParam().twice;
      for (const auto& outlet : outlets_) {
        const int allowed = outlet.name.is_path() ? 0 : 2 * twice;
        ASSERT_EQ(violation(outlet, bench_->maildrop(), allowed), "")
            << first << ", " << second;
      }
      ASSERT_EQ(bench_->fetch(options_).error, "") << first << ", " << second;
      for (const auto& outlet : outlets_) {
        const int allowed = outlet.name.is_path() ? 0 : 2 * twice;
        ASSERT_EQ(incomplete(outlet, bench_->maildrop(), allowed), "")
            << first << ", " << second;
      }
    }
  }
}

TEST_P(DeliveryFault, FailsAtEachSystemCall) {
  for (const int error : {EIO, EMFILE}) {
    errno_to_give = error;
    long point = 0;
    for (bool reached = true; reached;) {
      open(3);
      calls_left = ++point;
      store::set_fault_hook(fail_at_call);
      (void)bench_->fetch(options_);
      store::set_fault_hook(nullptr);
      reached = calls_left <= 0;
      finishes(point);
      if (HasFatalFailure()) return;
    }
    EXPECT_GT(point, 10);
  }
}

TEST_P(DeliveryFault, TheDiskIsFullFromEachSystemCallOn) {
  long point = 0;
  for (bool reached = true; reached;) {
    open(3);
    calls_left = ++point;
    store::set_fault_hook(full_from_call);
    (void)bench_->fetch(options_);
    store::set_fault_hook(nullptr);
    reached = calls_left <= 0;
    finishes(point);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(point, 10);
}

INSTANTIATE_TEST_SUITE_P(
    All, DeliveryFault,
    testing::Values(Case{"maildir", {maildir_outlet}, 0},
                    Case{"mbox", {mbox_outlet}, 0},
                    Case{"folder", {folder_outlet}, 0},
                    Case{"pipe", {pipe_outlet}, 1},
                    Case{"maildir_and_mbox", {maildir_outlet, mbox_outlet}, 0},
                    Case{"pipe_and_folder", {pipe_outlet, folder_outlet}, 1}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace mailtool::test
