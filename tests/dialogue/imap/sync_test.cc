// What a mirror asks for: EXAMINE, flags and bodies in one flight.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

const std::string kGreeting =
    "S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE QRESYNC ENABLE UNSELECT] hi\n";

class Recorder : public SyncReceiver {
 public:
  Result<void> opened(const SelectedMailbox& mailbox) override {
    heard += "opened " + std::to_string(mailbox.exists) + " " +
             std::to_string(mailbox.highest_modseq.value_or(0)) + "\n";
    if (refuse) return Error{ErrorKind::bad_input, "not this one"};
    return {};
  }
  Result<void> flags(std::uint32_t uid,
                     const std::vector<std::string>& flags) override {
    heard += "flags " + std::to_string(uid) + text(flags) + "\n";
    return {};
  }
  Result<void> vanished(const imap::SequenceSet& uids) override {
    heard += "vanished " + to_wire(uids) + "\n";
    return {};
  }
  bool wanted(std::uint32_t uid) const override { return uid != unwanted; }
  Result<void> begin() override {
    body.clear();
    return {};
  }
  Result<void> write(std::string_view octets) override {
    body += octets;
    return {};
  }
  Result<void> end(const SyncedMessage& message) override {
    heard += "body " + std::to_string(message.uid) + text(message.flags) + " " +
             message.internal_date.value_or("-") + " '" + body + "'\n";
    return {};
  }
  void discard() override { heard += "discarded\n"; }

  std::string heard;
  std::string body;
  std::uint32_t unwanted = 0;
  bool refuse = false;

 private:
  static std::string text(const std::vector<std::string>& flags) {
    std::string all;
    for (const auto& flag : flags) all += " " + flag;
    return all;
  }
};

class ImapSync : public ImapDialogueTest {
 protected:
  void begin(const std::string& rest) {
    play_text(kGreeting + rest);
    ASSERT_TRUE(client->open(false));
  }
  static SyncStart in(std::string_view name) {
    SyncStart start;
    start.mailbox = folder(name);
    start.condstore = true;
    return start;
  }
  Recorder heard;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapSync, testing::Values(4096, 1));

TEST_P(ImapSync, OneFlight) {
  begin(
      "C: A1 ENABLE QRESYNC\n"
      "S: * ENABLED QRESYNC\n"
      "S: A1 OK done\n"
      "C: A2 EXAMINE INBOX (QRESYNC (7 41))\n"
      "C: A3 UID FETCH 5:* (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "S: * 3 EXISTS\n"
      "S: * OK [UIDVALIDITY 7] ok\n"
      "S: * OK [HIGHESTMODSEQ 51] ok\n"
      "S: * VANISHED (EARLIER) 1:2\n"
      "S: * 1 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (50))\n"
      "S: A2 OK [READ-ONLY] done\n"
      "S: * 2 FETCH (UID 5 FLAGS (\\Flagged) INTERNALDATE \"x\" BODY[] {10}\n"
      "S: A3 OK no\n"
      "S: )\n"
      "S: * 3 FETCH (UID 6 BODY[] \"quoted\")\n"
      "S: A3 OK done\n");
  const auto ticket = client->begin_enable("QRESYNC");
  ASSERT_TRUE(ticket && *ticket);
  EXPECT_TRUE(*client->finish_enable(**ticket));
  auto start = in("INBOX");
  start.since = SyncPoint{7, 41};
  SyncQuestion question;
  question.bodies_of = uids("5:*");
  const auto done = client->sync(start, question, heard);
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(heard.heard,
            "vanished 1:2\n"
            "flags 3 \\Seen\n"
            "opened 3 51\n"
            "body 5 \\Flagged x 'A3 OK no\r\n'\n"
            "body 6 - 'quoted'\n");
}

