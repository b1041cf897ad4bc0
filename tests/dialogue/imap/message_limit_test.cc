// Servers that take so many messages a command and no more (RFC 9738): what
// they leave out is asked for, and never is a part taken for the whole.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Kind = ImapChange::Kind;

class ImapMessageLimit : public ImapDialogueTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapMessageLimit, testing::Values(4096, 1));

TEST_P(ImapMessageLimit, ASearchGoesOnBelow) {
  play_in("MESSAGELIMIT=2",
          "C: A1 UID SEARCH UNSEEN\n"
          "S: * SEARCH 9 7\n"
          "S: A1 OK [MESSAGELIMIT 2 7] some\n"
          "C: A2 UID SEARCH UID 1:6 UNSEEN\n"
          "S: * SEARCH\n"
          "S: A2 OK [MESSAGELIMIT 2 4] some\n"
          "C: A3 UID SEARCH UID 1:3 UNSEEN\n"
          "S: * SEARCH 1\n"
          "S: A3 OK done\n");
  imap::SearchKey unseen;
  unseen.kind = imap::SearchKey::Kind::word;
  unseen.name = "UNSEEN";
  const auto found = client->search(unseen);
  ASSERT_TRUE(found) << found.error().one_line();
  EXPECT_EQ(to_wire(found->uids), "1,7,9");
  EXPECT_EQ(found->count, 3u);
}

TEST_P(ImapMessageLimit, CountsAreAdded) {
  play_in("ESEARCH MESSAGELIMIT=1000",
          "C: A1 UID SEARCH RETURN (COUNT) ALL\n"
          "S: * ESEARCH (TAG \"A1\") UID COUNT 1000\n"
          "S: A1 OK [MESSAGELIMIT 1000 501] some\n"
          "C: A2 UID SEARCH RETURN (COUNT) UID 1:500 ALL\n"
          "S: * ESEARCH (TAG \"A2\") UID COUNT 400\n"
          "S: A2 OK [MESSAGELIMIT 1000 1] all\n");
  const auto found = client->search({}, true);
  ASSERT_TRUE(found) << found.error().one_line();
  EXPECT_EQ(found->count, 1400u);
}

TEST_P(ImapMessageLimit, ASearchWithoutEnd) {
  for (const char* uid : {"5", "9"}) {
    play_in("MESSAGELIMIT=1",
            "C: A1 UID SEARCH ALL\n"
            "S: * SEARCH 9\n"
            "S: A1 OK [MESSAGELIMIT 1 5] some\n"
            "C: A2 UID SEARCH UID 1:4 ALL\n"
            "S: * SEARCH\n"
            "S: A2 OK [MESSAGELIMIT 1 " +
                std::string(uid) + "] again\n");
    const auto found = client->search({});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::protocol);
    EXPECT_EQ(server->unplayed(), "");
  }
}

// Two orders do not make one.
TEST_P(ImapMessageLimit, ASortIsNotPutTogether) {
  play_in("SORT MESSAGELIMIT=2",
          "C: A1 EXAMINE One\n"
          "C: A2 UID SORT (DATE) UTF-8 ALL\n"
          "S: A1 OK done\n"
          "S: * SORT 3 2\n"
          "S: A2 OK [MESSAGELIMIT 2 2] some\n");
  const std::vector<imap::MailboxName> names{folder("One")};
  SearchQuestion sorted;
  sorted.sort = "DATE";
  const auto found = client->search_mailboxes(names, true, {&sorted, 1});
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0].error().kind, ErrorKind::rejected);
}

