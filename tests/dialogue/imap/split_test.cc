// Sets too long for one line, and servers that take less than others.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapSplit : public ImapDialogueTest {
 protected:
  // Every second number, `count` of them: none adjoins another.
  static imap::SequenceSet sparse(std::uint32_t count) {
    imap::SequenceSet set;
    for (std::uint32_t i = 0; i < count; ++i) set.add(100'000 + 2 * i);
    return set;
  }
  void begin(const std::string& capabilities) {
    text_ = "S: * PREAUTH [CAPABILITY IMAP4rev1 " + capabilities + "] hi\n";
    number_ = 0;
  }
  std::string tag(int back = 0) { return "A" + std::to_string(number_ - back); }
  void store(const std::string& set) {
    ++number_;
    text_ += "C: " + tag() + " UID STORE " + set + " +FLAGS.SILENT (\\Seen)\n";
  }
  void say(const std::string& what, int back = 0) {
    text_ += "S: " + tag(back) + " " + what + "\n";
  }
  ChangeReport play(const imap::SequenceSet& set) {
    play_text(text_);
    EXPECT_TRUE(client->open(false));
    ImapChange what;
    what.kind = ImapChange::Kind::flags;
    what.add = {"\\Seen"};
    return client->change(what, set);
  }
  void changes_all(const imap::SequenceSet& set) {
    const auto report = play(set);
    ASSERT_TRUE(report.whole()) << report.stopped_by->one_line();
    EXPECT_EQ(report.changed, set);
  }
  std::string text_;

 private:
  int number_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapSplit, testing::Values(4096, 1));

// A line holds at most 8000 octets of the set: of seven octets a number 1143.
// Two lines share a flight.
TEST_P(ImapSplit, LongSets) {
  const auto set = sparse(2300);
  begin("");
  store(to_wire(set.first(1143)));
  store(to_wire(set.first(2286).last(1143)));
  say("OK done", 1);
  store(to_wire(set.last(14)));
  say("OK done", 1);
  say("OK done");
  changes_all(set);
}

// A BAD for a long line: the rest goes in lines of half the length.
TEST_P(ImapSplit, HalvedOnBad) {
  const auto set = sparse(500);  // 3499 octets
  begin("");
  store(to_wire(set));
  say("BAD Error in IMAP command: Too long argument");
  store(to_wire(set.first(250)));
  store(to_wire(set.last(250)));
  say("OK done", 1);
  say("OK done");
  changes_all(set);
}

// Both parts in flight are too long; each is halved, and no more than once.
TEST_P(ImapSplit, HalvedTogether) {
  const auto set = sparse(2000);
  const auto part = [&](std::uint64_t to, std::uint64_t count) {
    return to_wire(set.first(to).last(count));
  };
  begin("");
  store(part(1143, 1143));
  store(part(2000, 857));
  say("BAD line too long", 1);
  store(part(571, 571));
  say("BAD line too long", 1);
  store(part(1714, 571));
  say("OK done", 1);
  store(part(2000, 286));
  say("OK done", 1);
  store(part(1142, 571));
  say("OK done", 1);
  store(part(1143, 1));
  say("OK done", 1);
  say("OK done");
  changes_all(set);
}

// Down to a thousand octets; a server that takes not even these refuses.
TEST_P(ImapSplit, NotHalvedForEver) {
  const auto set = sparse(300);  // 2099 octets
  begin("");
  store(to_wire(set));
  say("BAD too long");
  store(to_wire(set.first(150)));
  store(to_wire(set.last(150)));
  say("BAD too long", 1);
  store(to_wire(set.first(143)));
  say("BAD too long", 1);
  store(to_wire(set.first(293).last(143)));
  say("BAD too long", 1);
  say("BAD too long");
  const auto report = play(set);
  ASSERT_FALSE(report.whole());
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::protocol);
  EXPECT_EQ(report.unchanged, set);
}

// A short line that is not understood is not tried in pieces.
TEST_P(ImapSplit, BadIsNotAlwaysLength) {
  begin("");
  store("2,4,6");
  say("BAD what?");
  const auto report = play(uids("2,4,6"));
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::protocol);
  EXPECT_EQ(to_wire(report.unchanged), "2,4,6");
}

// A throttled server is not pressed further.
TEST_P(ImapSplit, ThrottledIsNotHalved) {
  const auto set = sparse(500);
  begin("");
  store(to_wire(set));
  say("BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds");
  const auto report = play(set);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::deferred);
  EXPECT_EQ(report.unchanged, set);
}

// Refused in the midst: what was done before stands, what follows is not sent.
TEST_P(ImapSplit, RefusedInTheMidst) {
  const auto set = sparse(3500);
  begin("");
  store(to_wire(set.first(1143)));
  store(to_wire(set.first(2286).last(1143)));
  say("OK done", 1);
  store(to_wire(set.first(3429).last(1143)));
  say("NO [NOPERM] no", 1);
  say("OK done");
  const auto report = play(set);
  ASSERT_FALSE(report.whole());
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::no_permission);
  EXPECT_EQ(report.changed.count(), 2286u);
  EXPECT_EQ(report.unchanged.count(), 1214u);
  EXPECT_TRUE(report.unknown.empty());
}

// Cut off in the midst: answered, not answered, never sent.
TEST_P(ImapSplit, CutInTheMidst) {
  const auto set = sparse(4000);
  begin("");
  store(to_wire(set.first(1143)));
  store(to_wire(set.first(2286).last(1143)));
  say("OK done", 1);
  store(to_wire(set.first(3429).last(1143)));
  text_ += "<server closes>\n";
  const auto report = play(set);
  ASSERT_FALSE(report.whole());
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::disconnected);
  EXPECT_EQ(report.changed, set.first(1143));
  EXPECT_EQ(report.unknown, set.first(3429).last(2286));
  EXPECT_EQ(report.unchanged, set.last(571));
}

// RFC 9738: a server that takes so many messages a command and no more.
TEST_P(ImapSplit, MessageLimit) {
  begin("MESSAGELIMIT=2");
  store("2:3");
  store("4:5");
  say("OK done", 1);
  store("9");
  say("OK done", 1);
  say("OK done");
  const auto report = play(uids("2:5,9"));
  ASSERT_TRUE(report.whole()) << report.stopped_by->one_line();
  EXPECT_EQ(to_wire(report.changed), "2:5,9");
}

// The same, said only when it is too late: the highest UIDs come first.
TEST_P(ImapSplit, MessageLimitInTheAnswer) {
  begin("");
  store("2:5,9");
  say("OK [MESSAGELIMIT 2 5] two of five");
  store("2:4");
  say("OK [MESSAGELIMIT 2 3] two of three");
  store("2");
  say("OK done");
  const auto report = play(uids("2:5,9"));
  ASSERT_TRUE(report.whole()) << report.stopped_by->one_line();
  EXPECT_EQ(to_wire(report.changed), "2:5,9");
}

// Which part was done is not told.
TEST_P(ImapSplit, MessageLimitOfUnknownReach) {
  begin("");
  store("2:5");
  say("OK [MESSAGELIMIT 2] two of four");
  const auto report = play(uids("2:5"));
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::rejected);
  EXPECT_EQ(to_wire(report.unknown), "2:5");
}

}  // namespace
}  // namespace mailtool::client
