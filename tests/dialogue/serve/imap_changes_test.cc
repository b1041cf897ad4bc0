// The IMAP server's side: many messages, and several sessions, that change them.

#include <initializer_list>

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

/// Two clients of one mailbox, a call of a session at a time.
class TwoSessions : public testing::Test {
 protected:
  struct Client {
    std::unique_ptr<Session> session;
    std::string said;

    std::string take() { return std::exchange(said, {}); }
    void say(std::string_view line) {
      while (!line.empty() && session->wait() == Wait::octets) {
        line.remove_prefix(session->feed(line, said));
      }
    }
    // One portion, or one verdict; false where it waits for the client.
    bool step(FakeDisk& disk) {
      if (session->wait() == Wait::room) {
        session->more(said);
      } else if (session->wait() == Wait::verdict) {
        ++disk.synced;
        session->settled(said);
      } else {
        return false;
      }
      return true;
    }
    int go_on(FakeDisk& disk) {
      int steps = 0;
      while (step(disk)) ++steps;
      return steps;
    }
  };

  void SetUp() override {
    settings.clear_text_login = true;
    store.mailboxes->add("Old");
  }
  Client enter() {
    Client client{make_imap_session(settings, store, users), {}};
    client.session->begin(client.said);
    client.say("a LOGIN alice secret\r\n");
    client.say("b SELECT INBOX\r\n");
    client.said.clear();
    return client;
  }
  FakeMailbox& old() { return store.mailboxes->box("Old"); }
  void put(int count, Flags flags = 0) {
    for (int i = 0; i < count; ++i) store.inbox().put("a\r\n", flags);
  }

  ImapSettings settings{.host = "mx"};
  FakeStore store;
  FakeUsers users;
};

TEST_F(TwoSessions, ALongStoreGivesWay) {
  put(1000);
  auto one = enter();
  auto other = enter();
  one.say("c STORE 1:* +FLAGS.SILENT (\\Seen)\r\n");
  EXPECT_EQ(one.session->wait(), Wait::room);
  other.say("c NOOP\r\n");
  const auto told = other.take();
  EXPECT_NE(told.find("* 1 FETCH (UID 1 FLAGS (\\Seen))"), told.npos);
  EXPECT_EQ(told.find("* 1000 FETCH"), told.npos);
  EXPECT_GE(one.go_on(store.disk), 3);
  EXPECT_EQ(one.take(), "c OK done\r\n");
  EXPECT_EQ(store.inbox().messages()[999].flags, kSeen);
}

// What a SEARCH reads in between is not what the client knows, and is right again
// once it has been told.
TEST_F(TwoSessions, FlagsThatAreBackAreTold) {
  put(200);
  auto one = enter();
  auto other = enter();
  one.say("c STORE 1 +FLAGS.SILENT (\\Seen)\r\n");
  one.go_on(store.disk);
  other.say("c SEARCH UNSEEN NOT TEXT b\r\n");
  EXPECT_EQ(other.session->wait(), Wait::room);
  one.say("d STORE 1 -FLAGS.SILENT (\\Seen)\r\n");
  one.go_on(store.disk);
  EXPECT_EQ(one.take(), "c OK done\r\nd OK done\r\n");
  other.go_on(store.disk);
  const auto found = other.take();
  EXPECT_EQ(found.rfind("* SEARCH 2 3 ", 0), 0u) << found;
  EXPECT_NE(found.find("\r\n* 1 FETCH (UID 1 FLAGS ())\r\nc OK"), found.npos)
      << found;
  other.say("d NOOP\r\n");
  EXPECT_EQ(other.take(), "d OK done\r\n");
}

TEST_F(TwoSessions, ModseqsAreToldWhereFlagsAreBack) {
  put(2);
  auto one = enter();
  auto other = enter();
  other.say("c ENABLE CONDSTORE\r\n");
  other.take();
  one.say("c STORE 1 +FLAGS (\\Seen)\r\n");
  one.go_on(store.disk);
  one.say("d STORE 1 -FLAGS (\\Seen)\r\n");
  one.go_on(store.disk);
  other.say("d STORE 1:2 (UNCHANGEDSINCE 10) +FLAGS (\\Flagged)\r\n");
  other.go_on(store.disk);
  EXPECT_EQ(other.take(),
            "* 2 FETCH (UID 2 FLAGS (\\Flagged) MODSEQ (13))\r\n"
            "* 1 FETCH (UID 1 FLAGS () MODSEQ (12))\r\n"
            "d OK [MODIFIED 1] these have changed since\r\n");
  other.say("e NOOP\r\n");
  EXPECT_EQ(other.take(), "e OK done\r\n");
}

TEST_F(TwoSessions, SilentIsOfOnesOwnChangeAlone) {
  put(1);
  auto one = enter();
  auto other = enter();
  one.say("c STORE 1 +FLAGS (\\Seen)\r\n");
  one.go_on(store.disk);
  one.say("d STORE 1 -FLAGS (\\Seen)\r\n");
  one.go_on(store.disk);
  other.say("c STORE 1 +FLAGS.SILENT (\\Draft)\r\n");
  other.go_on(store.disk);
  EXPECT_EQ(other.take(), "* 1 FETCH (UID 1 FLAGS (\\Draft))\r\nc OK done\r\n");
  other.say("d STORE 1 -FLAGS.SILENT (\\Draft)\r\n");
  other.go_on(store.disk);
  EXPECT_EQ(other.take(), "d OK done\r\n");
}

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

