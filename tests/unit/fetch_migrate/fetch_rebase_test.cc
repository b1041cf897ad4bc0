// A server that gives messages new unique-ids, against a server in the same
// process.

#include <gtest/gtest.h>

#include "fault/migrate_bench.h"

namespace mailtool::test {
namespace {

using app::ExitStatus;

TEST(FetchReset, StopsBeforeAnythingIsFetched) {
  for (const bool headers : {true, false}) {
    MigrateBench bench(distinct_messages(10));
    bench.know(headers);
    bench.renumber(0, 10);
    const auto run = bench.fetch(bench.keep());
    EXPECT_EQ(run.status, ExitStatus::temp_fail);
    EXPECT_EQ(run.error,
              "UIDL: none of 10 known messages is listed, and 10 new ones have"
              " their sizes: the server seems to have given all messages new"
              " unique ids");
    EXPECT_EQ(seen(run, "RETR"), 0u);
    EXPECT_EQ(seen(run, "TOP"), headers ? 10u : 0u);
    EXPECT_EQ(seen(run, "QUIT"), 1u);
    // And again, and with --delete: nothing has been forgotten.
    EXPECT_EQ(bench.fetch(bench.remove()).status, ExitStatus::temp_fail);
    EXPECT_EQ(bench.maildrop().left(), 10u);
  }
}

TEST(FetchReset, WhereSomeAreGoneAndSomeAreNew) {
  MigrateBench bench(distinct_messages(10));
  bench.know();
  bench.renumber(0, 10);
  for (const std::size_t gone : {0u, 3u, 7u}) bench.maildrop().remove(gone);
  bench.maildrop().add({"new", "Subject: new\r\n\r\nnew\r\n"});
  EXPECT_EQ(bench.fetch(bench.keep()).status, ExitStatus::temp_fail);
  const auto run = bench.fetch(bench.rebase());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "RETR"), 1u);
}

TEST(FetchReset, AllFetchesAnew) {
  MigrateBench bench(distinct_messages(10));
  bench.know();
  bench.renumber(0, 10);
  auto all = bench.keep();
  all.all = true;
  EXPECT_EQ(seen(bench.fetch(all), "RETR"), 10u);
  const auto next = bench.fetch(bench.keep());
  EXPECT_EQ(next.error, "");
  EXPECT_EQ(seen(next, "RETR"), 0u);
}

TEST(FetchReset, ListSaysSoAndGoesOn) {
  MigrateBench bench(distinct_messages(5));
  bench.know();
  bench.renumber(0, 5);
  auto list = bench.keep();
  list.list = true;
  testing::internal::CaptureStderr();
  const auto run = bench.fetch(list);
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(run.status, ExitStatus::ok);
  EXPECT_NE(said.find("none of 5 known messages is listed"), said.npos) << said;
  EXPECT_NE(run.output.find("\tnew\t"), run.output.npos) << run.output;
}

// New messages that have the sizes of messages deleted elsewhere.
TEST(FetchReset, SizesThatAreEqualByAccident) {
  for (const bool with_rebase : {false, true}) {
    MigrateBench bench(distinct_messages(10));
    bench.know();
    for (std::size_t i = 0; i < 10; ++i) {
      bench.maildrop().remove(i);
      auto message = bench.maildrop().messages()[i];
      message.uid = "new-" + std::to_string(i);
      message.content[13] = 'y';  // of the Message-ID
      bench.maildrop().add(message);
    }
    const auto run = bench.fetch(with_rebase ? bench.rebase() : bench.keep());
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(seen(run, "RETR"), 10u);
  }
}

TEST(FetchReset, AnOrdinaryRunAsksForNoHeaders) {
  MigrateBench bench(distinct_messages(10));
  bench.know();
  for (const std::size_t gone : {1u, 2u, 3u, 4u}) bench.maildrop().remove(gone);
  bench.maildrop().add({"new", "Subject: new\r\n\r\nnew\r\n"});
  for (const auto& options : {bench.keep(), bench.keep()}) {
    const auto run = bench.fetch(options);
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(seen(run, "TOP"), 0u);
  }
}

TEST(FetchReset, TwoKnownMessagesProveNothing) {
  MigrateBench bench(distinct_messages(2));
  bench.know();
  bench.renumber(0, 2);
  EXPECT_EQ(seen(bench.fetch(bench.keep()), "RETR"), 2u);
}

