// The IMAP server's side: many messages, and several sessions, that change them.

#include "two_sessions.h"

namespace mailtool::serve {
namespace {

TEST_F(TwoSessions, ALongExpungeGivesWay) {
  put(1000, kDeleted);
  put(1);
  auto one = enter();
  one.say("c EXPUNGE\r\n");
  EXPECT_EQ(one.session->wait(), Wait::room);
  auto other = enter();
  other.say("c NOOP\r\n");
  one.go_on(store.disk);
  EXPECT_EQ(store.inbox().messages().size(), 1u);
  EXPECT_LE(store.inbox().most_removed, 250u);
  const auto told = one.take();
  EXPECT_EQ(told.substr(0, 31), "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 E");
  EXPECT_TRUE(told.ends_with("\r\nc OK done\r\n"));
  // One sync for all.
  EXPECT_EQ(store.disk.synced, 1);
}

TEST_F(TwoSessions, ALongCloseGivesWay) {
  put(1000, kDeleted);
  put(1);
  auto one = enter();
  one.say("c CLOSE\r\n");
  EXPECT_EQ(one.session->wait(), Wait::room);
  EXPECT_GT(store.inbox().messages().size(), 1u);
  EXPECT_GE(one.go_on(store.disk), 3);
  EXPECT_EQ(one.take(), "c OK done\r\n");
  EXPECT_EQ(store.inbox().messages().size(), 1u);
  EXPECT_LE(store.inbox().most_removed, 250u);
  EXPECT_EQ(store.disk.synced, 1);
}

TEST_F(TwoSessions, ALongCopyGivesWay) {
  put(1000);
  auto one = enter();
  one.say("c COPY 1:* Old\r\n");
  EXPECT_EQ(one.session->wait(), Wait::verdict);
  EXPECT_TRUE(one.step(store.disk));
  EXPECT_EQ(one.session->wait(), Wait::room);
  // Others deliver into it meanwhile.
  old().put("other\r\n");
  one.go_on(store.disk);
  EXPECT_EQ(one.take(),
            "c OK [COPYUID 8 1:1000 1:200,202:1001] done\r\n");
  EXPECT_EQ(old().messages().size(), 1001u);
  EXPECT_LE(store.inbox().most_copied, 200u);
}

TEST_F(TwoSessions, ACopyOfWhichSomeFailIsNone) {
  put(1000);
  auto one = enter();
  one.say("c COPY 1:* Old\r\n");
  EXPECT_TRUE(one.step(store.disk));
  EXPECT_EQ(old().messages().size(), 200u);
  store.disk.broken = true;
  one.go_on(store.disk);
  EXPECT_EQ(one.take(), "c NO [SERVERBUG] disk is broken\r\n");
  EXPECT_TRUE(old().messages().empty());
}

TEST_F(TwoSessions, ACopyOfWhomHangsUpIsNone) {
  put(1000);
  auto one = enter();
  one.say("c COPY 1:* Old\r\n");
  EXPECT_TRUE(one.step(store.disk));
  EXPECT_EQ(old().messages().size(), 200u);
  one.session.reset();
  EXPECT_TRUE(old().messages().empty());
  EXPECT_EQ(store.inbox().messages().size(), 1000u);
}

TEST_F(TwoSessions, AMoveOfWhomHangsUpIsWhole) {
  put(1000);
  auto one = enter();
  one.say("c MOVE 1:* Old\r\n");
  while (one.said.empty()) ASSERT_TRUE(one.step(store.disk));
  EXPECT_EQ(one.take(), "* OK [COPYUID 8 1:1000 1:1000] moved\r\n");
  EXPECT_EQ(one.session->wait(), Wait::room);
  EXPECT_FALSE(store.inbox().messages().empty());
  one.session.reset();
  EXPECT_TRUE(store.inbox().messages().empty());
  EXPECT_EQ(old().messages().size(), 1000u);
}

TEST_F(TwoSessions, ALongMove) {
  put(1000);
  auto one = enter();
  one.say("c MOVE 1:* Old\r\n");
  one.go_on(store.disk);
  EXPECT_TRUE(one.take().ends_with("* 1 EXPUNGE\r\nc OK done\r\n"));
  EXPECT_TRUE(store.inbox().messages().empty());
  EXPECT_EQ(old().messages().size(), 1000u);
}

// What would be moved into it would be lost.
TEST_F(TwoSessions, TheMailboxIsDeletedMeanwhile) {
  put(1000);
  for (const auto* command : {"MOVE", "COPY"}) {
    for (const int steps : {0, 1, 2, 8}) {
      auto one = enter();
      const auto target = *store.mailboxes->open("Old");
      one.say(std::string("c ") + command + " 1:* Old\r\n");
      for (int i = 0; i < steps; ++i) ASSERT_TRUE(one.step(store.disk));
      EXPECT_EQ(one.take(), "");
      EXPECT_TRUE(store.mailboxes->remove("Old"));
      store.mailboxes->add("Old");
      one.go_on(store.disk);
      EXPECT_EQ(one.take(), "c NO [TRYCREATE] no such mailbox\r\n") << steps;
      EXPECT_TRUE(target->messages().empty());
      EXPECT_TRUE(old().messages().empty());
      one.say("d NOOP\r\n");
      EXPECT_EQ(one.take(), "d OK done\r\n");
    }
  }
  EXPECT_EQ(store.inbox().messages().size(), 1000u);
}

// Once the client has been told of the copies, the originals go.
TEST_F(TwoSessions, TheMailboxIsDeletedBehindAMove) {
  put(1000);
  auto one = enter();
  const auto target = *store.mailboxes->open("Old");
  one.say("c MOVE 1:* Old\r\n");
  while (one.said.empty()) ASSERT_TRUE(one.step(store.disk));
  EXPECT_TRUE(store.mailboxes->remove("Old"));
  one.go_on(store.disk);
  EXPECT_TRUE(one.take().ends_with("c OK done\r\n"));
  EXPECT_TRUE(store.inbox().messages().empty());
  EXPECT_EQ(target->messages().size(), 1000u);
}

TEST_F(TwoSessions, ExpungedWhileTheyAreCopied) {
  put(1000);
  auto one = enter();
  const auto ask = [&](std::string_view line, std::uint32_t gone) {
    one.say(line);
    EXPECT_TRUE(one.step(store.disk));
    EXPECT_TRUE(store.inbox().remove({gone}));
    one.go_on(store.disk);
    return one.take();
  };
  EXPECT_EQ(ask("c COPY 1:* Old\r\n", 900),
            "c NO [EXPUNGEISSUED] some messages are there no more\r\n");
  EXPECT_TRUE(old().messages().empty());
  EXPECT_EQ(ask("d UID COPY 1:* Old\r\n", 800),
            "* 800 EXPUNGE\r\n* 899 EXPUNGE\r\n"
            "d OK [COPYUID 8 1:799,801:899,901:1000 801:1798] done\r\n");
  EXPECT_TRUE(store.mailboxes->remove("Old"));
  store.mailboxes->add("Old");
  // Its copy is there already.
  EXPECT_EQ(ask("e UID MOVE 1:* Old\r\n", 1),
            "* 1 EXPUNGE\r\n"
            "e NO [EXPUNGEISSUED] some messages are there no more\r\n");
  EXPECT_TRUE(old().messages().empty());
  EXPECT_EQ(store.inbox().messages().size(), 997u);
}

TEST_F(TwoSessions, IdleWatches) {
  put(1);
  auto one = enter();
  EXPECT_FALSE(store.inbox().is_watched());
  one.say("c IDLE\r\n");
  EXPECT_TRUE(store.inbox().is_watched());
  store.inbox().put("new\r\n");
  one.session->changed(one.said);
  EXPECT_EQ(one.take(), "+ idling\r\n* 2 EXISTS\r\n");
  one.session->changed(one.said);
  EXPECT_EQ(one.take(), "");
  one.say("DONE\r\n");
  EXPECT_EQ(one.take(), "c OK done\r\n");
  EXPECT_FALSE(store.inbox().is_watched());
}

}  // namespace
}  // namespace mailtool::serve
