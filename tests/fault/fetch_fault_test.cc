// A fetch that is killed, cut off or refused the disk at every point: nothing
// is lost, nothing is cut, nothing is doubled, and the next run finishes.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>

#include "fault/fetch_bench.h"
#include "store/system.h"

namespace mailtool::test {
namespace {

// The fault hook is a plain function: what it does is kept here.
std::atomic<long> calls_left = -1;
int errno_to_give = 0;

int kill_at_call(const char*) {
  if (--calls_left == 0) ::raise(SIGKILL);
  return 0;
}

int fail_at_call(const char*) { return --calls_left == 0 ? errno_to_give : 0; }

bool killed(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(FetchKilled, BeforeEachSystemCall) {
  long point = 0;
  for (bool was_killed = true; was_killed;) {
    FetchBench bench(some_messages(6));
    calls_left = ++point;
    was_killed = killed(bench.fetch_in_child(
        bench.remove(), {}, [] { store::set_fault_hook(kill_at_call); }));
    ASSERT_EQ(bench.violation(), "") << "killed before call " << point;
    const auto rerun = bench.fetch(bench.remove());
    ASSERT_EQ(rerun.error, "") << "after call " << point;
    ASSERT_EQ(bench.incomplete(), "") << "killed before call " << point;
    ASSERT_EQ(bench.maildrop().left(), 0u) << "killed before call " << point;
  }
  EXPECT_GT(point, 40);  // or the sweep has not swept
}

TEST(FetchKilled, BeforeEachSystemCallWhenAllIsKept) {
  long point = 0;
  for (bool was_killed = true; was_killed;) {
    FetchBench bench(some_messages(3));
    calls_left = ++point;
    was_killed = killed(bench.fetch_in_child(
        bench.keep(), {}, [] { store::set_fault_hook(kill_at_call); }));
    ASSERT_EQ(bench.fetch(bench.keep()).error, "");
    ASSERT_EQ(bench.incomplete(), "") << "killed before call " << point;
    const auto third = bench.fetch(bench.keep());
    ASSERT_EQ(third.status, app::ExitStatus::ok);
    for (const auto& command : third.commands) {
      ASSERT_FALSE(command.starts_with("RETR")) << command;
    }
  }
  EXPECT_GT(point, 20);
}

TEST(FetchKilled, AtAnyOctetFromTheServer) {
  FetchBench whole(some_messages(3));
  const auto octets = whole.fetch(whole.remove()).sent_octets;
  for (std::size_t at = 1; at <= octets; at += 13) {
    FetchBench bench(some_messages(3));
    ServerFaults faults;
    faults.on_sent = [at](std::size_t sent) {
      if (sent >= at) ::raise(SIGKILL);
    };
    // Octets come one by one only as far as the reader asks; the cut makes the
    // server stop there, the kill comes with the last of them.
    faults.cut_after = at;
    ASSERT_TRUE(killed(bench.fetch_in_child(bench.remove(), faults, nullptr)));
    ASSERT_EQ(bench.violation(), "") << "killed at octet " << at;
    ASSERT_EQ(bench.fetch(bench.remove()).error, "");
    ASSERT_EQ(bench.incomplete(), "") << "killed at octet " << at;
  }
}

TEST(FetchKilled, AgainAndAgainOnOneMaildir) {
  const auto messages = some_messages(600);
  FetchBench bench({});
  unsigned seed = 20260101;
  int kills = 0;
  for (std::size_t round = 0; round < 60; ++round) {
    for (std::size_t i = 0; i < 10; ++i) {
      bench.maildrop().add(messages[10 * round + i]);
    }
    seed = seed * 1103515245 + 12345;
    calls_left = 1 + static_cast<long>(seed / 65536 % 90);
    kills += killed(bench.fetch_in_child(
        bench.remove(), {}, [] { store::set_fault_hook(kill_at_call); }));
    ASSERT_EQ(bench.violation(), "") << "round " << round;
  }
  EXPECT_GT(kills, 30);
  ASSERT_EQ(bench.fetch(bench.remove()).error, "");
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchCut, AtEachOctet) {
  FetchBench whole(some_messages(3));
  const auto octets = whole.fetch(whole.remove()).sent_octets;
  ASSERT_GT(octets, 600u);
  for (std::size_t at = 1; at < octets; at += at < octets - 60 ? 5 : 1) {
    FetchBench bench(some_messages(3));
    ServerFaults faults;
    faults.cut_after = at;
    const auto cut = bench.fetch(bench.remove(), faults);
    ASSERT_EQ(cut.status, app::ExitStatus::temp_fail) << "cut at " << at;
    ASSERT_EQ(bench.violation(), "") << "cut at octet " << at;
    ASSERT_EQ(bench.temporary_files(), 0u) << "cut at octet " << at;
    ASSERT_EQ(bench.fetch(bench.remove()).error, "") << "after a cut at " << at;
    ASSERT_EQ(bench.incomplete(), "") << "cut at octet " << at;
    ASSERT_EQ(bench.maildrop().left(), 0u) << "cut at octet " << at;
  }
}

TEST(FetchCut, BeforeTheServerReadsQuit) {
  FetchBench bench(some_messages(5));
  ServerFaults faults;
  faults.loses_quit = true;
  const auto cut = bench.fetch(bench.remove(), faults);
  EXPECT_EQ(cut.status, app::ExitStatus::temp_fail);
  EXPECT_NE(cut.error.find("not confirmed"), std::string::npos) << cut.error;
  EXPECT_EQ(bench.maildrop().left(), 5u);
  const auto rerun = bench.fetch(bench.remove());
  EXPECT_EQ(rerun.status, app::ExitStatus::ok);
  for (const auto& command : rerun.commands) {
    EXPECT_FALSE(command.starts_with("RETR")) << command;
  }
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

class FetchDisk : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Errno, FetchDisk,
                         testing::Values(ENOSPC, EDQUOT, EIO, EMFILE));

TEST_P(FetchDisk, FailsAtEachSystemCall) {
  errno_to_give = GetParam();
  long point = 0;
  for (bool reached = true; reached;) {
    FetchBench bench(some_messages(4));
    calls_left = ++point;
    store::set_fault_hook(fail_at_call);
    const auto run = bench.fetch(bench.remove());
    store::set_fault_hook(nullptr);
    reached = calls_left <= 0;
    ASSERT_EQ(bench.violation(), "") << "call " << point << " failed";
    if (!run.error.empty()) {
      ASSERT_NE(run.error.find("cannot "), std::string::npos) << run.error;
    }
    ASSERT_EQ(bench.fetch(bench.remove()).error, "") << "call " << point;
    ASSERT_EQ(bench.incomplete(), "") << "call " << point << " failed";
    ASSERT_EQ(bench.maildrop().left(), 0u) << "call " << point << " failed";
  }
  EXPECT_GT(point, 30);
}

TEST(FetchDiskFull, AFileThatMayNotGrowIsNoMessage) {
  auto messages = some_messages(3);
  messages[1].content += std::string(400'000, 'x') + "\r\n";
  FetchBench bench(std::move(messages));
  const int status = bench.fetch_in_child(bench.remove(), {}, [] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(app::ExitStatus::io_err));
  EXPECT_EQ(bench.violation(), "");
  EXPECT_EQ(bench.temporary_files(), 0u);
  EXPECT_FALSE(bench.maildrop().deleted(1));
  EXPECT_EQ(bench.fetch(bench.remove()).error, "");
  EXPECT_EQ(bench.incomplete(), "");
}

}  // namespace
}  // namespace mailtool::test
