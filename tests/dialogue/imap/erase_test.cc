#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Method = ChangeMethod;
using Kind = ImapChange::Kind;

class ImapErase : public ImapDialogueTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapErase, testing::Values(4096, 1));

TEST_P(ImapErase, TheseMessagesAlone) {
  play_in("erase");
  const auto gone = change(Kind::erase, "2,4");
  ASSERT_TRUE(gone.whole()) << gone.stopped_by->one_line();
  EXPECT_EQ(gone.method, Method::expunged);
  EXPECT_EQ(to_wire(gone.changed), "2,4");
}

TEST_P(ImapErase, UnsupportedChangesNothing) {
  play_in("move-unsupported");
  const auto gone = change(Kind::erase, "2");
  ASSERT_FALSE(gone.whole());
  EXPECT_EQ(gone.stopped_by->kind, ErrorKind::unsupported);
  EXPECT_NE(gone.stopped_by->hint.find("--allow-marked"), std::string::npos);
}

TEST_P(ImapErase, MarkedWhereThatIsAllowed) {
  play_in("erase-marked");
  const auto gone = change(Kind::erase, "2", true);
  ASSERT_TRUE(gone.whole()) << gone.stopped_by->one_line();
  EXPECT_EQ(gone.method, Method::marked);
  EXPECT_EQ(to_wire(gone.changed), "2");
}

TEST_P(ImapErase, NothingIsExpungedThatCouldNotBeMarked) {
  play_in("erase-refused");
  const auto gone = change(Kind::erase, "2");
  EXPECT_EQ(gone.stopped_by->kind, ErrorKind::no_permission);
  EXPECT_EQ(to_wire(gone.unchanged), "2");
}

}  // namespace
}  // namespace mailtool::client
