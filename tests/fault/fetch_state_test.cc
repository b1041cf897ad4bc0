// What must not be fetched twice, deleted unread, or forgotten: runs against
// servers that cut, refuse, lie about sizes and use ids again.

#include <gtest/gtest.h>

#include <filesystem>

#include "fault/fetch_bench.h"

namespace mailtool::test {
namespace {

using app::ExitStatus;
using std::chrono::hours;

constexpr hours kDay(24);

std::string about(const std::string& subject, std::size_t octets = 40) {
  return "Subject: " + subject + "\r\nMessage-ID: <" + subject + "@x>\r\n\r\n" +
         std::string(octets, 'x') + "\r\n";
}

// A: the line is gone in the middle of a message. The others come over a second
// connection; the message itself in the next run, after all others.
TEST(FetchState, AMessageThatCutsTheLineStopsNoOther) {
  FetchBench bench(some_messages(6));
  ServerFaults faults;
  faults.cuts_in = {3};
  const auto first = bench.fetch(bench.remove(), faults);
  EXPECT_EQ(first.status, ExitStatus::temp_fail);
  EXPECT_EQ(first.error, "");
  EXPECT_EQ(first.connections, 2u);
  EXPECT_EQ(bench.delivered().size(), 5u);
  EXPECT_EQ(bench.maildrop().left(), 1u);
  EXPECT_EQ(bench.violation(), "");
  EXPECT_EQ(bench.temporary_files(), 0u);
  bench.maildrop().add({"later", about("later")});
  const auto second = bench.fetch(bench.remove());
  EXPECT_EQ(second.status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
  const auto last =
      std::find(second.commands.begin(), second.commands.end(), "RETR 1");
  EXPECT_GT(last, std::find(second.commands.begin(), second.commands.end(),
                            "RETR 2"));
}

TEST(FetchState, ALineThatIsLostAgainEndsTheRun) {
  FetchBench bench(some_messages(6));
  ServerFaults faults;
  faults.cuts_in = {2, 4};
  faults.stays_faulty = true;
  const auto run = bench.fetch(bench.remove(), faults);
  EXPECT_EQ(run.status, ExitStatus::temp_fail);
  EXPECT_EQ(run.connections, 2u);
  EXPECT_EQ(bench.maildrop().left(), 6u);
  EXPECT_EQ(bench.delivered().size(), 2u);  // 1 and 3
  faults.cuts_in = {};
  EXPECT_EQ(bench.fetch(bench.remove()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
}

TEST(FetchState, AServerThatIsGoneEndsTheRun) {
  FetchBench bench(some_messages(3));
  ServerFaults faults;
  faults.cuts_in = {2};
  faults.accepts_again = false;
  const auto run = bench.fetch(bench.remove(), faults);
  EXPECT_EQ(run.status, ExitStatus::temp_fail);
  EXPECT_NE(run.error.find("connection refused"), std::string::npos);
  EXPECT_EQ(bench.delivered().size(), 1u);
  EXPECT_EQ(bench.violation(), "");
}

TEST(FetchState, WhatAlwaysCutsTheLineIsSetAside) {
  FetchBench bench(some_messages(4));
  ServerFaults faults;
  faults.cuts_in = {2};
  faults.stays_faulty = true;
  EXPECT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::temp_fail);
  EXPECT_EQ(bench.delivered().size(), 3u);
  // Alone it is not to blame: the line may be.
  EXPECT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::temp_fail);
  for (int run = 0; run < 2; ++run) {
    const auto name = "new-" + std::to_string(run);
    bench.maildrop().add({name, "Subject: " + name + "\r\n\r\nx\r\n"});
    EXPECT_NE(bench.fetch(bench.keep(), faults).status, ExitStatus::ok);
  }
  const auto fourth = bench.fetch(bench.keep(), faults);
  EXPECT_EQ(fourth.status, ExitStatus::ok);
  EXPECT_EQ(fourth.seen("RETR"), 0u);
  bench.let_pass(8 * kDay);
  EXPECT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
}

// B: DELE is refused, always: the message stays, known, and is tried again.
TEST(FetchState, ARefusedDeletionIsTriedAgain) {
  FetchBench bench(some_messages(3));
  ServerFaults faults;
  faults.refuses_dele = {2};
  EXPECT_EQ(bench.fetch(bench.remove(), faults).status, ExitStatus::temp_fail);
  EXPECT_EQ(bench.maildrop().left(), 1u);
  faults.refuses_dele = {1};
  for (int run = 0; run < 2; ++run) {
    const auto again = bench.fetch(bench.remove(), faults);
    EXPECT_EQ(again.status, ExitStatus::temp_fail);
    EXPECT_EQ(again.seen("RETR"), 0u);
    EXPECT_EQ(again.seen("DELE"), 1u);
  }
  EXPECT_EQ(bench.incomplete(), "");
}

// C: RETR is refused, always: two runs that end with 75, one with 69, then
// silence; a week later a try, which says nothing either.
TEST(FetchState, AfterAWeekWhatWasSetAsideIsTriedSilently) {
  FetchBench bench(some_messages(3));
  ServerFaults faults;
  faults.refuses_retr = {1};
  const ExitStatus expected[] = {ExitStatus::temp_fail, ExitStatus::temp_fail,
                                 ExitStatus::unavailable, ExitStatus::ok};
  for (const auto status : expected) {
    EXPECT_EQ(bench.fetch(bench.remove(), faults).status, status);
    EXPECT_EQ(bench.maildrop().left(), 1u);
  }
  bench.let_pass(6 * kDay);
  EXPECT_EQ(bench.fetch(bench.remove(), faults).seen("RETR"), 0u);
  bench.let_pass(2 * kDay);
  const auto retried = bench.fetch(bench.remove(), faults);
  EXPECT_EQ(retried.status, ExitStatus::ok);
  EXPECT_EQ(retried.seen("RETR"), 1u);
  EXPECT_EQ(bench.fetch(bench.remove(), faults).seen("RETR"), 0u);
  bench.let_pass(8 * kDay);
  EXPECT_EQ(bench.fetch(bench.remove()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

// D: QUIT is not confirmed, or refused: what is listed again is deleted then.
TEST(FetchState, AnUnconfirmedQuitIsMadeUpFor) {
  for (const bool refused : {false, true}) {
    FetchBench bench(some_messages(4));
    ServerFaults faults;
    faults.refuses_quit = refused;
    faults.loses_quit = !refused;
    EXPECT_EQ(bench.fetch(bench.remove(), faults).status,
              ExitStatus::temp_fail);
    EXPECT_EQ(bench.maildrop().left(), 4u);
    const auto second = bench.fetch(bench.remove());
    EXPECT_EQ(second.status, ExitStatus::ok);
    EXPECT_EQ(second.seen("RETR"), 0u);
    EXPECT_EQ(bench.maildrop().left(), 0u);
    EXPECT_EQ(bench.incomplete(), "");
  }
}

// F: one empty listing proves nothing.
TEST(FetchState, AnEmptyListingMakesNothingForgotten) {
  FetchBench bench(some_messages(3));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  const auto known = bench.journal();
  ServerFaults empty;
  empty.lists_nothing = true;
  for (int run = 0; run < 3; ++run) {
    EXPECT_EQ(bench.fetch(bench.keep(), empty).status, ExitStatus::ok);
    bench.let_pass(40 * kDay);
  }
  EXPECT_EQ(bench.journal(), known);
  EXPECT_EQ(bench.fetch(bench.keep()).seen("RETR"), 0u);
}

// G, for some: what could not be known again is fetched only to be deleted.
TEST(FetchState, AMessageWithoutAnIdStaysUnlessItIsDeleted) {
  auto messages = some_messages(3);
  messages[1].uid = "";
  FetchBench bench(messages);
  const auto kept = bench.fetch(bench.keep());
  EXPECT_EQ(kept.status, ExitStatus::unavailable);
  EXPECT_EQ(kept.seen("RETR"), 2u);
  const auto run = bench.fetch(bench.remove());
  EXPECT_EQ(run.status, ExitStatus::ok);
  EXPECT_EQ(run.seen("RETR"), 1u);
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(bench.incomplete(), "");
}

// H: an id that is used again, for a message of another size, after the first
// was deleted without our knowing.
TEST(FetchState, AnIdUsedAgainIsANewMessage) {
  for (const bool no_top : {false, true}) {
    FetchBench bench({{"1", about("old")}, {"2", about("other")}});
    ServerFaults faults;
    faults.no_top = no_top;
    ASSERT_EQ(bench.fetch(bench.keep(), faults).status, ExitStatus::ok);
    bench.maildrop().remove(0);
    bench.maildrop().add({"1", about("new", 80)});
    auto list = bench.remove();
    list.list = true;
    EXPECT_NE(bench.fetch(list, faults)
                  .output.find("(unique id used again for another message)"),
              std::string::npos);
    const auto run = bench.fetch(bench.remove(), faults);
    EXPECT_EQ(run.status, ExitStatus::ok);
    EXPECT_EQ(run.seen("RETR"), 1u);
    EXPECT_EQ(bench.maildrop().left(), 0u);
    EXPECT_EQ(bench.incomplete(), "");
  }
}

// The same message with another size: TOP tells, once.
TEST(FetchState, SizesThatChangeBringNothingTwice) {
  auto messages = some_messages(40);
  for (auto& message : messages) {
    message.content =
        "Message-ID: <" + message.uid + "@x.example>\r\n" + message.content;
  }
  FetchBench bench(std::move(messages));
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  ServerFaults biased;
  biased.size_bias = 7;
  const auto second = bench.fetch(bench.keep(), biased);
  EXPECT_EQ(second.status, ExitStatus::ok);
  EXPECT_EQ(second.seen("TOP"), 40u);
  EXPECT_EQ(second.seen("RETR"), 0u);
  EXPECT_EQ(bench.fetch(bench.keep(), biased).seen("TOP"), 0u);
  const auto gone = bench.fetch(bench.remove(), biased);
  EXPECT_EQ(gone.seen("RETR"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 0u);
  EXPECT_EQ(bench.incomplete(), "");
}

// I: one id twice in a listing is two messages, whatever their sizes.
TEST(FetchState, EqualIdsOfSeveralSizes) {
  FetchBench bench({{"x", about("a", 10)},
                    {"y", about("b", 20)},
                    {"x", about("c", 30)},
                    {"x", about("d", 10)}});
  ASSERT_EQ(bench.fetch(bench.keep()).status, ExitStatus::ok);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.fetch(bench.keep()).seen("RETR"), 0u);
  bench.maildrop().add({"x", about("e", 50)});
  const auto run = bench.fetch(bench.remove());
  EXPECT_EQ(run.seen("RETR"), 1u);
  EXPECT_EQ(bench.incomplete(), "");
  EXPECT_EQ(bench.maildrop().left(), 0u);
}

// EXPIRE 0: QUIT deletes whatever was retrieved. Without QUIT nothing is lost.
TEST(FetchState, NoQuitWhileSomethingRetrievedIsNotSafe) {
  FetchBench bench(some_messages(3));
  ServerFaults faults;
  faults.expires_at_once = true;
  faults.sends_nothing = {2};
  const auto run = bench.fetch(bench.keep(), faults);
  EXPECT_EQ(run.status, ExitStatus::temp_fail);
  EXPECT_EQ(run.seen("QUIT"), 0u);
  EXPECT_EQ(bench.maildrop().left(), 3u);
  faults.sends_nothing = {};
  EXPECT_EQ(bench.fetch(bench.keep(), faults).seen("QUIT"), 1u);
  EXPECT_EQ(bench.incomplete(), "");
}

}  // namespace
}  // namespace mailtool::test
