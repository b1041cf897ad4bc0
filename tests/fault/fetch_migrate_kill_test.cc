// Import, --adopt and --rebase, killed before each system call and refused the
// disk at each: what is known is never forgotten, and known once.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fault/migrate_bench.h"
#include "store/system.h"

namespace mailtool::test {
namespace {

long calls_left = -1;

int kill_at_call(const char*) {
  if (--calls_left == 0) ::raise(SIGKILL);
  return 0;
}

int fail_at_call(const char*) { return --calls_left == 0 ? ENOSPC : 0; }

bool killed(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Each message is known, once.
std::string not_known_once(MigrateBench& bench) {
  for (std::size_t i = 0; i < bench.maildrop().messages().size(); ++i) {
    const auto count = bench.known(i);
    if (count == 1) continue;
    return bench.maildrop().messages()[i].uid + " is known " +
           std::to_string(count) + " times";
  }
  return "";
}

TEST(ImportKilled, BeforeEachSystemCall) {
  long point = 0;
  for (bool was_killed = true; was_killed;) {
    MigrateBench bench(distinct_messages(3));
    const app::ImportFile file{
        app::ImportFormat::mpop,
        bench.file("mpop", " 3 mail.example bob\nuid-1\nuid-2\nuid-3\n")};
    calls_left = ++point;
    was_killed = killed(bench.import_in_child(
        {file}, [] { store::set_fault_hook(kill_at_call); }));
    ASSERT_EQ(bench.import({file}), "") << "after call " << point;
    ASSERT_EQ(not_known_once(bench), "") << "killed before call " << point;
    ASSERT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 0u);
    ASSERT_EQ(not_known_once(bench), "") << "killed before call " << point;
  }
  EXPECT_GT(point, 5);  // or the sweep has not swept
}

TEST(AdoptKilled, BeforeEachSystemCall) {
  long point = 0;
  for (bool was_killed = true; was_killed;) {
    MigrateBench bench(distinct_messages(3));
    calls_left = ++point;
    was_killed = killed(bench.fetch_in_child(
        bench.adopt(), {}, [] { store::set_fault_hook(kill_at_call); }));
    ASSERT_EQ(bench.fetch(bench.adopt()).error, "") << "after call " << point;
    ASSERT_EQ(not_known_once(bench), "") << "killed before call " << point;
    ASSERT_EQ(seen(bench.fetch(bench.remove()), "DELE"), 0u);
  }
  EXPECT_GT(point, 5);
}

// With and without headers in the journal, and whatever the next run is.
TEST(RebaseKilled, BeforeEachSystemCall) {
  for (const bool headers : {true, false}) {
    long point = 0;
    for (bool was_killed = true; was_killed;) {
      MigrateBench bench(distinct_messages(8));
      bench.know(headers);
      bench.renumber(0, 8);
      calls_left = ++point;
      was_killed = killed(bench.fetch_in_child(
          bench.rebase(), {}, [] { store::set_fault_hook(kill_at_call); }));
      const auto plain = bench.fetch(bench.keep());
      ASSERT_EQ(seen(plain, "RETR"), 0u) << "killed before call " << point;
      const auto again = bench.fetch(bench.rebase());
      ASSERT_EQ(again.error, "") << "killed before call " << point;
      ASSERT_EQ(seen(again, "RETR"), 0u) << "killed before call " << point;
      ASSERT_EQ(not_known_once(bench), "") << "killed before call " << point;
    }
    EXPECT_GT(point, 5);
  }
}

// The run after an import learns sizes. Whatever part of that is there after a
// crash, what was imported is known.
TEST(ImportTorn, WhereSizesAreLearnt) {
  const std::string state = " 3 mail.example bob\nuid-1\nuid-2\nuid-3\n";
  const auto import = [&](MigrateBench& bench) {
    return bench.import({{app::ImportFormat::mpop, bench.file("mpop", state)}});
  };
  MigrateBench whole(distinct_messages(3));
  ASSERT_EQ(import(whole), "");
  const auto before = std::filesystem::file_size(whole.journal_path());
  ASSERT_EQ(whole.fetch(whole.keep()).error, "");
  const auto written = contents(whole.journal_path()).substr(before);
  ASSERT_GT(written.size(), 3u * 20);
  for (std::size_t octets = 0; octets <= written.size(); ++octets) {
    MigrateBench bench(distinct_messages(3));
    ASSERT_EQ(import(bench), "");
    std::ofstream(bench.journal_path(), std::ios::binary | std::ios::app)
        << written.substr(0, octets);
    const auto run = bench.fetch(bench.remove());
    ASSERT_EQ(seen(run, "RETR"), 0u) << "torn at " << octets;
    ASSERT_EQ(seen(run, "DELE"), 0u) << "torn at " << octets;
  }
}

// Whatever part of what it wrote is there after a crash.
TEST(RebaseTorn, AtEachOctetOfTheJournal) {
  for (const bool headers : {true, false}) {
    MigrateBench whole(distinct_messages(8));
    whole.know(headers);
    const auto before = std::filesystem::file_size(whole.journal_path());
    whole.renumber(0, 8);
    ASSERT_EQ(whole.fetch(whole.rebase()).error, "");
    const auto written = contents(whole.journal_path()).substr(before);
    ASSERT_GT(written.size(), 8u * 20);
    for (std::size_t octets = 0; octets <= written.size(); octets += 7) {
      MigrateBench bench(distinct_messages(8));
      bench.know(headers);
      bench.renumber(0, 8);
      std::ofstream(bench.journal_path(), std::ios::binary | std::ios::app)
          << written.substr(0, octets);
      const auto plain = bench.fetch(bench.keep());
      ASSERT_EQ(seen(plain, "RETR"), 0u) << "torn at " << octets;
      const auto again = bench.fetch(bench.rebase());
      ASSERT_EQ(again.error, "") << "torn at " << octets;
      ASSERT_EQ(seen(again, "RETR"), 0u) << "torn at " << octets;
      ASSERT_EQ(not_known_once(bench), "") << "torn at " << octets;
    }
  }
}

TEST(RebaseDiskFull, AtEachSystemCall) {
  long point = 0;
  for (bool reached = true; reached;) {
    MigrateBench bench(distinct_messages(8));
    bench.know();
    bench.renumber(0, 8);
    calls_left = ++point;
    store::set_fault_hook(fail_at_call);
    const auto run = bench.fetch(bench.rebase());
    store::set_fault_hook(nullptr);
    reached = calls_left <= 0;
    ASSERT_EQ(seen(run, "RETR"), 0u) << "failed at call " << point;
    ASSERT_EQ(bench.fetch(bench.rebase()).error, "") << point;
    ASSERT_EQ(not_known_once(bench), "") << "failed at call " << point;
  }
  EXPECT_GT(point, 5);
}

}  // namespace
}  // namespace mailtool::test