TEST_P(ImapSync, WhatIsSaidOfTheMailboxBeforeIsNotOfThisOne) {
  begin(
      "C: A1 EXAMINE One (CONDSTORE)\n"
      "S: * 1 EXISTS\n"
      "S: A1 OK done\n"
      "C: A2 UNSELECT\n"
      "C: A3 EXAMINE Two (CONDSTORE)\n"
      "C: A4 UID FETCH 1:9 (UID FLAGS) (CHANGEDSINCE 41)\n"
      "S: * VANISHED 4\n"
      "S: * 1 FETCH (UID 3 FLAGS (\\Deleted))\n"
      "S: A2 OK done\n"
      "S: * 2 EXISTS\n"
      "S: * 1 FETCH (UID 3 FLAGS (\\Draft))\n"
      "S: A3 OK done\n"
      "S: * 2 FETCH (UID 8 FLAGS (\\Seen))\n"
      "S: A4 OK done\n");
  ASSERT_TRUE(client->sync(in("One"), {}, heard));
  SyncQuestion question;
  question.flags_of = uids("1:9");
  question.changed_since = 41;
  ASSERT_TRUE(client->sync(in("Two"), question, heard));
  EXPECT_EQ(heard.heard, "opened 1 0\nopened 2 0\nflags 8 \\Seen\n");
  EXPECT_EQ(client->selected()->exists, 2u);
}

// CLOSE would expunge what others have marked \\Deleted.
TEST_P(ImapSync, WithoutUnselectTheNextExamineLeaves) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE QRESYNC ENABLE] hi\n"
      "C: A1 SELECT One\n"
      "S: * 1 EXISTS\n"
      "S: A1 OK [READ-WRITE] done\n"
      "C: A2 EXAMINE Two (CONDSTORE)\n"
      "C: A3 UID FETCH 1:9 (UID FLAGS)\n"
      "S: * 1 FETCH (UID 3 FLAGS (\\Deleted))\n"
      "S: * OK [CLOSED] of the one\n"
      "S: * 2 EXISTS\n"
      "S: A2 OK [READ-ONLY] done\n"
      "S: * 2 FETCH (UID 8 FLAGS (\\Seen))\n"
      "S: A3 OK done\n");
  ASSERT_TRUE(client->open(false));
  const auto opened = client->select(folder("One"), false);
  ASSERT_TRUE(opened && !opened->read_only);
  SyncQuestion question;
  question.flags_of = uids("1:9");
  ASSERT_TRUE(client->sync(in("Two"), question, heard));
  EXPECT_EQ(heard.heard, "opened 2 0\nflags 8 \\Seen\n");
  EXPECT_TRUE(client->selected()->read_only);
}

// What comes before the answer to the first EXAMINE may be of the old mailbox.
TEST_P(ImapSync, WithoutUnselectChangesAreAskedForOnceItIsLeft) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE QRESYNC ENABLE] hi\n"
      "C: A1 EXAMINE One (CONDSTORE)\n"
      "S: A1 OK done\n"
      "C: A2 EXAMINE Two\n"
      "C: A3 EXAMINE Two (QRESYNC (7 41))\n"
      "S: * VANISHED 4\n"
      "S: * 2 EXISTS\n"
      "S: A2 OK done\n"
      "S: * 3 EXISTS\n"
      "S: * VANISHED (EARLIER) 5\n"
      "S: A3 OK done\n");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(client->sync(in("One"), {}, heard));
  auto start = in("Two");
  start.since = SyncPoint{7, 41};
  ASSERT_TRUE(client->sync(start, {}, heard));
  EXPECT_EQ(heard.heard, "opened 0 0\nvanished 5\nopened 3 0\n");
}

