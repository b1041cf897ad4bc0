// Odd answers to what changes messages: never more is deleted than was copied,
// nothing is reported that was not done.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Method = MoveOutcome::Method;

class ImapOddChanges : public ImapDialogueTest {
 protected:
  void in(const std::string& capabilities, const std::string& rest) {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 " + capabilities + "] hi\n" +
              rest);
    ASSERT_TRUE(client->open(false));
  }
  Result<MoveOutcome> move(std::string_view set) {
    return client->move(uids(set), folder("Archive"), false);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapOddChanges, testing::Values(4096, 1));

// Nothing of a COPYUID that makes no sense is shown, and the move stands.
TEST_P(ImapOddChanges, CopyUidOfStrangeForm) {
  for (const std::string code :
       {"* OK [COPYUID 5] odd", "* OK [COPYUID 5 2 *] odd",
        "* OK [COPYUID 5 1:4294967295 1:4294967295] odd",
        "* OK [COPYUID 0 2 9] odd", "* [COPYUID 5", "* OK [COPYUID] odd"}) {
    in("MOVE", "C: A1 UID MOVE 2 Archive\nS: " + code +
                   "\nS: * 1 EXPUNGE\nS: A1 OK done\n");
    const auto moved = move("2");
    ASSERT_TRUE(moved) << code;
    EXPECT_FALSE(moved->copied) << code;
    EXPECT_EQ(moved->messages, 1u) << code;
  }
}

TEST_P(ImapOddChanges, CopyUidWithoutOk) {
  in("MOVE",
     "C: A1 UID MOVE 2 Archive\n"
     "S: * [COPYUID 5 2 9] moved\n"
     "S: * 1 EXPUNGE\n"
     "S: A1 OK done\n");
  const auto moved = move("2");
  ASSERT_TRUE(moved) << moved.error().one_line();
  EXPECT_EQ(to_wire(moved->copied->target), "9");
}

TEST_P(ImapOddChanges, CopyUidOfHalfAMegabyte) {
  imap::SequenceSet all;
  for (std::uint32_t uid = 1'000'000; uid < 1'060'000; uid += 2) all.add(uid);
  in("MOVE", "C: A1 UID MOVE 2 Archive\nS: A1 OK [COPYUID 5 " + to_wire(all) +
                 " " + to_wire(all) + "] done\n");
  const auto moved = move("2");
  ASSERT_TRUE(moved) << moved.error().one_line();
  EXPECT_EQ(moved->copied->target.count(), 30'000u);
}

TEST_P(ImapOddChanges, NoMessagesFoundIsNoneMoved) {
  in("MOVE UIDPLUS",
     "C: A1 UID MOVE 2 Archive\n"
     "S: A1 OK No messages found.\n"
     "C: A2 UID COPY 2 Archive\n"
     "S: A2 OK No messages found.\n"
     "C: A3 UID MOVE 2 Archive\n"
     "S: A3 OK done\n"
     "C: A4 UID STORE 2 +FLAGS.SILENT (\\Seen)\n"
     "S: A4 OK No messages found.\n");
  EXPECT_EQ(move("2")->messages, 0u);
  EXPECT_EQ(client->copy(uids("2"), folder("Archive"))->messages, 0u);
  EXPECT_EQ(move("2")->messages, 0u);
  EXPECT_TRUE(client->store(uids("2"), true, {"\\Seen"}));
}

// Without MOVE: nothing was copied, so nothing is deleted.
TEST_P(ImapOddChanges, NothingCopiedNothingDeleted) {
  in("UIDPLUS",
     "C: A1 UID COPY 2 Archive\n"
     "S: A1 OK No messages found.\n");
  const auto moved = move("2");
  ASSERT_TRUE(moved) << moved.error().one_line();
  EXPECT_EQ(moved->messages, 0u);
}

// Of three messages one was copied: the others are left alone.
TEST_P(ImapOddChanges, OnlyWhatWasCopiedIsDeleted) {
  in("UIDPLUS",
     "C: A1 UID COPY 2,4,6 Archive\n"
     "S: A1 OK [COPYUID 7 4,9 10,11] copied\n"
     "C: A2 UID STORE 4 +FLAGS.SILENT (\\Deleted)\n"
     "S: A2 OK done\n"
     "C: A3 UID EXPUNGE 4\n"
     "S: A3 OK done\n");
  const auto moved = move("2,4,6");
  ASSERT_TRUE(moved) << moved.error().one_line();
  EXPECT_EQ(moved->method, Method::copy_expunge);
}

// RFC 9738: an OK to a part. Nothing is deleted after it.
TEST_P(ImapOddChanges, OkToAPartOfTheCopy) {
  in("UIDPLUS MESSAGELIMIT=1",
     "C: A1 UID COPY 2,4 Archive\n"
     "S: A1 OK [MESSAGELIMIT 1 2] only one\n");
  const auto moved = move("2,4");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, ErrorKind::rejected);
}

// Exchange says "+" where nobody waits for it.
TEST_P(ImapOddChanges, PlusWithinAndBetween) {
  in("MOVE",
     "C: A1 UID MOVE 2 Archive\n"
     "S: + idling\n"
     "S: * 1 EXPUNGE\n"
     "S: +\n"
     "S: A1 OK done\n"
     "C: A2 UID MOVE 4 Archive\n"
     "S: + \n"
     "S: A2 OK done\n");
  EXPECT_TRUE(move("2"));
  EXPECT_TRUE(move("4"));
}

}  // namespace
}  // namespace mailtool::client