TEST(FetchRebase, KnowsThemUnderTheirNewIds) {
  MigrateBench bench(distinct_messages(50));
  bench.know();
  bench.renumber(0, 50);
  const auto run = bench.fetch(bench.rebase());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "TOP"), 50u);
  EXPECT_EQ(seen(run, "RETR"), 0u);
  const auto journal = bench.journal();
  EXPECT_EQ(journal->records().size(), 50u);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto& message = bench.maildrop().messages()[i];
    const auto* record = journal->find({message.uid, message.content.size()});
    ASSERT_NE(record, nullptr) << message.uid;
    EXPECT_EQ(record->fetched(), 1u);
    EXPECT_EQ(record->first_sight(), first_sight_of(i));
    EXPECT_NE(record->header_digest(), 0u);
  }
  // What we had fetched may be deleted as before.
  const auto next = bench.fetch(bench.remove());
  EXPECT_EQ(next.error, "");
  EXPECT_EQ(seen(next, "RETR"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

TEST(FetchRebase, HalfOfThem) {
  MigrateBench bench(distinct_messages(20));
  bench.know();
  bench.renumber(10, 20);
  const auto run = bench.fetch(bench.rebase());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "TOP"), 10u);
  EXPECT_EQ(seen(run, "RETR"), 0u);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(bench.known(i), 1u) << i;
}

TEST(FetchRebase, ACopyThatCameSinceIsNew) {
  MigrateBench bench(distinct_messages(5));
  bench.know();
  bench.renumber(0, 5);
  bench.maildrop().add({"copy", bench.maildrop().messages()[2].content});
  EXPECT_EQ(seen(bench.fetch(bench.rebase()), "RETR"), 1u);
}

TEST(FetchRebase, OtherSizesAreKnownButNotOurs) {
  MigrateBench bench(distinct_messages(5));
  bench.know();
  bench.renumber(0, 5);
  ServerFaults faults;
  faults.size_bias = 17;
  EXPECT_EQ(seen(bench.fetch(bench.rebase(), faults), "RETR"), 0u);
  EXPECT_EQ(seen(bench.fetch(bench.remove(), faults), "DELE"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 5u);
}

TEST(FetchRebase, WithoutTopBySizesThatAreAlone) {
  auto messages = distinct_messages(6);
  messages[5].content = messages[4].content;
  MigrateBench bench(messages);
  bench.know();
  bench.renumber(0, 6);
  ServerFaults faults;
  faults.no_top = true;
  EXPECT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::temp_fail);
  const auto run = bench.fetch(bench.rebase(), faults);
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "RETR"), 2u);
  EXPECT_EQ(seen(bench.fetch(bench.remove(), faults), "DELE"), 2u);
  EXPECT_EQ(bench.maildrop().left(), 4u);
}

TEST(FetchRebase, EachDestinationForItself) {
  MigrateBench bench(distinct_messages(5));
  bench.know();
  bench.renumber(0, 5);
  auto both = bench.rebase();
  both.destinations.push_back(app::maildir_name(bench.maildir() + "2"));
  const auto run = bench.fetch(both);
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "RETR"), 5u);        // for the second
  EXPECT_TRUE(bench.delivered().empty());  // the first has had them
  EXPECT_EQ(seen(bench.fetch(both), "RETR"), 0u);
}

TEST(FetchRebase, DryRunChangesNothing) {
  MigrateBench bench(distinct_messages(5));
  bench.know();
  bench.renumber(0, 5);
  auto dry = bench.rebase();
  dry.dry_run = true;
  const auto run = bench.fetch(dry);
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(run.output.find("\tnew\t"), run.output.npos) << run.output;
  EXPECT_NE(run.output.find("\tknown\t"), run.output.npos) << run.output;
  EXPECT_EQ(bench.known(0), 0u);
  EXPECT_EQ(bench.fetch(bench.keep()).status, ExitStatus::temp_fail);
}

TEST(FetchRebase, WithNothingToFind) {
  MigrateBench bench(distinct_messages(5));
  EXPECT_EQ(seen(bench.fetch(bench.rebase()), "RETR"), 5u);
  const auto run = bench.fetch(bench.rebase());
  EXPECT_EQ(run.error, "");
  EXPECT_EQ(seen(run, "TOP"), 0u);
}

TEST(FetchRebase, CutInTheHeaders) {
  MigrateBench whole(distinct_messages(10));
  whole.know();
  whole.renumber(0, 10);
  const auto octets = whole.fetch(whole.rebase()).sent_octets;
  for (std::size_t at = octets / 2; at < octets; at += 37) {
    MigrateBench bench(distinct_messages(10));
    bench.know();
    bench.renumber(0, 10);
    ServerFaults faults;
    faults.cut_after = at;
    (void)bench.fetch(bench.rebase(), faults);
    const auto again = bench.fetch(bench.rebase());
    EXPECT_EQ(again.error, "") << at;
    EXPECT_EQ(seen(again, "RETR"), 0u) << at;
  }
}

}  // namespace
}  // namespace mailtool::test
