#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

MessageToAppend text(std::string content) {
  MessageToAppend message;
  message.octets = content.size();
  message.write = [content](Sink& to) { return to.write(content); };
  return message;
}

class ImapAppend : public ImapDialogueTest {
 protected:
  Result<std::optional<AppendUid>> append(
      std::string_view to, const std::vector<MessageToAppend>& messages) {
    const auto ticket = client->begin_append(folder(to), messages);
    if (!ticket) return ticket.error();
    return client->finish_append(*ticket, messages.size());
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapAppend, testing::Values(4096, 1));

TEST_P(ImapAppend, LiteralsAreWaitedForAndPipelined) {
  play_in("append");
  const auto limit = client->append_limit();
  ASSERT_TRUE(limit);
  EXPECT_EQ(*limit, 5000u);
  auto first = text("Subject: a\r\n");
  first.flags = {"\\Seen", "$Work"};
  first.internal_date = 837'596'665;
  const auto second = text("ab\r\n");
  const auto one = client->begin_append(folder("Sent Mail"), {&first, 1});
  ASSERT_TRUE(one) << one.error().one_line();
  const auto two = client->begin_append(folder("Sent Mail"), {&second, 1});
  ASSERT_TRUE(two) << two.error().one_line();
  const auto went = client->finish_append(*one, 1);
  ASSERT_TRUE(went && *went);
  EXPECT_EQ((*went)->uidvalidity, 7u);
  EXPECT_EQ(to_wire((*went)->uids), "4392");
  const auto unknown = client->finish_append(*two, 1);
  ASSERT_TRUE(unknown);
  EXPECT_FALSE(*unknown);
}

TEST_P(ImapAppend, SeveralInOneCommand) {
  play_in("append-at-once");
  auto first = text("ab\r\n");
  first.flags = {"\\Seen"};
  const auto went = append("INBOX", {first, text("cd\r\n")});
  ASSERT_TRUE(went && *went);
  EXPECT_EQ(to_wire((*went)->uids), "9:10");
}

TEST_P(ImapAppend, SmallLiteralsGoAtOnce) {
  play_in("append-small-at-once");
  const auto odd = append("INBOX", {text("ab\r\n")});
  ASSERT_TRUE(odd) << odd.error().one_line();
  EXPECT_FALSE(*odd);
  EXPECT_EQ(append("INBOX", {text(std::string(4097, 'x'))}).error().kind,
            ErrorKind::protocol);
}

TEST_P(ImapAppend, RefusedBetweenTwoLiterals) {
  play_in("append-refused");
  const auto refused = append("INBOX", {text("ab\r\n"), text("cd\r\n")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rejected);
  EXPECT_TRUE(client->create(folder("Work")));
}

// To the mailbox that is open by EXAMINE a server may refuse to append.
TEST_P(ImapAppend, TheMailboxThatIsExaminedIsSelectedInTheSameFlight) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\n"
      "C: A1 EXAMINE Work\n"
      "S: * 3 EXISTS\n"
      "S: A1 OK [READ-ONLY] done\n"
      "C: A2 APPEND INBOX {2+}\n"
      "C: ab\n"
      "S: A2 OK done\n"
      "C: A3 SELECT Work\n"
      "C: A4 APPEND Work {2+}\n"
      "C: ab\n"
      "C: A5 APPEND Work {2+}\n"
      "C: cd\n"
      "S: * 3 EXISTS\n"
      "S: A3 OK [READ-WRITE] done\n"
      "S: * 4 EXISTS\n"
      "S: A4 OK [APPENDUID 7 9] done\n"
      "S: A5 NO over quota\n"
      "C: A6 APPEND Work {2+}\n"
      "C: ab\n"
      "S: A6 OK done\n");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(client->select(folder("Work"), true));
  EXPECT_TRUE(append("INBOX", {text("ab")}));
  const auto first = text("ab");
  const auto second = text("cd");
  const auto one = client->begin_append(folder("Work"), {&first, 1});
  const auto two = client->begin_append(folder("Work"), {&second, 1});
  ASSERT_TRUE(one && two);
  EXPECT_TRUE(client->finish_append(*one, 1));
  EXPECT_EQ(client->finish_append(*two, 1).error().kind, ErrorKind::rejected);
  ASSERT_TRUE(client->selected());
  EXPECT_FALSE(client->selected()->read_only);
  EXPECT_EQ(client->selected()->exists, 4u);
  EXPECT_TRUE(append("Work", {text("ab")}));
}

