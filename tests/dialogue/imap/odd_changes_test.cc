// Odd answers to what changes messages: never more is deleted than was copied,
// nothing is reported that was not done.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Method = ChangeMethod;
using Kind = ImapChange::Kind;

class ImapOddChanges : public ImapDialogueTest {
 protected:
  ChangeReport move(std::string_view set) { return change(Kind::move, set); }
  // Of 2 and 4, of which the server expunges some and says OK; `then` it is
  // asked whether they are still there.
  ChangeReport erase_two(const std::string& stored, const std::string& expunged,
                         const std::string& then) {
    play_in("UIDPLUS",
            "C: A1 UID STORE 2,4 +FLAGS.SILENT (\\Deleted)\n" + stored +
                "S: A1 OK done\nC: A2 UID EXPUNGE 2,4\n" + expunged +
                "S: A2 OK done\nC: A3 UID SEARCH UID 2,4\nS: * SEARCH" + then +
                "\nS: A3 OK done\n");
    return change(Kind::erase, "2,4");
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapOddChanges, testing::Values(4096, 1));

// Nothing of a COPYUID that makes no sense is shown, and the move stands.
TEST_P(ImapOddChanges, CopyUidOfStrangeForm) {
  for (const std::string code :
       {"* OK [COPYUID 5] odd", "* OK [COPYUID 5 2 *] odd",
        "* OK [COPYUID 5 1:4294967295 1:4294967295] odd",
        "* OK [COPYUID 0 2 9] odd", "* [COPYUID 5", "* OK [COPYUID] odd"}) {
    play_in("MOVE", "C: A1 UID MOVE 2 Archive\nS: " + code +
                        "\nS: * 1 EXPUNGE\nS: A1 OK done\n");
    const auto moved = move("2");
    ASSERT_TRUE(moved.whole()) << code;
    EXPECT_FALSE(moved.copied) << code;
    EXPECT_EQ(moved.messages, 1u) << code;
  }
}

TEST_P(ImapOddChanges, CopyUidWithoutOk) {
  play_in("MOVE",
          "C: A1 UID MOVE 2 Archive\n"
          "S: * [COPYUID 5 2 9] moved\n"
          "S: * 1 EXPUNGE\n"
          "S: A1 OK done\n");
  const auto moved = move("2");
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(to_wire(moved.copied->target), "9");
}

TEST_P(ImapOddChanges, CopyUidOfHalfAMegabyte) {
  imap::SequenceSet all;
  for (std::uint32_t uid = 1'000'000; uid < 1'060'000; uid += 2) all.add(uid);
  play_in("MOVE",
          "C: A1 UID MOVE 1000000:1060000 Archive\nS: A1 OK [COPYUID 5 " +
              to_wire(all) + " " + to_wire(all) + "] done\n");
  const auto moved = move("1000000:1060000");
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(moved.copied->target.count(), 30'000u);
  EXPECT_EQ(moved.changed, all);
  EXPECT_EQ(moved.gone.count(), 30'001u);
}

// Other messages than were asked for: no original is touched.
TEST_P(ImapOddChanges, CopyUidOfOthers) {
  play_in("UIDPLUS",
          "C: A1 UID COPY 2,4 Archive\n"
          "S: A1 OK [COPYUID 5 2,6 9:10] done\n");
  const auto moved = move("2,4");
  ASSERT_FALSE(moved.whole());
  EXPECT_EQ(moved.stopped_by->kind, ErrorKind::protocol);
  EXPECT_FALSE(moved.copied);
  EXPECT_EQ(to_wire(moved.copied_only), "2,4");
}

TEST_P(ImapOddChanges, NoMessagesFoundIsNoneMoved) {
  play_in("MOVE UIDPLUS",
          "C: A1 UID MOVE 2 Archive\n"
          "S: A1 OK No messages found.\n"
          "C: A2 UID COPY 2 Archive\n"
          "S: A2 OK No messages found.\n"
          "C: A3 UID MOVE 2 Archive\n"
          "S: A3 OK done\n"
          "C: A4 UID STORE 2 +FLAGS.SILENT (\\Seen)\n"
          "S: A4 OK No messages found.\n");
  EXPECT_EQ(move("2").messages, 0u);
  const auto copied = change(Kind::copy, "2");
  EXPECT_EQ(copied.messages, 0u);
  EXPECT_EQ(to_wire(copied.gone), "2");
  EXPECT_EQ(move("2").messages, 0u);
  const auto flagged = flag("2", {"\\Seen"});
  EXPECT_TRUE(flagged.whole());
  EXPECT_EQ(flagged.messages, 0u);
}

// Without MOVE: nothing was copied, so nothing is deleted.
TEST_P(ImapOddChanges, NothingCopiedNothingDeleted) {
  play_in("UIDPLUS",
          "C: A1 UID COPY 2 Archive\n"
          "S: A1 OK No messages found.\n");
  const auto moved = move("2");
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(moved.messages, 0u);
}

// UIDPLUS, and an OK that names no copy: the originals stay.
TEST_P(ImapOddChanges, OkWithoutCopyUid) {
  play_in("UIDPLUS",
          "C: A1 UID COPY 2,4 Archive\n"
          "S: A1 OK done\n");
  const auto moved = move("2,4");
  ASSERT_FALSE(moved.whole());
  EXPECT_EQ(moved.stopped_by->kind, ErrorKind::rejected);
  EXPECT_TRUE(moved.changed.empty());
  EXPECT_EQ(to_wire(moved.copied_only), "2,4");
}

// Of three messages one was copied: the others are left alone.
TEST_P(ImapOddChanges, OnlyWhatWasCopiedIsDeleted) {
  play_in("UIDPLUS",
          "C: A1 UID COPY 2,4,6 Archive\n"
          "S: A1 OK [COPYUID 7 4 10] copied\n"
          "C: A2 UID STORE 4 +FLAGS.SILENT (\\Deleted)\n"
          "S: A2 OK done\n"
          "C: A3 UID EXPUNGE 4\n"
          "S: * 1 EXPUNGE\n"
          "S: A3 OK done\n");
  const auto moved = move("2,4,6");
  expect_changed(moved, "4");
  EXPECT_EQ(moved.method, Method::copy_expunge);
  EXPECT_EQ(to_wire(moved.gone), "2,6");
}

// A MOVE that ends in its midst: what COPYUID names, and as many EXPUNGE bear
// out, was moved.
TEST_P(ImapOddChanges, MovedInPart) {
  const std::string part =
      "C: A1 UID MOVE 1:5 Archive\n"
      "S: * OK [COPYUID 9 1:3 7:9] moved\n"
      "S: * 1 EXPUNGE\n"
      "S: * 1 EXPUNGE\n"
      "S: * 1 EXPUNGE\n";
  play_in("MOVE UIDPLUS", part + "S: A1 NO [OVERQUOTA] full\n");
  const auto refused = move("1:5");
  EXPECT_FALSE(refused.whole());
  EXPECT_EQ(to_wire(refused.changed), "1:3");
  EXPECT_EQ(to_wire(refused.unchanged), "4:5");
  EXPECT_EQ(refused.messages, 3u);
  EXPECT_TRUE(refused.all_copies_told);
  play_in("MOVE UIDPLUS", part + "S: * BYE bye\n<server closes>\n");
  const auto cut = move("1:5");
  EXPECT_FALSE(cut.whole());
  EXPECT_EQ(to_wire(cut.changed), "1:3");
  EXPECT_EQ(to_wire(cut.unknown), "4:5");
  EXPECT_EQ(to_wire(cut.copied->target), "7:9");
}

// Copied, but nothing was expunged before the NO: the copies may stand or not.
TEST_P(ImapOddChanges, CopiedAndNotExpunged) {
  play_in("MOVE UIDPLUS",
          "C: A1 UID MOVE 1:5 Archive\n"
          "S: * OK [COPYUID 9 1:3 7:9] copied\n"
          "S: A1 NO [OVERQUOTA] full\n");
  const auto moved = move("1:5");
  EXPECT_TRUE(moved.changed.empty());
  EXPECT_EQ(to_wire(moved.unknown), "1:3");
  EXPECT_EQ(to_wire(moved.unchanged), "4:5");
}

// Of two messages the server expunges one and says OK: one is still there.
TEST_P(ImapOddChanges, ExpungeOfAPart) {
  const auto gone = erase_two("", "S: * 1 EXPUNGE\n", " 4");
  ASSERT_FALSE(gone.whole());
  EXPECT_EQ(to_wire(gone.changed), "2");
  EXPECT_EQ(to_wire(gone.marked_only), "4");
}

// The mark was not kept: what is not \Deleted is still there all the same.
TEST_P(ImapOddChanges, NothingExpunged) {
  const auto gone = erase_two("", "", " 2 4");
  ASSERT_FALSE(gone.whole());
  EXPECT_EQ(gone.stopped_by->kind, ErrorKind::rejected);
  EXPECT_TRUE(gone.changed.empty());
  EXPECT_EQ(to_wire(gone.marked_only), "2,4");
}

// Others were faster: that is success, too.
TEST_P(ImapOddChanges, ExpungedByOthers) {
  expect_changed(erase_two("S: * 1 EXPUNGE\n", "S: * 1 EXPUNGE\n", ""), "2,4");
}

// Exchange says "+" where nobody waits for it.
TEST_P(ImapOddChanges, PlusWithinAndBetween) {
  play_in("MOVE",
          "C: A1 UID MOVE 2 Archive\n"
          "S: + idling\n"
          "S: * 1 EXPUNGE\n"
          "S: +\n"
          "S: A1 OK done\n"
          "C: A2 UID MOVE 4 Archive\n"
          "S: + \n"
          "S: A2 OK done\n");
  EXPECT_TRUE(move("2").whole());
  EXPECT_TRUE(move("4").whole());
}

}  // namespace
}  // namespace mailtool::client
