#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Method = MoveOutcome::Method;

class ImapErase : public ImapDialogueTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapErase, testing::Values(4096, 1));

TEST_P(ImapErase, TheseMessagesAlone) {
  play_in("erase");
  const auto gone = client->erase(uids("2,4"), false);
  ASSERT_TRUE(gone) << gone.error().one_line();
  EXPECT_EQ(gone->method, Method::expunged);
}

TEST_P(ImapErase, UnsupportedChangesNothing) {
  play_in("move-unsupported");
  const auto gone = client->erase(uids("2"), false);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::unsupported);
  EXPECT_NE(gone.error().hint.find("--allow-marked"), std::string::npos);
}

TEST_P(ImapErase, MarkedWhereThatIsAllowed) {
  play_in("erase-marked");
  const auto gone = client->erase(uids("2"), true);
  ASSERT_TRUE(gone) << gone.error().one_line();
  EXPECT_EQ(gone->method, Method::marked);
}

TEST_P(ImapErase, NothingIsExpungedThatCouldNotBeMarked) {
  play_in("erase-refused");
  EXPECT_EQ(client->erase(uids("2"), false).error().kind,
            ErrorKind::no_permission);
}

}  // namespace
}  // namespace mailtool::client