TEST_P(ImapAppend, AServerWithUnselectIsNotKnownToRefuse) {
  for (const std::string offered : {"IMAP4rev1 UNSELECT", "IMAP4rev2"}) {
    play_text("S: * PREAUTH [CAPABILITY LITERAL+ " + offered +
              "] hi\n"
              "C: A1 EXAMINE Work\n"
              "S: A1 OK [READ-ONLY] done\n"
              "C: A2 APPEND Work {2+}\n"
              "C: ab\n"
              "S: A2 OK done\n");
    ASSERT_TRUE(client->open(false));
    ASSERT_TRUE(client->select(folder("Work"), true));
    EXPECT_TRUE(append("Work", {text("ab")}));
    EXPECT_TRUE(client->selected()->read_only);
    EXPECT_EQ(server->unplayed(), "");
  }
}

// What the APPEND says is what counts; that no mailbox is open is known.
TEST_P(ImapAppend, TheSelectBeforeItIsRefused) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
      "C: A1 EXAMINE Work\n"
      "S: A1 OK [READ-ONLY] done\n"
      "C: A2 SELECT Work\n"
      "C: A3 APPEND Work {2}\n"
      "S: A2 NO gone\n"
      "S: A3 NO [TRYCREATE] gone\n"
      "C: A4 APPEND Work {2}\n"
      "S: + go on\n"
      "C: ab\n"
      "S: A4 OK done\n");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(client->select(folder("Work"), true));
  EXPECT_EQ(append("Work", {text("ab")}).error().kind,
            ErrorKind::no_such_item);
  EXPECT_FALSE(client->selected());
  EXPECT_TRUE(append("Work", {text("ab")}));
}

TEST_P(ImapAppend, TryCreate) {
  play_in("append-trycreate");
  EXPECT_EQ(append("Work", {text("ab\r\n")}).error().kind,
            ErrorKind::no_such_item);
  ASSERT_TRUE(client->create(folder("Work")));
  EXPECT_TRUE(append("Work", {text("ab\r\n")}));
}

TEST_P(ImapAppend, SeveralNeedMultiappend) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_EQ(append("INBOX", {text("a"), text("b")}).error().kind,
            ErrorKind::unsupported);
}

// What is owed of a literal cannot be taken back: nothing follows on the
// session that could be taken for the rest of it.
TEST_P(ImapAppend, AMessageThatCannotBeReadEndsTheSession) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\n");
  ASSERT_TRUE(client->open(false));
  auto broken = text("ab\r\n");
  broken.write = [](Sink&) -> Result<void> {
    return Error{ErrorKind::local_io, "cannot read"};
  };
  EXPECT_EQ(append("INBOX", {broken}).error().kind, ErrorKind::local_io);
  EXPECT_EQ(client->create(folder("Work")).error().kind, ErrorKind::local_io);
}

TEST_P(ImapAppend, NeitherMoreNorLessThanAnnounced) {
  for (const char* octets : {"abc", "abcde"}) {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\n");
    ASSERT_TRUE(client->open(false));
    auto wrong = text(octets);
    wrong.octets = 4;
    EXPECT_EQ(append("INBOX", {wrong}).error().kind, ErrorKind::internal);
  }
}

TEST_P(ImapAppend, NoLineEndInTheCommand) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\n");
  ASSERT_TRUE(client->open(false));
  auto bad = text("ab");
  bad.flags = {"\\Seen)\r\nA9 DELETE INBOX"};
  EXPECT_EQ(append("INBOX", {bad}).error().kind, ErrorKind::usage);
}

TEST_P(ImapAppend, CutBeforeTheAnswer) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\n"
      "C: A1 APPEND INBOX {2+}\n"
      "C: ab\n"
      "<server closes>\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_EQ(append("INBOX", {text("ab")}).error().kind,
            ErrorKind::disconnected);
}

}  // namespace
}  // namespace mailtool::client
