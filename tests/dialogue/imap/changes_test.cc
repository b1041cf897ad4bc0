#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Method = MoveOutcome::Method;

class ImapChanges : public ImapDialogueTest {
 protected:
  Result<MoveOutcome> move(std::string_view set, bool allow_marked = false) {
    return client->move(uids(set), folder("Archive"), allow_marked);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapChanges, testing::Values(4096, 1));

TEST_P(ImapChanges, Move) {
  play_in("move");
  const auto moved = move("2,4");
  ASSERT_TRUE(moved) << moved.error().one_line();
  EXPECT_EQ(moved->method, Method::move);
  ASSERT_TRUE(moved->copied);
  EXPECT_EQ(moved->copied->uidvalidity, 7u);
  EXPECT_EQ(to_wire(moved->copied->target), "10:11");
}

TEST_P(ImapChanges, MoveByUidplus) {
  play_in("move-by-uidplus");
  const auto moved = move("2,4");
  ASSERT_TRUE(moved) << moved.error().one_line();
  EXPECT_EQ(moved->method, Method::copy_expunge);
}

TEST_P(ImapChanges, NothingIsMarkedWhenTheCopyFails) {
  play_in("move-copy-fails");
  const auto moved = move("2,4");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, ErrorKind::rejected);
  EXPECT_NE(moved.error().one_line().find("OVERQUOTA"), std::string::npos);
}

TEST_P(ImapChanges, MoveUnsupported) {
  play_in("move-unsupported");
  EXPECT_EQ(move("2").error().kind, ErrorKind::unsupported);
}

TEST_P(ImapChanges, MoveLeavesTheOriginalsMarked) {
  play_in("move-marked");
  const auto moved = move("2", true);
  ASSERT_TRUE(moved) << moved.error().one_line();
  EXPECT_EQ(moved->method, Method::copy_marked);
}

TEST_P(ImapChanges, MissingTargetCanBeCreated) {
  play_in("move-trycreate");
  const auto target = folder("Entwürfe");
  EXPECT_EQ(client->move(uids("2"), target, false).error().kind,
            ErrorKind::no_such_item);
  ASSERT_TRUE(client->create(target));
  EXPECT_TRUE(client->move(uids("2"), target, false));
}

TEST_P(ImapChanges, ByeInMidCommand) {
  play_in("bye-in-command");
  const auto moved = move("4");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, ErrorKind::disconnected);
  EXPECT_NE(moved.error().one_line().find("outcome is unknown"),
            std::string::npos);
  EXPECT_NE(moved.error().one_line().find("going down"), std::string::npos);
}

TEST_P(ImapChanges, CutInMidCommand) {
  play_in("cut-in-command");
  const auto moved = move("4");
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, ErrorKind::disconnected);
}

TEST_P(ImapChanges, Throttled) {
  play_in("throttled");
  EXPECT_EQ(move("2").error().kind, ErrorKind::deferred);
}

TEST_P(ImapChanges, UnneededPlus) {
  play_in("unneeded-plus");
  EXPECT_TRUE(client->store(uids("2"), false, {"\\Seen"}));
}

TEST_P(ImapChanges, WrongTag) {
  play_in("wrong-tag");
  const auto made = client->create(folder("Work"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::protocol);
  // The session is dead: nothing more is sent, and the reason stays.
  EXPECT_EQ(client->create(folder("Play")).error(), made.error());
}

// A set too long for one line goes in several commands, none above 8000.
TEST_P(ImapChanges, LongSetsAreSplit) {
  imap::SequenceSet set;
  for (std::uint32_t uid = 100'000; uid < 103'000; uid += 2) set.add(uid);
  std::string text = "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n";
  int number = 0;
  for (const auto& part : imap::split_to_wire(set, 8000)) {
    const auto tag = "A" + std::to_string(++number);
    text += "C: " + tag + " UID STORE " + part + " +FLAGS.SILENT (\\Seen)\n";
    text += "S: " + tag + " OK done\n";
  }
  ASSERT_EQ(number, 2);
  play_text(text);
  ASSERT_TRUE(client->open(false));
  EXPECT_TRUE(client->store(set, true, {"\\Seen"}));
}

}  // namespace
}  // namespace mailtool::client
