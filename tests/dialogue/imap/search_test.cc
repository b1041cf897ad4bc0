#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapSearch : public ImapDialogueTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapSearch, testing::Values(4096, 1));

TEST_P(ImapSearch, MissingMailbox) {
  play_in("select-missing");
  const auto found = client->select_and_search(folder("Nowhere"), false, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::no_such_item);
  EXPECT_NE(found.error().one_line().find("Nowhere"), std::string::npos);
  EXPECT_FALSE(client->selected());
}

TEST_P(ImapSearch, ServerThatInsistsOnId) {
  play_in("select-unsafe-login");
  const auto opened = client->select(folder("INBOX"), false);
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(opened->exists, 4u);
}

TEST_P(ImapSearch, ManyForms) {
  play_in("search-forms");
  const auto found = client->search({});
  ASSERT_TRUE(found) << found.error().one_line();
  EXPECT_EQ(to_wire(found->uids), "2,4,9");
}

TEST_P(ImapSearch, BadNumber) {
  play_in("search-bad-number");
  const auto found = client->search({});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::protocol);
}

TEST_P(ImapSearch, CharsetRefused) {
  play_in("search-utf8");
  EXPECT_TRUE(client->knows_utf8());
  const auto found = client->search(subject("Gr\xc3\xbc"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::unsupported);
  EXPECT_FALSE(client->knows_utf8());
}

TEST_P(ImapSearch, LiteralRefused) {
  play_in("literal-refused");
  const auto refused = client->search(subject("Gr\xc3\xbc"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::deferred);
  EXPECT_TRUE(client->search({}));
}

TEST_P(ImapSearch, MailboxIsKeptUpToDate) {
  play_in("expunge-while-idle");
  const auto opened = client->select(folder("INBOX"), false);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->exists, 5u);
  EXPECT_EQ(opened->uidvalidity, std::nullopt);
  EXPECT_EQ(opened->uidnext, 9u);
  ASSERT_TRUE(flag("2", {"\\Seen"}).whole());
  EXPECT_EQ(client->selected()->exists, 5u);
  EXPECT_EQ(client->selected()->uidvalidity, 4u);
}

}  // namespace
}  // namespace mailtool::client
