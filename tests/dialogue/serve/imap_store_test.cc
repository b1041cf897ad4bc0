// The IMAP server's side: flags that several sessions change.

#include "two_sessions.h"

namespace mailtool::serve {
namespace {

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

TEST_F(TwoSessions, ABitThatMeansAnotherKeywordIsToldOf) {
  put(2);
  const auto bit = *store.inbox().keyword("old");
  (void)store.inbox().set_flags(1, bit);
  auto one = enter();
  (void)store.inbox().set_flags(1, 0);
  store.inbox().counts = false;
  store.inbox().rename_keyword(0, "new");
  (void)store.inbox().set_flags(1, bit);
  one.say("c NOOP\r\n");
  EXPECT_EQ(one.take(),
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft new)\r\n"
            "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen "
            "\\Draft new \\*)] kept\r\n"
            "* 1 FETCH (UID 1 FLAGS (new))\r\n"
            "c OK done\r\n");
  one.say("d NOOP\r\n");
  EXPECT_EQ(one.take(), "d OK done\r\n");
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

// A conditional STORE once said nothing of it where others had changed since.
TEST_F(TwoSessions, NumbersOfWhatIsExpungedInAConditionalStore) {
  put(3);
  auto one = enter();
  EXPECT_TRUE(store.inbox().remove({2}));
  const auto ask = [&](std::string_view line) {
    one.say(line);
    one.go_on(store.disk);
    return one.take();
  };
  const auto first =
      ask("c STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS (\\Seen)\r\n");
  EXPECT_TRUE(first.ends_with(
      "\r\nc NO [MODIFIED 1,3] some messages are there no more\r\n"))
      << first;
  EXPECT_EQ(ask("d STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\\Seen)\r\n"),
            "d OK [MODIFIED 1,3] these have changed since\r\n");
  EXPECT_EQ(ask("e STORE 2 (UNCHANGEDSINCE 0) +FLAGS (\\Seen)\r\n"),
            "e NO [EXPUNGEISSUED] some messages are there no more\r\n");
  EXPECT_EQ(ask("f UID STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS (\\Seen)\r\n"),
            "* 2 EXPUNGE\r\n"
            "f OK [MODIFIED 1,3] these have changed since\r\n");
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

// All of those that a command names, or none; and it is told why.
TEST_F(TwoSessions, KeywordsThatCannotBeMade) {
  put(1);
  auto one = enter();
  const auto ask = [&](std::string_view line) {
    one.say(line);
    one.go_on(store.disk);
    return one.take();
  };
  EXPECT_EQ(ask("c STORE 1 +FLAGS (a b c d)\r\n"),
            "c NO [LIMIT] no room for another keyword\r\n");
  EXPECT_EQ(ask("d NOOP\r\n"), "d OK done\r\n");
  EXPECT_TRUE(store.inbox().keywords().empty());
  store.inbox().broken = Error{ErrorKind::local_io, "disk is full"};
  EXPECT_EQ(ask("e STORE 1 +FLAGS (a)\r\n"),
            "e NO [SERVERBUG] disk is full\r\n");
  EXPECT_EQ(ask("f APPEND INBOX (a) {3+}\r\na\r\n\r\n"),
            "f NO [SERVERBUG] disk is full\r\n");
  store.inbox().broken = Error{ErrorKind::rejected, "[INUSE] not now"};
  EXPECT_EQ(ask("g STORE 1 +FLAGS (a)\r\n"), "g NO [INUSE] not now\r\n");
  EXPECT_EQ(ask("h APPEND INBOX (a) {3+}\r\na\r\n\r\n"),
            "h NO [INUSE] not now\r\n");
}

TEST_F(TwoSessions, BitsThatMeanNothingAreNotShown) {
  put(1);
  (void)store.inbox().make_keywords({"a", "b"});
  store.inbox().rename_keyword(0, "");
  auto one = enter();
  one.say("c STORE 1 FLAGS (c)\r\n");
  one.go_on(store.disk);
  const std::string flags = "(\\Answered \\Flagged \\Deleted \\Seen \\Draft b c";
  EXPECT_EQ(one.take(), "* FLAGS " + flags + ")\r\n* OK [PERMANENTFLAGS " +
                            flags + ")] kept\r\n"
                            "* 1 FETCH (UID 1 FLAGS (c))\r\nc OK done\r\n");
  one.say("d SEARCH UNKEYWORD b KEYWORD c\r\n");
  one.go_on(store.disk);
  EXPECT_EQ(one.take(), "* SEARCH 1\r\nd OK done\r\n");
}

}  // namespace
}  // namespace mailtool::serve
