// Odd words from servers, from the greeting on: what is harmless is passed
// over, what is not ends in an Error that says what the server said.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapOddSession : public ImapDialogueTest {
 protected:
  void in(const std::string& rest) {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH MOVE] hi\n" + rest);
    ASSERT_TRUE(client->open(false));
  }
  Result<SelectedMailbox> select() {
    return client->select(folder("INBOX"), true);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapOddSession, testing::Values(4096, 1));

TEST_P(ImapOddSession, CodesAndCompletionsWithoutText) {
  in("C: A1 EXAMINE INBOX\n"
     "S: * OK [UIDVALIDITY 7]\n"
     "S: * OK [HIGHESTMODSEQ 53061]\n"
     "S: * OK\n"
     "S: A1 OK\n");
  const auto opened = select();
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(opened->uidvalidity, 7u);
}

TEST_P(ImapOddSession, CodeOfStrangeSyntaxInTheOkToAuthenticate) {
  play_text(
      "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n"
      "C: A1 AUTHENTICATE PLAIN ****\n"
      "S: A1 OK [Error=\"A ] B.WrongServerException: x\" Proxy=p "
      "Service=Imap4] AUTHENTICATE completed.\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_TRUE(log_in());
}

TEST_P(ImapOddSession, BlankBehindTheCapabilities) {
  play_text(
      "S: * OK ready\n"
      "C: A1 CAPABILITY\n"
      "S: * CAPABILITY IMAP4rev1 APPENDLIMIT  MOVE \n"
      "S: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_TRUE(*client->offers("MOVE"));
  EXPECT_FALSE((*client->capabilities())->limit("APPENDLIMIT"));
}

// What is offered before the login counts no more after it.
TEST_P(ImapOddSession, CapabilitiesDifferAfterTheLogin) {
  play_text(
      "S: * OK [CAPABILITY IMAP4rev1 IDLE MOVE AUTH=PLAIN] ready\n"
      "C: A1 AUTHENTICATE PLAIN\n"
      "S: * 3 EXISTS\n"
      "S: + \n"
      "C: ****\n"
      "S: * OK still looking\n"
      "S: A1 OK in\n"
      "C: A2 CAPABILITY\n"
      "S: * CAPABILITY IMAP4rev1 SORT\n"
      "S: A2 OK done\n");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(log_in());
  EXPECT_FALSE(*client->offers("MOVE"));
}

TEST_P(ImapOddSession, LoginAcceptedAndEveryCommandRefused) {
  play_text(
      "S: * OK [CAPABILITY IMAP4rev1] ready\n"
      "C: A1 LOGIN ****\n"
      "S: A1 OK [CAPABILITY IMAP4rev1] in\n"
      "C: A2 EXAMINE INBOX\n"
      "S: A2 NO [SERVERBUG] try later\n"
      "C: A3 LIST \"\" \"*\"\n"
      "S: A3 NO [UNAVAILABLE] try later\n");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(log_in());
  EXPECT_EQ(select().error().kind, ErrorKind::deferred);
  EXPECT_EQ(client->list({}).error().kind, ErrorKind::deferred);
}

struct Refusal {
  const char* said;
  ErrorKind kind;
};
const Refusal kRefusals[] = {
    {"BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds",
     ErrorKind::deferred},
    {"NO [UNAVAILABLE] EXAMINE Server error", ErrorKind::deferred},
    {"NO [SERVERBUG] EXAMINE Server error", ErrorKind::deferred},
    {"NO [CLIENTBUG] EXAMINE Too many", ErrorKind::deferred},
    {"BAD [CLIENTBUG] EXAMINE what?", ErrorKind::protocol},
    {"NO [INUSE] busy", ErrorKind::deferred},
};

TEST_P(ImapOddSession, NotNow) {
  for (const auto& c : kRefusals) {
    in(std::string("C: A1 EXAMINE INBOX\nS: A1 ") + c.said + "\n");
    const auto opened = select();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, c.kind) << c.said;
  }
}

TEST_P(ImapOddSession, ByeWithoutClosing) {
  in("C: A1 EXAMINE INBOX\n"
     "S: * BYE Autologout\n"
     "S: * BYE Autologout\n");
  const auto opened = select();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::disconnected);
  EXPECT_NE(opened.error().one_line().find("Autologout"), std::string::npos);
  server.reset();
}