// A raw command may have selected a mailbox.
TEST_P(ImapSync, AfterARawCommandAMailboxMayBeSelected) {
  begin(
      "C: A1 SELECT One\n"
      "S: * 1 EXISTS\n"
      "S: A1 OK [READ-WRITE] done\n"
      "C: A2 UNSELECT\n"
      "C: A3 EXAMINE Two (QRESYNC (7 41))\n"
      "S: * VANISHED 4\n"
      "S: A2 OK done\n"
      "S: * 3 EXISTS\n"
      "S: A3 OK done\n"
      "C: A4 UNSELECT\n"
      "C: A5 EXAMINE Two (CONDSTORE)\n"
      "S: A4 OK done\n"
      "S: A5 OK done\n");
  ASSERT_TRUE(client->raw("SELECT One", [](std::string_view) -> Result<void> {
    return {};
  }));
  EXPECT_FALSE(client->selected());
  auto start = in("Two");
  start.since = SyncPoint{7, 41};
  ASSERT_TRUE(client->sync(start, {}, heard));
  EXPECT_EQ(heard.heard, "opened 3 0\n");
  ASSERT_TRUE(client->sync(in("Two"), {}, heard));
}

TEST_P(ImapSync, AccessThatChanges) {
  begin(
      "C: A1 SELECT One\n"
      "S: * OK [READ-ONLY] for now\n"
      "S: A1 OK [READ-WRITE] done\n"
      "C: A2 NOOP\n"
      "S: * OK [READ-ONLY] from now on\n"
      "S: A2 OK done\n");
  const auto opened = client->select(folder("One"), false);
  ASSERT_TRUE(opened && !opened->read_only);
  ASSERT_TRUE(client->noop());
  EXPECT_TRUE(client->selected()->read_only);
}

TEST_P(ImapSync, ARefusedMailboxIsReadToItsEndAndDropped) {
  begin(
      "C: A1 EXAMINE INBOX (CONDSTORE)\n"
      "C: A2 UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "S: * 1 EXISTS\n"
      "S: A1 OK done\n"
      "S: * 1 FETCH (UID 1 FLAGS () BODY[] {4}\n"
      "S: ab\n"
      "S: )\n"
      "S: A2 OK done\n"
      "C: A3 UNSELECT\n"
      "C: A4 EXAMINE Nope (CONDSTORE)\n"
      "C: A5 UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "S: A3 OK done\n"
      "S: A4 NO [NONEXISTENT] no\n"
      "S: A5 BAD no mailbox\n");
  SyncQuestion question;
  question.bodies_of = uids("1:*");
  heard.refuse = true;
  EXPECT_EQ(client->sync(in("INBOX"), question, heard).error().kind,
            ErrorKind::bad_input);
  EXPECT_EQ(heard.heard, "opened 1 0\n");
  EXPECT_EQ(client->sync(in("Nope"), question, heard).error().kind,
            ErrorKind::no_such_item);
  EXPECT_EQ(heard.heard, "opened 1 0\n");
}

