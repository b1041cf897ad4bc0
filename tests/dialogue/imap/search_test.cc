#include <tuple>

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

// RETURN has an answer even where nothing was found (RFC 4731).
TEST_P(ImapSearch, NoAnswer) {
  for (const std::string answer :
       {"", "S: * ESEARCH (TAG \"zz\") UID ALL 2\n"}) {
    play_text(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH] hi\n"
        "C: A1 UID SEARCH RETURN (ALL) ALL\n" + answer +
        "S: A1 OK done\n");
    ASSERT_TRUE(client->open(false));
    const auto found = client->search({});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::protocol);
  }
}

imap::SearchKey word(std::string name) {
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::word;
  key.name = std::move(name);
  return key;
}

TEST_P(ImapSearch, ManyMailboxesInOneFlight) {
  play_in("search-flight");
  const imap::MailboxName names[] = {folder("One"), folder("Two"),
                                     folder("Three")};
  const SearchQuestion questions[] = {{word("SEEN"), false, ""},
                                      {word("FLAGGED"), true, ""}};
  const auto found = client->search_mailboxes(names, true, questions);
  ASSERT_TRUE(found) << found.error().one_line();
  ASSERT_EQ(found->size(), 3u);
  const auto& [one, two, three] =
      std::tie((*found)[0], (*found)[1], (*found)[2]);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->mailbox.uidvalidity, 11u);
  EXPECT_EQ(to_wire(one->searches[0].uids), "1:3,9");
  EXPECT_EQ(one->searches[1].count, 2u);
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().kind, ErrorKind::no_such_item);
  ASSERT_TRUE(three);
  EXPECT_EQ(three->mailbox.uidvalidity, 33u);
  EXPECT_EQ(three->searches[0].count, 0u);
  ASSERT_TRUE(client->selected());
  EXPECT_EQ(client->selected()->name.utf8, "Three");
  EXPECT_TRUE(client->selected()->read_only);
}

TEST_P(ImapSearch, SearchesThatCouldBeMixedUpWait) {
  play_in("search-one-by-one");
  const imap::MailboxName names[] = {folder("One")};
  const SearchQuestion questions[] = {{word("SEEN"), false, ""},
                                      {word("FLAGGED"), false, ""}};
  const auto found = client->search_mailboxes(names, true, questions);
  ASSERT_TRUE(found) << found.error().one_line();
  const auto& one = found->front();
  ASSERT_TRUE(one);
  EXPECT_EQ(to_wire(one->searches[0].uids), "1:2");
  EXPECT_EQ(to_wire(one->searches[1].uids), "2");
}

TEST_P(ImapSearch, Sorted) {
  play_in("search-sort");
  const imap::MailboxName names[] = {folder("One")};
  imap::SearchKey both;
  both.kind = imap::SearchKey::Kind::both;
  both.children = {word("SEEN"), word("FLAGGED")};
  const SearchQuestion questions[] = {{both, false, "REVERSE DATE"}};
  const auto found = client->search_mailboxes(names, true, questions);
  ASSERT_TRUE(found) << found.error().one_line();
  ASSERT_TRUE(found->front());
  const auto& search = found->front()->searches.front();
  EXPECT_EQ(search.order, (std::vector<std::uint32_t>{9, 2, 4, 3}));
  EXPECT_EQ(to_wire(search.uids), "2:4,9");
  EXPECT_EQ(search.count, 4u);
}

TEST_P(ImapSearch, Threads) {
  play_in("search-thread");
  const imap::MailboxName names[] = {folder("One")};
  imap::SearchKey both;
  both.kind = imap::SearchKey::Kind::both;
  both.children = {word("SEEN"), word("FLAGGED")};
  SearchQuestion threads{both, false, ""};
  threads.thread = imap::ThreadBy::references;
  const SearchQuestion questions[] = {threads, {word("SEEN"), false, ""}};
  const auto found = client->search_mailboxes(names, true, questions);
  ASSERT_TRUE(found) << found.error().one_line();
  ASSERT_TRUE(found->front());
  const auto& search = found->front()->searches.front();
  EXPECT_EQ(search.threads, (std::vector<imap::ThreadPlace>{{9, 0, 9, 0},
                                                            {2, 1, 9, 9},
                                                            {4, 0, 4, 0},
                                                            {3, 1, 4, 0},
                                                            {7, 1, 2, 2}}));
  EXPECT_EQ(to_wire(search.uids), "2:4,7,9");
  EXPECT_EQ(search.count, 5u);
  EXPECT_EQ(to_wire(found->front()->searches.back().uids), "2");
}

TEST_P(ImapSearch, ThreadsAndASearchBesideThem) {
  for (const auto* dialogue :
       {"search-thread-beside", "search-thread-then-search"}) {
    play_in(dialogue);
    const imap::MailboxName names[] = {folder("One")};
    SearchQuestion threads{word("SEEN"), false, ""};
    threads.thread = imap::ThreadBy::references;
    const SearchQuestion questions[] = {threads, {word("SEEN"), false, ""}};
    const auto found = client->search_mailboxes(names, true, questions);
    ASSERT_TRUE(found) << dialogue << found.error().one_line();
    ASSERT_TRUE(found->front()) << dialogue;
    const auto& searches = found->front()->searches;
    EXPECT_EQ(to_wire(searches[0].uids), "2,7") << dialogue;
    EXPECT_EQ(searches[0].threads.size(), 2u) << dialogue;
    EXPECT_EQ(to_wire(searches[1].uids), "2,4,7") << dialogue;
    EXPECT_TRUE(searches[1].threads.empty()) << dialogue;
  }
}

TEST_P(ImapSearch, AnOrderThatIsNotTold) {
  play_in("search-sort-untold");
  const imap::MailboxName names[] = {folder("One")};
  SearchQuestion sorted;
  sorted.sort = "DATE";
  const auto found = client->search_mailboxes(names, true, {&sorted, 1});
  ASSERT_TRUE(found) << found.error().one_line();
  ASSERT_FALSE(found->front());
  EXPECT_EQ(found->front().error().kind, ErrorKind::protocol);
}

TEST_P(ImapSearch, ThreadsThatCannotBeRead) {
  play_in("search-thread-bad");
  const imap::MailboxName names[] = {folder("One")};
  SearchQuestion threads;
  threads.thread = imap::ThreadBy::references_and_subject;
  const auto found = client->search_mailboxes(names, true, {&threads, 1});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::protocol);
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