// RFC 2180 sections 4.2 and 4.4: numbers of what another has expunged.
TEST_F(TwoSessions, NumbersOfWhatIsExpunged) {
  put(3);
  auto one = enter();
  auto other = enter();
  other.say("c STORE 2 +FLAGS.SILENT (\\Deleted)\r\n");
  other.go_on(store.disk);
  other.say("d EXPUNGE\r\n");
  other.go_on(store.disk);
  const auto ask = [&](std::string_view line) {
    one.say(line);
    one.go_on(store.disk);
    return one.take();
  };
  EXPECT_EQ(ask("c STORE 1:3 +FLAGS (\\Seen)\r\n"),
            "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n"
            "* 3 FETCH (UID 3 FLAGS (\\Seen))\r\n"
            "c NO [EXPUNGEISSUED] some messages are there no more\r\n");
  EXPECT_EQ(ask("d STORE 2 +FLAGS.SILENT (\\Seen)\r\n"), "d OK done\r\n");
  EXPECT_EQ(ask("e COPY 1:3 Old\r\n"),
            "e NO [EXPUNGEISSUED] some messages are there no more\r\n");
  EXPECT_TRUE(old().messages().empty());
  EXPECT_EQ(ask("f UID COPY 1:3 Old\r\n"),
            "* 2 EXPUNGE\r\nf OK [COPYUID 8 1,3 1:2] done\r\n");
}

// Two that claim the same message: one has it.
TEST_F(TwoSessions, UnchangedSinceIsAClaim) {
  put(1);
  auto one = enter();
  auto other = enter();
  const auto claim = "c UID STORE 1 (UNCHANGEDSINCE 10) +FLAGS.SILENT (\\Seen)\r\n";
  one.say(claim);
  other.say(claim);
  one.go_on(store.disk);
  other.go_on(store.disk);
  EXPECT_EQ(one.take(),
            "* OK [HIGHESTMODSEQ 10] the highest\r\n"
            "* 1 FETCH (UID 1 MODSEQ (11))\r\nc OK done\r\n");
  EXPECT_EQ(other.take(),
            "* OK [HIGHESTMODSEQ 11] the highest\r\n"
            "* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (11))\r\n"
            "c OK [MODIFIED 1] these have changed since\r\n");
}

// .SILENT is of what the command changes, not of what others have.
TEST_F(TwoSessions, SilentOfItsOwnChangeAlone) {
  put(1);
  auto one = enter();
  auto other = enter();
  const auto ask = [&](Client& who, std::string_view line) {
    who.say(line);
    who.go_on(store.disk);
    return who.take();
  };
  (void)ask(other, "c STORE 1 +FLAGS.SILENT (\\Answered)\r\n");
  EXPECT_EQ(ask(one, "c STORE 1 -FLAGS.SILENT ()\r\n"),
            "* 1 FETCH (UID 1 FLAGS (\\Answered))\r\nc OK done\r\n");
  (void)ask(other, "d STORE 1 +FLAGS.SILENT (\\Seen)\r\n");
  EXPECT_EQ(ask(one, "d STORE 1 +FLAGS.SILENT (\\Flagged)\r\n"),
            "* 1 FETCH (UID 1 FLAGS (\\Answered \\Flagged \\Seen))\r\n"
            "d OK done\r\n");
  EXPECT_EQ(ask(one, "e STORE 1 FLAGS.SILENT (\\Draft)\r\n"), "e OK done\r\n");
  EXPECT_EQ(ask(one, "f NOOP\r\n"), "f OK done\r\n");
}

TEST_F(TwoSessions, KeywordsUntilThereIsNoRoom) {
  put(1);
  auto one = enter();
  auto other = enter();
  one.say("c STORE 1 FLAGS.SILENT (a b)\r\n");
  one.go_on(store.disk);
  const std::string flags = "(\\Answered \\Flagged \\Deleted \\Seen \\Draft a b";
  EXPECT_EQ(one.take(), "* FLAGS " + flags + ")\r\n* OK [PERMANENTFLAGS " +
                            flags + " \\*)] kept\r\nc OK done\r\n");
  one.say("d STORE 1 FLAGS.SILENT (c)\r\n");
  one.go_on(store.disk);
  EXPECT_EQ(one.take(), "* FLAGS " + flags + " c)\r\n* OK [PERMANENTFLAGS " +
                            flags + " c)] kept\r\nd OK done\r\n");
  one.say("e STORE 1 FLAGS (d)\r\n");
  EXPECT_EQ(one.take(), "e NO [LIMIT] no room for another keyword\r\n");
  one.say("f STORE 1 FLAGS (d \\Wrong)\r\n");
  EXPECT_EQ(one.take(), "f BAD no such flag\r\n");
  one.say("g APPEND INBOX (c d) {3+}\r\na\r\n\r\n");
  EXPECT_EQ(one.take(), "g NO [LIMIT] no room for another keyword\r\n");
  other.say("c NOOP\r\n");
  EXPECT_EQ(other.take(), "* FLAGS " + flags + " c)\r\n* OK [PERMANENTFLAGS " +
                              flags + " c)] kept\r\n"
                              "* 1 FETCH (UID 1 FLAGS (c))\r\nc OK done\r\n");
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