TEST_P(ImapSync, BodiesInEveryShape) {
  begin(
      "C: A1 EXAMINE INBOX (CONDSTORE)\n"
      "S: * 9 EXISTS\n"
      "S: A1 OK done\n"
      "C: A2 UID FETCH 1:6,9 (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "S: * 1 FETCH (BODY[] {4}\n"
      "S: ab\n"
      "S:  UID 1)\n"
      "S: * 2 FETCH (UID 2 FLAGS (\\Seen))\n"
      "S: * 2 FETCH (BODY[] {4}\n"
      "S: cd\n"
      "S: )\n"
      "S: * 1 FETCH (UID 1 BODY[] {4}\n"
      "S: no\n"
      "S: )\n"
      "S: * 7 FETCH (UID 7 BODY[] {4}\n"
      "S: no\n"
      "S: )\n"
      "S: * 7 FETCH (BODY[] {4}\n"
      "S: no\n"
      "S:  UID 7)\n"
      "S: * 3 FETCH (UID 3 BODY[] NIL)\n"
      "S: * 4 FETCH (BODY[] {4}\n"
      "S: no\n"
      "S: )\n"
      "S: * 9 FETCH (UID 9 BODY[] {4}\n"
      "S: no\n"
      "S: )\n"
      "S: * 5 FETCH (UID 5 BODY[] {0}\n"
      "S: )\n"
      "S: A2 NO [LIMIT] not all\n");
  ASSERT_TRUE(client->sync(in("INBOX"), {}, heard));
  heard.heard.clear();
  heard.unwanted = 9;
  SyncQuestion question;
  question.bodies_of = uids("1:6,9");
  EXPECT_EQ(client->sync(question, heard).error().kind, ErrorKind::deferred);
  EXPECT_EQ(heard.heard,
            "body 1 - 'ab\r\n'\n"
            "flags 2 \\Seen\n"
            "body 2 \\Seen - 'cd\r\n'\n"
            "discarded\n"
            "discarded\n"
            "body 5 - ''\n");
}

TEST_P(ImapSync, EachForItself) {
  begin(
      "C: A1 UID FETCH 4 (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "C: A2 UID FETCH 5 (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "S: A1 NO cannot\n"
      "S: * 1 FETCH (UID 5 FLAGS () BODY[] {2}\n"
      "S-ab\n"
      "S: )\n"
      "S: A2 OK done\n");
  SyncQuestion question;
  question.bodies_of = uids("4:5");
  question.one_by_one = true;
  EXPECT_EQ(client->sync(question, heard).error().server_said, "NO cannot");
  EXPECT_EQ(heard.heard, "body 5 - 'ab'\n");
}

// RFC 9738: from the highest UID down.
TEST_P(ImapSync, WhatAServerLeavesOutIsAskedFor) {
  begin(
      "C: A1 EXAMINE INBOX (CONDSTORE)\n"
      "C: A2 UID FETCH 1:9 (UID FLAGS) (CHANGEDSINCE 4)\n"
      "C: A3 UID FETCH 10:* (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "S: * 4 EXISTS\n"
      "S: A1 OK done\n"
      "S: * 2 FETCH (UID 9 FLAGS (\\Seen))\n"
      "S: A2 OK [MESSAGELIMIT 1 9] some\n"
      "S: * 4 FETCH (UID 12 FLAGS () BODY[] \"d\")\n"
      "S: A3 OK [MESSAGELIMIT 1 12] some\n"
      "C: A4 UID FETCH 1:8 (UID FLAGS) (CHANGEDSINCE 4)\n"
      "C: A5 UID FETCH 10:11 (UID FLAGS INTERNALDATE BODY.PEEK[])\n"
      "S: * 1 FETCH (UID 2 FLAGS ())\n"
      "S: A4 OK [MESSAGELIMIT 1 1] all\n"
      "S: * 3 FETCH (UID 11 FLAGS () BODY[] \"c\")\n"
      "S: A5 OK done\n");
  SyncQuestion question;
  question.flags_of = uids("1:9");
  question.changed_since = 4;
  question.bodies_of = uids("10:*");
  const auto done = client->sync(in("INBOX"), question, heard);
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(heard.heard,
            "opened 4 0\n"
            "flags 9 \\Seen\n"
            "body 12 - 'd'\n"
            "flags 2\n"
            "body 11 - 'c'\n");
}

TEST_P(ImapSync, APartThatIsNotNamedIsRefused) {
  begin(
      "C: A1 EXAMINE INBOX (CONDSTORE)\n"
      "C: A2 UID FETCH 1:9 (UID FLAGS)\n"
      "S: A1 OK done\n"
      "S: A2 OK [MESSAGELIMIT 1] some\n");
  SyncQuestion question;
  question.flags_of = uids("1:9");
  EXPECT_EQ(client->sync(in("INBOX"), question, heard).error().kind,
            ErrorKind::rejected);
}

TEST_P(ImapSync, StatusOfChanges) {
  begin(
      "C: A1 LIST \"\" \"*\"\n"
      "S: * LIST () \"/\" INBOX\n"
      "S: A1 OK done\n"
      "C: A2 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)\n"
      "S: * STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7 HIGHESTMODSEQ 5)\n"
      "S: A2 OK done\n");
  ListQuestion question;
  question.status = question.only_changes = true;
  const auto listed = client->list(question);
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().status->highest_modseq, 5u);
}

}  // namespace
}  // namespace mailtool::client
