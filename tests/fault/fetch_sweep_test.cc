// Killed before each system call, and refused the disk at each, in runs that
// do more than fetch: rules for deletion, sizes that change, ids used again,
// what is forgotten, a line that is lost.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fault/fetch_bench.h"
#include "store/system.h"

namespace mailtool::test {
namespace {

using std::chrono::hours;

constexpr hours kDay(24);

// The fault hook is a plain function: what it does is kept here.
long calls_left = -1;

int kill_at_call(const char*) {
  if (--calls_left == 0) ::raise(SIGKILL);
  return 0;
}

// A full disk refuses no file that is to go.
int fail_at_call(const char* call) {
  if (std::string_view(call) == "unlink") return 0;
  return --calls_left == 0 ? ENOSPC : 0;
}

// One situation, the run that is broken in it, and the one that follows.
struct Situation {
  const char* name;
  std::function<void(FetchBench&)> prepare;
  std::function<app::FetchOptions(const FetchBench&)> options;
  ServerFaults faults;
  std::optional<std::size_t> left;  // on the server, in the end
};

StoredMessage with_id(const std::string& uid, const std::string& subject,
                      std::size_t octets = 20) {
  return {uid, "Subject: " + subject + "\r\nMessage-ID: <" + subject +
                   "@x>\r\n\r\n" + std::string(octets, 'x') + "\r\n"};
}

app::FetchOptions by_rules(const FetchBench& bench) {
  auto options = bench.remove();
  options.delete_after = hours(0);
  options.keep_last = 2;
  return options;
}

app::FetchOptions remove(const FetchBench& bench) { return bench.remove(); }
app::FetchOptions to_two(const FetchBench& bench) {
  auto options = bench.remove();
  options.destinations.push_back(app::maildir_name(bench.maildir() + "2"));
  return options;
}
app::FetchOptions keep(const FetchBench& bench) { return bench.keep(); }

void know_all(FetchBench& bench) { (void)bench.fetch(bench.keep()); }

void use_an_id_again(FetchBench& bench) {
  know_all(bench);
  bench.maildrop().remove(1);
  bench.maildrop().add(with_id("uid-2", "another", 60));
}

void lose_two(FetchBench& bench) {
  know_all(bench);
  bench.maildrop().remove(0);
  know_all(bench);
  bench.let_pass(40 * kDay);
  bench.maildrop().remove(1);
  bench.maildrop().add(with_id("new", "new"));
}

std::vector<Situation> situations() {
  ServerFaults biased;
  biased.size_bias = 7;
  ServerFaults cutting;
  cutting.cuts_in = {2};
  ServerFaults expiring;
  expiring.expires_at_once = true;
  return {
      {"rules", know_all, by_rules, {}, 2},
      {"rules, nothing known", [](FetchBench&) {}, by_rules, {}, 2},
      {"sizes that change", know_all, remove, biased, 0},
      {"an id used again", use_an_id_again, remove, {}, 0},
      {"what is forgotten", lose_two, keep, {}, 3},
      {"a line that is lost", [](FetchBench&) {}, remove, cutting, 0},
      {"two destinations", [](FetchBench&) {}, to_two, {}, 0},
      {"a line that is lost with two destinations", [](FetchBench&) {}, to_two,
       cutting, 0},
      {"a destination that came later", know_all, to_two, cutting, 0},
      {"deleted by QUIT", [](FetchBench&) {}, keep, expiring, {}},
  };
}

class FetchSweep : public testing::TestWithParam<Situation> {
 protected:
  // Breaks the run at each of its calls, and looks at what the next one makes
  // of it.
  void sweep(const std::function<bool(FetchBench&)>& break_run) {
    const auto& situation = GetParam();
    long point = 0;
    for (bool broken = true; broken;) {
      FetchBench bench(some_messages(4));
      situation.prepare(bench);
      calls_left = ++point;
      broken = break_run(bench);
      ASSERT_EQ(bench.violation(), "") << "at call " << point;
      const bool two = situation.options(bench).destinations.size() > 1;
      const auto last = bench.maildir() + (two ? "2" : "");
      ASSERT_EQ(bench.violation(last), "") << "at call " << point;
      auto faults = situation.faults;
      faults.cuts_in.clear();
      const auto options = situation.options(bench);
      const auto rerun = bench.fetch(options, faults);
      ASSERT_EQ(rerun.status, app::ExitStatus::ok) << "after call " << point;
      ASSERT_EQ(bench.incomplete(), "") << "at call " << point;
      ASSERT_EQ(bench.violation(last), "") << "after call " << point;
      const auto third = bench.fetch(options, faults);
      ASSERT_EQ(third.status, app::ExitStatus::ok) << "after call " << point;
      ASSERT_EQ(third.seen("RETR"), 0u) << "after call " << point;
      ASSERT_EQ(bench.incomplete(), "") << "at call " << point;
      ASSERT_EQ(bench.maildrop().left(),
                situation.left.value_or(bench.maildrop().left()))
          << "after call " << point;
    }
    EXPECT_GT(point, 8);  // or the sweep has not swept
  }
};

TEST_P(FetchSweep, KilledBeforeEachCall) {
  sweep([](FetchBench& bench) {
    const int status =
        bench.fetch_in_child(GetParam().options(bench), GetParam().faults,
                             [] { store::set_fault_hook(kill_at_call); });
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  });
}

TEST_P(FetchSweep, RefusedTheDiskAtEachCall) {
  sweep([](FetchBench& bench) {
    store::set_fault_hook(fail_at_call);
    (void)bench.fetch(GetParam().options(bench), GetParam().faults);
    store::set_fault_hook(nullptr);
    return calls_left <= 0;
  });
}

std::string name_of(const testing::TestParamInfo<Situation>& info) {
  std::string name = info.param.name;
  std::erase_if(name, [](char c) { return c == ' ' || c == ','; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(Situations, FetchSweep,
                         testing::ValuesIn(situations()), name_of);

// Cut at each octet, on both connections that a run may have.
TEST(FetchSweepCut, AtEachOctetOfTwoConnections) {
  FetchBench whole(some_messages(4));
  const auto octets = whole.fetch(whole.keep()).sent_octets;
  for (std::size_t at = 1; at < octets; at += 13) {
    FetchBench bench(some_messages(4));
    ServerFaults faults;
    faults.cut_after = at;
    faults.stays_faulty = true;
    (void)bench.fetch(bench.keep(), faults);
    ASSERT_EQ(bench.violation(), "") << "cut at octet " << at;
    ASSERT_EQ(bench.temporary_files(), 0u) << "cut at octet " << at;
    ASSERT_EQ(bench.fetch(bench.remove()).status, app::ExitStatus::ok);
    ASSERT_EQ(bench.incomplete(), "") << "cut at octet " << at;
    ASSERT_EQ(bench.maildrop().left(), 0u) << "cut at octet " << at;
  }
}

}  // namespace
}  // namespace mailtool::test
