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

// All were held until the last one had come.
TEST_P(ImapFolders, EachIsHandedOverOnceItIsComplete) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED LIST-STATUS] hi\n"
      "C: A1 LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN UIDNEXT "
      "UIDVALIDITY))\n"
      "S: * LIST (\\NoSelect) \"/\" z\n"
      "S: * LIST () \"/\" c\nS: * LIST () \"/\" a\n"
      "S: * STATUS a (MESSAGES 2)\nS: * LIST () \"/\" b\n"
      "S: * STATUS c (MESSAGES 1)\nS: * STATUS d (MESSAGES 4)\n"
      "S: * LIST () \"/\" d\nS: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  std::string names;
  ListQuestion question;
  question.status = true;
  question.on_mailbox = [&](const ListedMailbox& one) -> Result<void> {
    names += one.list.mailbox.utf8;
    names += one.status ? std::to_string(one.status->messages.value_or(9)) : "-";
    return {};
  };
  const auto listed = client->list(question);
  ASSERT_TRUE(listed) << listed.error().one_line();
  EXPECT_TRUE(listed->empty());
  EXPECT_EQ(names, "z-c1a2b-d4");
}

TEST_P(ImapFolders, WithoutListStatusThatIsAtTheEnd) {
  play_in("list-then-status");
  std::size_t count = 0;
  ListQuestion question;
  question.status = true;
  question.on_mailbox = [&](const ListedMailbox& one) -> Result<void> {
    if (++count == 1) {
      EXPECT_EQ(one.status->messages, 17u);
    }
    return {};
  };
  const auto listed = client->list(question);
  ASSERT_TRUE(listed) << listed.error().one_line();
  EXPECT_TRUE(listed->empty());
  EXPECT_EQ(count, 3u);
}

TEST_P(ImapFolders, WhoeverTakesThemMayEndIt) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED] hi\n"
      "C: A1 LIST \"\" \"*\"\nS: * LIST () \"/\" INBOX\n");
  ASSERT_TRUE(client->open(false));
  ListQuestion question;
  question.on_mailbox = [&](const ListedMailbox&) -> Result<void> {
    return Error{ErrorKind::local_io, "disk full"};
  };
  const auto listed = client->list(question);
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().kind, ErrorKind::local_io);
  EXPECT_FALSE(client->settled());
}

TEST_P(ImapFolders, HalfAListIsNone) {
  play_in("list-cut");
  const auto listed = client->list({});
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().kind, ErrorKind::rejected);
}

}  // namespace
}  // namespace mailtool::client
