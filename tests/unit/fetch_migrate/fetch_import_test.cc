// --import-state and --adopt, and the runs after them.

#include <gtest/gtest.h>

#include "fault/migrate_bench.h"

namespace mailtool::test {
namespace {

using app::ExitStatus;
using app::ImportFormat;

std::string fetchmail_ids(std::size_t begin, std::size_t end) {
  std::string text;
  for (auto i = begin; i < end; ++i) {
    text += "bob@mail.example uid-" + std::to_string(i) + "\n";
  }
  return text;
}

TEST(FetchImport, TheNextRunFetchesWhatIsNew) {
  MigrateBench bench(distinct_messages(10));
  const auto ids = bench.file(".fetchids", fetchmail_ids(1, 9));
  ASSERT_EQ(bench.import({{ImportFormat::fetchmail, ids}}), "");
  const auto run = bench.fetch(bench.keep());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "RETR"), 2u);
  // And no run deletes what we have not fetched.
  EXPECT_EQ(seen(bench.fetch(bench.remove()), "DELE"), 2u);
  EXPECT_EQ(bench.maildrop().left(), 8u);
  EXPECT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 0u);
}

TEST(FetchImport, TwiceAddsNothing) {
  MigrateBench bench(distinct_messages(4));
  const auto ids = bench.file(".fetchids", fetchmail_ids(1, 5));
  const app::ImportFile file{ImportFormat::fetchmail, ids};
  ASSERT_EQ(bench.import({file, file}), "");
  ASSERT_EQ(bench.import({file}), "");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(bench.known(i), 1u) << i;
  // Nor once sizes are known.
  ASSERT_EQ(bench.fetch(bench.keep()).error, "");
  ASSERT_EQ(bench.import({file}), "");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(bench.known(i), 1u) << i;
  EXPECT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 0u);
}

TEST(FetchImport, SeveralFilesAndTimes) {
  MigrateBench bench(distinct_messages(3));
  const auto mpop =
      bench.file("mpop", " 2 mail.example bob\nuid-1 1700000000\nuid-2\n");
  const auto popstate =
      bench.file("popstate.dat",
                 "*mail.example bob\nk uid-1 1600000000\nb uid-3 1600000000\n");
  ASSERT_EQ(bench.import({{ImportFormat::mpop, mpop},
                          {ImportFormat::thunderbird, popstate}}),
            "");
  const auto journal = bench.journal();
  ASSERT_EQ(journal->find("uid-1").size(), 1u);
  EXPECT_EQ(journal->find("uid-1")[0].first_sight(), 1600000000);
  EXPECT_GT(journal->find("uid-2")[0].first_sight(), 1700000000);
  EXPECT_TRUE(journal->find("uid-3").empty());  // only its beginning came
}

TEST(FetchImport, DryRunWritesNothing) {
  MigrateBench bench(distinct_messages(3));
  const auto ids = bench.file(".fetchids", fetchmail_ids(1, 4));
  ASSERT_EQ(bench.import({{ImportFormat::fetchmail, ids}}, true), "");
  EXPECT_EQ(bench.known(0), 0u);
  EXPECT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 3u);
}

TEST(FetchImport, AnotherAccountsFileChangesNothing) {
  MigrateBench bench(distinct_messages(3));
  const auto good = bench.file("good", fetchmail_ids(1, 4));
  const auto other = bench.file("other", "carol@mail.example uid-1\n");
  EXPECT_NE(bench.import({{ImportFormat::fetchmail, good},
                          {ImportFormat::fetchmail, other}}),
            "");
  EXPECT_EQ(bench.known(0), 0u);
}

TEST(FetchImport, GetmailWritesADashForASlash) {
  auto messages = distinct_messages(5);
  messages[0].uid = "a/b";
  messages[1].uid = "c-d";
  messages[2].uid = "e/f";  // listed in both forms: two messages
  messages[3].uid = "e-f";
  messages[4].uid = "g/h";
  MigrateBench bench(messages);
  std::string oldmail;
  for (const char* uid : {"a-b", "c-d", "e-f"}) {
    oldmail += uid + std::string(1, '\0') + "1700000000\n";
  }
  const auto file = bench.file("oldmail-mail.example-995-bob", oldmail);
  ASSERT_EQ(bench.import({{ImportFormat::getmail, file}}), "");
  auto list = bench.keep();
  list.list = true;
  const auto listed = bench.fetch(list).output;
  EXPECT_NE(listed.find("a/b"), listed.npos);
  EXPECT_NE(listed.substr(listed.find("a/b")).find("\tknown\t"), listed.npos);

  const auto run = bench.fetch(bench.keep());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "RETR"), 2u);  // e/f and g/h
  EXPECT_EQ(bench.journal()->find("a/b")[0].first_sight(), 1700000000);
  EXPECT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 0u);
  EXPECT_EQ(seen(bench.fetch(bench.remove()), "DELE"), 2u);
}

TEST(FetchAdopt, TellsOfEachMessage) {
  MigrateBench bench(distinct_messages(3));
  const auto run = bench.fetch(bench.adopt(), {}, true);
  EXPECT_EQ(run.error, "");
  std::size_t rows = 0;
  const std::string row = "\"action\":\"keep\",\"outcome\":\"adopted\"";
  for (auto at = run.output.find(row); at != run.output.npos;
       at = run.output.find(row, at + 1)) {
    ++rows;
  }
  EXPECT_EQ(rows, 3u) << run.output;
  EXPECT_NE(run.output.find("\"adopted\":3"), run.output.npos) << run.output;
  // What is known is not adopted again.
  bench.maildrop().add({"new", "Subject: new\r\n\r\nnew\r\n"});
  const auto again = bench.fetch(bench.adopt(), {}, true);
  EXPECT_NE(again.output.find("\"adopted\":1"), again.output.npos);
  EXPECT_EQ(bench.known(0), 1u);
}

TEST(FetchAdopt, DryRunAdoptsNothing) {
  MigrateBench bench(distinct_messages(3));
  auto dry = bench.adopt();
  dry.dry_run = true;
  const auto run = bench.fetch(dry);
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(bench.known(0), 0u);
  EXPECT_NE(run.output.find("\tkeep (would be adopted)"), run.output.npos)
      << run.output;
}

TEST(FetchAdopt, WithoutUniqueIds) {
  MigrateBench bench(distinct_messages(3));
  ServerFaults faults;
  faults.no_uidl = true;
  const auto run = bench.fetch(bench.adopt(), faults);
  EXPECT_EQ(run.status, ExitStatus::unavailable);
  EXPECT_NE(run.error.find("no unique id"), run.error.npos) << run.error;
}

TEST(FetchAdopt, SomeWithoutUniqueIds) {
  auto messages = distinct_messages(3);
  messages[1].uid.clear();
  MigrateBench bench(messages);
  const auto run = bench.fetch(bench.adopt());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(run.status, ExitStatus::unavailable);
  EXPECT_EQ(bench.known(0), 1u);
  EXPECT_EQ(bench.known(2), 1u);
}

}  // namespace
}  // namespace mailtool::test