// With the SELECT; and one of many folders is searched again.
TEST_P(ImapMessageLimit, SearchesOfAFlight) {
  play_in("ESEARCH MESSAGELIMIT=2",
          "C: A1 EXAMINE One\n"
          "C: A2 UID SEARCH RETURN (ALL) ALL\n"
          "C: A3 EXAMINE Two\n"
          "C: A4 UID SEARCH RETURN (ALL) ALL\n"
          "S: A1 OK done\n"
          "S: * ESEARCH (TAG \"A2\") UID ALL 2:3\n"
          "S: A2 OK [MESSAGELIMIT 2 2] some\n"
          "S: A3 OK done\n"
          "S: * ESEARCH (TAG \"A4\") UID ALL 8\n"
          "S: A4 OK done\n"
          "C: A5 EXAMINE One\n"
          "C: A6 UID SEARCH RETURN (ALL) ALL\n"
          "S: A5 OK done\n"
          "S: * ESEARCH (TAG \"A6\") UID ALL 2:3\n"
          "S: A6 OK [MESSAGELIMIT 2 2] some\n"
          "C: A7 UID SEARCH RETURN (ALL) UID 1 ALL\n"
          "S: * ESEARCH (TAG \"A7\") UID ALL 1\n"
          "S: A7 OK done\n");
  const std::vector<imap::MailboxName> names{folder("One"), folder("Two")};
  const SearchQuestion all{};
  const auto found = client->search_mailboxes(names, true, {&all, 1});
  ASSERT_TRUE(found && (*found)[0] && (*found)[1]);
  EXPECT_EQ(to_wire((*found)[0]->searches[0].uids), "1:3");
  EXPECT_EQ(to_wire((*found)[1]->searches[0].uids), "8");
}

// "$" would be cut short, so that nothing goes by it.
TEST_P(ImapMessageLimit, NothingIsSaved) {
  for (const char* limit : {"MESSAGELIMIT=2", "SAVELIMIT=2"}) {
    play_in("ESEARCH SEARCHRES MOVE " + std::string(limit),
            "C: A1 SELECT INBOX\n"
            "C: A2 UID SEARCH RETURN (ALL) ALL\n"
            "S: A1 OK done\n"
            "S: * ESEARCH (TAG \"A2\") UID ALL 1:3\n"
            "S: A2 OK done\n");
    client->keep_results(true);
    ImapChange what;
    what.to = folder("Archive");
    EXPECT_FALSE(*client->may_change_at_once(what)) << limit;
    const auto found = client->select_and_search(folder("INBOX"), false, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(to_wire(found->search.uids), "1:3");
    EXPECT_EQ(server->unplayed(), "");
  }
}

// COPY copies all or nothing, and is refused.
TEST_P(ImapMessageLimit, ACopyThatIsTooLarge) {
  play_in("UIDPLUS",
          "C: A1 UID COPY 1:5 Archive\n"
          "S: A1 NO [MESSAGELIMIT 2] too many\n"
          "C: A2 UID COPY 1:2 Archive\n"
          "C: A3 UID COPY 3:4 Archive\n"
          "S: A2 OK [COPYUID 9 1:2 11:12] done\n"
          "C: A4 UID COPY 5 Archive\n"
          "S: A3 OK [COPYUID 9 3:4 13:14] done\n"
          "S: A4 NO [MESSAGELIMIT 2] still too many\n");
  const auto report = change(Kind::copy, "1:5");
  ASSERT_FALSE(report.whole());
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::rejected);
  EXPECT_EQ(to_wire(report.changed), "1:4");
  EXPECT_EQ(to_wire(report.unchanged), "5");
}

// MOVE moves the highest UIDs, and says so.
TEST_P(ImapMessageLimit, AMoveInPieces) {
  play_in("UIDPLUS MOVE",
          "C: A1 UID MOVE 1:3 Archive\n"
          "S: * OK [COPYUID 9 2:3 11:12] moved\n"
          "S: * 3 EXPUNGE\n"
          "S: * 2 EXPUNGE\n"
          "S: A1 OK [MESSAGELIMIT 2 2] some\n"
          "C: A2 UID MOVE 1 Archive\n"
          "S: * OK [COPYUID 9 1 13] moved\n"
          "S: * 1 EXPUNGE\n"
          "S: A2 OK done\n");
  const auto report = change(Kind::move, "1:3");
  expect_changed(report, "1:3");
  EXPECT_EQ(report.messages, 3u);
}

// A server that wants UIDs everywhere (RFC 9586).
TEST_P(ImapMessageLimit, UidRequired) {
  play_in("UIDONLY",
          "C: A1 NOOP\n"
          "S: A1 BAD [UIDREQUIRED] no numbers\n");
  const auto done = client->noop();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(done.error().server_said, "BAD [UIDREQUIRED] no numbers");
}

}  // namespace
}  // namespace mailtool::client