TEST_P(ImapOddSession, UntaggedBadInPlaceOfTheAnswer) {
  in("C: A1 EXAMINE INBOX\n"
     "S: * BAD [ALERT] mailbox on fire\n"
     "<server stalls>\n");
  const auto opened = select();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::timed_out);
  EXPECT_NE(opened.error().one_line().find("on fire"), std::string::npos);
}

TEST_P(ImapOddSession, AlertsAreHeard) {
  in("C: A1 EXAMINE INBOX\n"
     "S: * OK [ALERT] Down on Sunday\n"
     "S: * NO [alert] Almost full\n"
     "S: * OK [UIDNEXT 9] next\n"
     "S: A1 OK [ALERT] Read this\n");
  std::vector<std::string> heard;
  client->listen([&](const imap::Response& data) {
    const auto* status = std::get_if<imap::StatusResponse>(&data);
    if (status != nullptr) heard.push_back(status->text);
  });
  const auto opened = select();
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(heard, (std::vector<std::string>{"Down on Sunday", "Almost full",
                                             "Read this"}));
}

TEST_P(ImapOddSession, LowerCaseAndBareLineFeeds) {
  in("C: A1 EXAMINE INBOX\n"
     "S- * 4 exists\\x0a* ok [uidnext 9] next\\x0aa1 ok done\\x0a\n");
  const auto opened = select();
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(opened->exists, 4u);
  EXPECT_EQ(opened->uidnext, 9u);
}

TEST_P(ImapOddSession, ZerosAndMissingNumbersOfAMailbox) {
  in("C: A1 EXAMINE INBOX\n"
     "S: * FLAGS (\\Seen \\*)\n"
     "S: * 0 EXISTS\n"
     "S: * 0 RECENT\n"
     "S: * OK [UIDVALIDITY 0] odd\n"
     "S: * OK [UIDNEXT 0] odd\n"
     "S: * OK [UNSEEN 0] odd\n"
     "S: * OK [HIGHESTMODSEQ 0] odd\n"
     "S: A1 OK [READ-ONLY] done\n");
  const auto opened = select();
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(opened->uidvalidity, std::nullopt);
  EXPECT_EQ(opened->uidnext, std::nullopt);
  EXPECT_EQ(opened->exists, 0u);
}

TEST_P(ImapOddSession, NumbersAboveTwoToThe31) {
  in("C: A1 EXAMINE INBOX\n"
     "S: * OK [UIDVALIDITY 4294967294] valid\n"
     "S: * OK [UIDNEXT 4000000000] next\n"
     "S: A1 OK [READ-ONLY] done\n"
     "C: A2 UID SEARCH RETURN (ALL) ALL\n"
     "S: * ESEARCH (TAG \"A2\") UID ALL 3999999990:3999999999\n"
     "S: A2 OK done\n");
  const auto opened = select();
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(opened->uidvalidity, 4294967294u);
  EXPECT_EQ(opened->uidnext, 4000000000u);
  EXPECT_EQ(client->search({})->count, 10u);
}

// What came before CLOSED was about the mailbox selected before.
TEST_P(ImapOddSession, MailboxSelectedBefore) {
  in("C: A1 EXAMINE INBOX\n"
     "S: * 9 EXISTS\n"
     "S: * OK [UIDVALIDITY 7] old\n"
     "S: * OK [CLOSED] the old one\n"
     "S: * 4 EXISTS\n"
     "S: * VANISHED (EARLIER) 1:300\n"
     "S: * VANISHED 5\n"
     "S: A1 OK done\n");
  const auto opened = select();
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(opened->exists, 3u);
  EXPECT_EQ(opened->uidvalidity, std::nullopt);
}

// Tags can be guessed: an OK that is there before the command is not its.
// Octet by octet it comes after the command, where nobody can tell.
class ImapWhole : public ImapOddSession {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapWhole, testing::Values(4096));
TEST_P(ImapWhole, AnswerBeforeTheCommand) {
  play_text(
      "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready\n"
      "S: A1 OK begin TLS\n"
      "C: A1 STARTTLS\n"
      "S: A1 OK begin TLS\n");
  ASSERT_TRUE(client->open(true));
  const auto secured = client->start_tls();
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().kind, ErrorKind::protocol);
  server.reset();
}

}  // namespace
}  // namespace mailtool::client
