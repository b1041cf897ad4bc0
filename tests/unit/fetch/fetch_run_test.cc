// Whole runs against a server in the same process.

#include <gtest/gtest.h>

#include <filesystem>

#include "fault/fetch_bench.h"

namespace mailtool::test {
namespace {

using app::ExitStatus;

std::size_t seen(const FetchRun& run, std::string_view verb) {
  std::size_t count = 0;
  for (const auto& command : run.commands) count += command.starts_with(verb);
  return count;
}

TEST(FetchRun, KeepsAndBringsOnlyWhatIsNew) {
  FetchBench bench(some_messages(3));
  EXPECT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 3u);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 3u);

  bench.maildrop().add({"uid-new", "Subject: new\r\n\r\nnew\r\n"});
  const auto second = bench.fetch(bench.keep());
  EXPECT_EQ(second.status, ExitStatus::ok);
  EXPECT_EQ(seen(second, "RETR"), 1u);
  EXPECT_EQ(seen(second, "DELE"), 0u);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRun, DeletesWhatItHas) {
  FetchBench bench(some_messages(250));
  ServerFaults faults;
  EXPECT_EQ(bench.fetch(bench.remove()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(seen(bench.fetch(bench.remove()), "RETR"), 0u);
}

TEST(FetchRun, DeletesLaterWhatWasKept) {
  FetchBench bench(some_messages(3));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  const auto later = bench.fetch(bench.remove());
  EXPECT_EQ(seen(later, "RETR"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRun, WithoutPipelining) {
  FetchBench bench(some_messages(5));
  ServerFaults faults;
  faults.no_pipelining = true;
  EXPECT_EQ(bench.fetch(bench.remove(), faults).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

TEST(FetchRun, WhatWasAdoptedIsNeitherFetchedNorDeleted) {
  FetchBench bench(some_messages(3));
  auto adopt = bench.keep();
  adopt.adopt = true;
  EXPECT_EQ(seen(bench.fetch(adopt), "RETR"), 0u);
  const auto run = bench.fetch(bench.remove());
  EXPECT_EQ(seen(run, "RETR"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 3u);
  EXPECT_TRUE(bench.delivered().empty());
}

TEST(FetchRun, DeletesOnlyWhatEachDestinationHas) {
  FetchBench bench(some_messages(2));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  auto adopt = bench.keep();
  adopt.adopt = true;
  adopt.destinations = {app::maildir_name(bench.maildir() + "2")};
  ASSERT_EQ(bench.fetch(adopt).status, ExitStatus::ok);
  // The second knows them, but never had them from us.
  auto both = bench.remove();
  both.destinations.push_back(app::maildir_name(bench.maildir() + "2"));
  EXPECT_EQ(bench.fetch(both).status, ExitStatus::ok);
  EXPECT_EQ(bench.maildrop().left(), 2u);
}

TEST(FetchRun, ASecondDestinationGetsWhatItLacks) {
  FetchBench bench(some_messages(2));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  auto both = bench.remove();
  both.destinations.push_back(app::maildir_name(bench.maildir() + "2"));
  const auto run = bench.fetch(both);
  EXPECT_EQ(seen(run, "RETR"), 2u);
  EXPECT_EQ(bench.incomplete(), "");  // not doubled in the first
  EXPECT_EQ(bench.maildrop().left(), 0u);
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(bench.maildir() + "2/new")) {
    files += entry.exists();
  }
  EXPECT_EQ(files, 2u);
}

TEST(FetchRun, AllRecognisesWhatLiesThere) {
  FetchBench bench(some_messages(3));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  auto all = bench.keep();
  all.all = true;
  EXPECT_EQ(seen(bench.fetch(all), "RETR"), 3u);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRun, ALostStateDoublesNothing) {
  FetchBench bench(some_messages(3));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  std::filesystem::remove_all(bench.state());
  EXPECT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 3u);
  EXPECT_EQ(bench.incomplete(), "");
}

// Servers reuse ids: the same id with another size is another message.
TEST(FetchRun, AReusedIdIsFetchedBeforeItIsDeleted) {
  FetchBench bench({StoredMessage{"1", "Subject: old\r\n\r\nold\r\n"}});
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  bench.maildrop().remove(0);
  bench.maildrop().add({"1", "Subject: new\r\n\r\nquite another\r\n"});
  EXPECT_EQ(bench.fetch(bench.remove()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

TEST(FetchRun, EqualIdsAreSeveralMessages) {
  const std::string same_size[] = {"Subject: a\r\n\r\n1\r\n",
                                   "Subject: a\r\n\r\n2\r\n",
                                   "Subject: a\r\n\r\n3\r\n"};
  FetchBench bench({{"x", same_size[0]}, {"x", same_size[1]}});
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  bench.maildrop().add({"x", same_size[2]});
  // No header tells which of the three is new.
  EXPECT_EQ(seen(bench.fetch(bench.remove()), "RETR"), 3u);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

// Nothing could be known in the next run: all would come again each time.
TEST(FetchRun, WithoutUidlNothingIsKept) {
  FetchBench bench(some_messages(3));
  ServerFaults faults;
  faults.no_uidl = true;
  const auto kept = bench.fetch(bench.keep(), faults);
  EXPECT_EQ(kept.status, ExitStatus::unavailable);
  EXPECT_NE(kept.error.find("UIDL"), std::string::npos) << kept.error;
  EXPECT_EQ(seen(kept, "RETR"), 0u);
  EXPECT_EQ(seen(kept, "QUIT"), 1u);
  auto rules = bench.remove();
  rules.keep_last = 1;
  EXPECT_EQ(bench.fetch(rules, faults).status, ExitStatus::unavailable);

  auto all = bench.keep();
  all.all = true;
  ASSERT_EQ(bench.fetch(all, faults).status, ExitStatus::ok);
  ASSERT_EQ(bench.fetch(all, faults).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  ASSERT_EQ(bench.fetch(bench.remove(), faults).status, ExitStatus::ok);
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRun, SizesThatLieAreNoMatter) {
  FetchBench bench(some_messages(3));
  ServerFaults faults;
  faults.size_bias = 1'000'000'000'000;
  ASSERT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::ok);
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRun, OneRefusedMessageStopsNoOther) {
  FetchBench bench(some_messages(4));
  ServerFaults faults;
  faults.refuses_retr = {2};
  const auto first = bench.fetch(bench.keep(), faults);
  EXPECT_EQ(first.status, ExitStatus::temp_fail);
  EXPECT_EQ(bench.delivered().size(), 3u);
  EXPECT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::temp_fail);
  // The third failure sets it aside, and says so once.
  EXPECT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::unavailable);
  const auto fourth = bench.fetch(bench.keep(), faults);
  EXPECT_EQ(fourth.status, ExitStatus::ok);
  EXPECT_EQ(seen(fourth, "RETR"), 0u);
  auto all = bench.keep();
  all.all = true;
  EXPECT_EQ(bench.fetch(all).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRun, AnEmptyAnswerIsNoMessage) {
  FetchBench bench(some_messages(2));
  ServerFaults faults;
  faults.sends_nothing = {1};
  const auto run = bench.fetch(bench.remove(), faults);
  EXPECT_EQ(run.status, ExitStatus::temp_fail);
  EXPECT_EQ(bench.violation(), "");
  EXPECT_FALSE(bench.maildrop().deleted(0));
  EXPECT_TRUE(bench.maildrop().deleted(1));
  EXPECT_EQ(bench.temporary_files(), 0u);
}

TEST(FetchRun, ARefusedDeletionIsTold) {
  FetchBench bench(some_messages(3));
  ServerFaults faults;
  faults.refuses_dele = {2};
  const auto run = bench.fetch(bench.remove(), faults);
  EXPECT_EQ(run.status, ExitStatus::temp_fail);
  EXPECT_EQ(bench.maildrop().left(), 1u);
  EXPECT_EQ(bench.incomplete(), "");
  const auto again = bench.fetch(bench.remove());
  EXPECT_EQ(seen(again, "RETR"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

TEST(FetchRun, LimitAndSize) {
  auto messages = some_messages(4);
  messages[1].content += std::string(5000, 'x') + "\r\n";
  FetchBench bench(std::move(messages));
  auto options = bench.remove();
  options.limit = 2;
  options.max_size = 1000;
  const auto run = bench.fetch(options);
  EXPECT_EQ(run.status, ExitStatus::ok);
  EXPECT_EQ(seen(run, "RETR"), 2u);
  EXPECT_FALSE(bench.maildrop().deleted(1));
  EXPECT_FALSE(bench.maildrop().deleted(3));
  EXPECT_EQ(bench.violation(), "");
}

TEST(FetchRun, ListAndDryRunChangeNothing) {
  FetchBench bench(some_messages(2));
  auto list = bench.remove();
  list.list = true;
  const auto fresh = bench.fetch(list);
  EXPECT_EQ(fresh.output,
            "1\tuid-1\t202\tnew\tfetch\n2\tuid-2\t202\tnew\tfetch\n");
  EXPECT_FALSE(std::filesystem::exists(bench.state()));
  EXPECT_FALSE(std::filesystem::exists(bench.maildir()));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  auto dry = bench.remove();
  dry.dry_run = true;
  EXPECT_EQ(bench.fetch(dry).output,
            "1\tuid-1\t202\tknown\tdelete\n2\tuid-2\t202\tknown\tdelete\n");
  list.destinations.clear();  // known from whatever destination
  list.remove = false;
  EXPECT_EQ(bench.fetch(list).output,
            "1\tuid-1\t202\tknown\tkeep\n2\tuid-2\t202\tknown\tkeep\n");
  EXPECT_EQ(bench.maildrop().left(), 2u);
}

TEST(FetchRun, StdoutIsAnMbox) {
  FetchBench bench({StoredMessage{"a", "Subject: a\r\n\r\nFrom here\r\n"}});
  auto options = bench.keep();
  options.destinations = {*app::DestinationName::parse("-")};
  const auto run = bench.fetch(options);
  EXPECT_TRUE(run.output.starts_with("From MAILER-DAEMON "));
  EXPECT_TRUE(run.output.ends_with("\nSubject: a\n\n>From here\n\n"))
      << run.output;
  EXPECT_EQ(bench.fetch(options).output, "");
}

TEST(FetchRun, ACutMessageNeverReachesStdout) {
  FetchBench bench(some_messages(1));
  auto options = bench.keep();
  options.destinations = {*app::DestinationName::parse("-")};
  ServerFaults faults;
  faults.cut_after = 250;
  EXPECT_EQ(bench.fetch(options, faults).output, "");
}

TEST(FetchRun, Json) {
  FetchBench bench(some_messages(1));
  const auto run = bench.fetch(bench.remove(), {}, true);
  const auto line = run.output.substr(0, run.output.find('\n'));
  EXPECT_TRUE(line.starts_with(
      R"({"type":"message","account":"bob@mail.example","number":1,)"
      R"("uid":"uid-1","size":202,"known":false,"action":"fetch",)"
      R"("outcome":"fetched","path":")"))
      << line;
  EXPECT_NE(run.output.find(R"("action":"delete","outcome":"deleted")"),
            std::string::npos);
  EXPECT_NE(run.output.find(R"({"type":"summary","exit":0,"fetched":1,)"
                            R"("deleted":1,"skipped":0,"failed":0,)"
                            R"("octets":202,)"),
            std::string::npos)
      << run.output;
}

}  // namespace
}  // namespace mailtool::test
