// --delete-after, --keep-last, --headers-only, and what journals forget.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "fault/fetch_bench.h"

namespace mailtool::test {
namespace {

using app::ExitStatus;
using std::chrono::hours;

constexpr hours kDay(24);

app::FetchOptions after(const FetchBench& bench, hours age) {
  auto options = bench.remove();
  options.delete_after = age;
  return options;
}

app::FetchOptions keep_last(const FetchBench& bench, std::uint64_t count) {
  auto options = bench.remove();
  options.keep_last = count;
  return options;
}

TEST(FetchRetention, DeletesAfterSomeTime) {
  FetchBench bench(some_messages(3));
  const auto week = after(bench, 7 * kDay);
  EXPECT_EQ(bench.fetch(week).seen("DELE"), 0u);
  bench.let_pass(6 * kDay);
  bench.maildrop().add({"later", "Subject: later\r\n\r\nlater\r\n"});
  const auto sixth = bench.fetch(week);
  EXPECT_EQ(sixth.seen("RETR"), 1u);
  EXPECT_EQ(sixth.seen("DELE"), 0u);
  bench.let_pass(kDay);
  auto list = week;
  list.list = true;
  const auto listed = bench.fetch(list).output;
  EXPECT_NE(listed.find("known\tdelete (first seen 7 days ago, deleted after 7"
                        " days)"),
            std::string::npos)
      << listed;
  EXPECT_NE(listed.find("known\tkeep (first seen 1 day ago, deleted after 7"
                        " days)"),
            std::string::npos)
      << listed;
  const auto seventh = bench.fetch(week);
  EXPECT_EQ(seventh.seen("RETR"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 1u);
  EXPECT_FALSE(bench.maildrop().deleted(3));
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRetention, AtOnceIsDelete) {
  FetchBench bench(some_messages(3));
  EXPECT_EQ(bench.fetch(after(bench, hours(0))).status, ExitStatus::ok);
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRetention, KeepsTheLast) {
  FetchBench bench(some_messages(5));
  auto list = keep_last(bench, 2);
  list.list = true;
  // Known or not, what is fetched may go in the same run.
  EXPECT_EQ(bench.fetch(keep_last(bench, 2)).seen("DELE"), 3u);
  EXPECT_FALSE(bench.maildrop().deleted(3));
  EXPECT_EQ(bench.incomplete(), "");
  bench.maildrop().add({"later", "Subject: later\r\n\r\nlater\r\n"});
  const auto listed = bench.fetch(list).output;
  EXPECT_EQ(std::count(listed.begin(), listed.end(), '\n'), 3);
  EXPECT_NE(listed.find("1\tuid-4\t202\tknown\tdelete (not among the last 2)"),
            std::string::npos)
      << listed;
  EXPECT_NE(listed.find("2\tuid-5\t202\tknown\tkeep (among the last 2)"),
            std::string::npos)
      << listed;
  EXPECT_EQ(bench.fetch(keep_last(bench, 2)).seen("DELE"), 1u);
  EXPECT_EQ(bench.fetch(keep_last(bench, 0)).seen("DELE"), 2u);
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRetention, BothRulesMustAllowIt) {
  FetchBench bench(some_messages(4));
  auto both = after(bench, 7 * kDay);
  both.keep_last = 1;
  EXPECT_EQ(bench.fetch(both).seen("DELE"), 0u);  // too young
  bench.let_pass(8 * kDay);
  EXPECT_EQ(bench.fetch(both).seen("DELE"), 3u);  // but for the last
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRetention, RulesDeleteNothingThatWasAdopted) {
  FetchBench bench(some_messages(3));
  auto adopt = bench.keep();
  adopt.adopt = true;
  ASSERT_EQ(bench.fetch(adopt).status, ExitStatus::ok);
  bench.let_pass(100 * kDay);
  EXPECT_EQ(bench.fetch(after(bench, kDay)).seen("DELE"), 0u);
  EXPECT_EQ(bench.fetch(keep_last(bench, 0)).seen("DELE"), 0u);
}

TEST(FetchRetention, ADestinationThatCameLaterHasItsOwnTime) {
  FetchBench bench(some_messages(2));
  ASSERT_EQ(bench.fetch(after(bench, 7 * kDay)).status, ExitStatus::ok);
  bench.let_pass(8 * kDay);
  auto both = after(bench, 7 * kDay);
  both.destinations.push_back(app::maildir_name(bench.maildir() + "2"));
  const auto run = bench.fetch(both);
  EXPECT_EQ(run.seen("RETR"), 2u);
  ASSERT_EQ(bench.fetch(both).seen("RETR"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 2u);
  bench.let_pass(8 * kDay);
  EXPECT_EQ(bench.fetch(both).seen("DELE"), 2u);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchRetention, WhatVanishedIsForgottenAfterAMonth) {
  FetchBench bench(some_messages(3));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  bench.maildrop().remove(1);
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  const auto noted = bench.journal();
  ASSERT_EQ(noted.back(), "?uid-2 202");
  bench.let_pass(29 * kDay);
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.journal(), noted);  // nothing is said again
  bench.let_pass(2 * kDay);
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.journal().back(), "-uid-2 202");
  const auto forgotten = bench.journal();
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.journal(), forgotten);
}

TEST(FetchRetention, WhatComesBackWasNeverGone) {
  FetchBench bench(some_messages(3));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  bench.maildrop().remove(1);
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  bench.let_pass(40 * kDay);
  bench.maildrop().add(some_messages(3)[1]);
  const auto back = bench.fetch(bench.keep());
  EXPECT_EQ(back.seen("RETR"), 0u);
  EXPECT_EQ(bench.journal().back(), "=uid-2 202");
  bench.maildrop().remove(3);
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.journal().back(), "?uid-2 202");  // the month begins anew
}

// A run that did not come to its end says nothing about what is missing.
TEST(FetchRetention, ABrokenRunForgetsNothing) {
  FetchBench bench(some_messages(3));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  bench.maildrop().remove(1);
  bench.maildrop().add({"new", "Subject: new\r\n\r\nnew\r\n"});
  const auto known = bench.journal();
  ServerFaults faults;
  faults.cuts_in = {3};
  ASSERT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::temp_fail);
  const auto after_it = bench.journal();
  EXPECT_EQ(after_it, known);
}

TEST(FetchRetention, HeadersAreNotMessages) {
  FetchBench bench(some_messages(3, 2000));
  auto headers = bench.keep();
  headers.headers_only = true;
  const auto first = bench.fetch(headers);
  EXPECT_EQ(first.status, ExitStatus::ok);
  EXPECT_EQ(first.seen("TOP"), 3u);
  EXPECT_EQ(first.seen("RETR"), 0u);
  EXPECT_TRUE(bench.delivered().contains("Subject: number 1\n\n"));
  EXPECT_EQ(bench.fetch(headers).seen("TOP"), 0u);
  // The messages themselves are still to come, and only they may be deleted.
  const auto whole = bench.fetch(bench.remove());
  EXPECT_EQ(whole.seen("RETR"), 3u);
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(bench.delivered().size(), 6u);
}

}  // namespace
}  // namespace mailtool::test
