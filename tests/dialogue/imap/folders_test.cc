#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapFolders : public ImapDialogueTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapFolders, testing::Values(4096, 1));

TEST_P(ImapFolders, AllInOneCommand) {
  play_in("list-status");
  ListQuestion question;
  question.status = question.special_use = question.subscriptions = true;
  const auto listed = client->list(question);
  ASSERT_TRUE(listed) << listed.error().one_line();
  ASSERT_EQ(listed->size(), 3u);
  EXPECT_EQ((*listed)[0].list.mailbox.utf8, "INBOX");
  EXPECT_TRUE((*listed)[0].subscribed);
  EXPECT_EQ((*listed)[0].status->unseen, 3u);
  EXPECT_EQ((*listed)[1].list.mailbox.utf8, "Papierkörbe");
  EXPECT_EQ((*listed)[1].special_use(), "\\Trash");
  EXPECT_EQ((*listed)[1].status->messages, 0u);
  EXPECT_FALSE((*listed)[2].status);
}

TEST_P(ImapFolders, StatusInOneFlight) {
  play_in("list-then-status");
  ListQuestion question;
  question.status = true;
  const auto listed = client->list(question);
  ASSERT_TRUE(listed) << listed.error().one_line();
  ASSERT_EQ(listed->size(), 3u);
  EXPECT_EQ((*listed)[0].status->messages, 17u);
  EXPECT_EQ((*listed)[2].list.mailbox.utf8, "a\"b c");
  EXPECT_FALSE((*listed)[2].status);
}

TEST_P(ImapFolders, HalfAListIsNone) {
  play_in("list-cut");
  const auto listed = client->list({});
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().kind, ErrorKind::rejected);
}

}  // namespace
}  // namespace mailtool::client
