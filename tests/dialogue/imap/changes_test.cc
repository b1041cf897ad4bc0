#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Method = ChangeMethod;
using Kind = ImapChange::Kind;

class ImapChanges : public ImapDialogueTest {
 protected:
  ChangeReport move(std::string_view set, bool allow_marked = false) {
    return change(Kind::move, set, allow_marked);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapChanges, testing::Values(4096, 1));

TEST_P(ImapChanges, Move) {
  play_in("move");
  const auto moved = move("2,4");
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(moved.method, Method::move);
  ASSERT_TRUE(moved.copied);
  EXPECT_EQ(to_wire(moved.changed), "2,4");
  EXPECT_EQ(moved.copied->uidvalidity, 7u);
  EXPECT_EQ(to_wire(moved.copied->target), "10:11");
}

TEST_P(ImapChanges, MoveByUidplus) {
  play_in("move-by-uidplus");
  const auto moved = move("2,4");
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(moved.method, Method::copy_expunge);
}

TEST_P(ImapChanges, NothingIsMarkedWhenTheCopyFails) {
  play_in("move-copy-fails");
  const auto moved = move("2,4");
  ASSERT_FALSE(moved.whole());
  EXPECT_EQ(moved.stopped_by->kind, ErrorKind::rejected);
  EXPECT_NE(moved.stopped_by->one_line().find("OVERQUOTA"), std::string::npos);
}

TEST_P(ImapChanges, MoveUnsupported) {
  play_in("move-unsupported");
  EXPECT_EQ(move("2").stopped_by->kind, ErrorKind::unsupported);
}

TEST_P(ImapChanges, MoveLeavesTheOriginalsMarked) {
  play_in("move-marked");
  const auto moved = move("2", true);
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(moved.method, Method::copy_marked);
}

TEST_P(ImapChanges, MissingTargetIsCreated) {
  play_in("move-trycreate");
  ImapChange what;
  what.to = folder("Entwürfe");
  what.create = true;
  const auto moved = client->change(what, uids("2"));
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(to_wire(moved.changed), "2");
}

TEST_P(ImapChanges, WhatMayBeMissingIsCreatedOnce) {
  ImapChange what;
  what.to = folder("Work");
  what.create = true;
  play_in("move-missing-no-code");
  const auto moved = client->change(what, uids("2"));
  ASSERT_TRUE(moved.whole()) << moved.stopped_by->one_line();
  EXPECT_EQ(to_wire(moved.changed), "2");
  play_in("move-refused-no-code");
  const auto refused = client->change(what, uids("2"));
  ASSERT_FALSE(refused.whole());
  EXPECT_EQ(refused.stopped_by->kind, ErrorKind::rejected);
  EXPECT_EQ(refused.stopped_by->server_said, "NO not today");
  EXPECT_NE(refused.stopped_by->hint.find("ALREADYEXISTS"), std::string::npos);
  EXPECT_EQ(to_wire(refused.unchanged), "2");
  play_in("move-created-and-refused");
  const auto twice = client->change(what, uids("2"));
  ASSERT_FALSE(twice.whole());
  EXPECT_EQ(twice.stopped_by->server_said, "NO still not");
  EXPECT_EQ(to_wire(twice.unchanged), "2");
}

// Only where that was wanted, and where the refusal names no other cause.
TEST_P(ImapChanges, NothingIsCreatedForOtherRefusals) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 MOVE] hi\n"
      "C: A1 UID MOVE 2 Work\nS: A1 NO no\n"
      "C: A2 UID MOVE 2 Work\nS: A2 NO [OVERQUOTA] full\n"
      "C: A3 UID MOVE 2 Work\nS: A3 BAD what\n");
  ASSERT_TRUE(client->open(false));
  ImapChange what;
  what.to = folder("Work");
  for (const bool create : {false, true, true}) {
    what.create = create;
    EXPECT_EQ(to_wire(client->change(what, uids("2")).unchanged), "2");
  }
}

TEST_P(ImapChanges, ByeInMidCommand) {
  play_in("bye-in-command");
  const auto moved = move("4");
  ASSERT_FALSE(moved.whole());
  EXPECT_EQ(moved.stopped_by->kind, ErrorKind::disconnected);
  EXPECT_NE(moved.stopped_by->one_line().find("outcome is unknown"),
            std::string::npos);
  EXPECT_NE(moved.stopped_by->one_line().find("going down"), std::string::npos);
}

TEST_P(ImapChanges, CutInMidCommand) {
  play_in("cut-in-command");
  const auto moved = move("4");
  ASSERT_FALSE(moved.whole());
  EXPECT_EQ(moved.stopped_by->kind, ErrorKind::disconnected);
}

TEST_P(ImapChanges, Throttled) {
  play_in("throttled");
  EXPECT_EQ(move("2").stopped_by->kind, ErrorKind::deferred);
}

TEST_P(ImapChanges, UnneededPlus) {
  play_in("unneeded-plus");
  EXPECT_TRUE(flag("2", {}, {"\\Seen"}).whole());
}

TEST_P(ImapChanges, WrongTag) {
  play_in("wrong-tag");
  const auto made = client->create(folder("Work"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::protocol);
  // The session is dead: nothing more is sent, and the reason stays.
  EXPECT_EQ(client->create(folder("Play")).error(), made.error());
}

}  // namespace
}  // namespace mailtool::client
