// What is written down of sessions: messages in full, and no secrets.

#include "mailtool/serve/transcript_session.h"

#include <memory>
#include <string>

#include "fake_maildrop.h"
#include "imap_fixture.h"
#include "mailtool/serve/pop3_session.h"
#include "mailtool/serve/smtp_session.h"
#include "shared_text.h"

namespace mailtool::serve {
namespace {

class TranscriptTest : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    smtp.clear_text_login = pop3.clear_text_login = imap.clear_text_login =
        true;
  }
  /// What stands in the dialogue once `client` was said in portions.
  std::string written(Protocols protocol, std::string_view client) {
    auto inner = protocol == kSmtp   ? make_smtp_session(smtp, backend, users)
                 : protocol == kPop3 ? make_pop3_session(pop3, drops, users)
                                     : make_imap_session(imap, store, users);
    auto text = std::make_shared<std::string>();
    auto session = make_transcript_session(protocol, std::move(inner),
                                           std::make_unique<SharedText>(text));
    std::string said;
    session->begin(said);
    while (!client.empty() && session->wait() != Wait::close) {
      if (session->wait() == Wait::verdict) {
        backend.sync();
        ++store.disk.synced;
        session->settled(said);
      } else if (session->wait() == Wait::room) {
        session->more(said);
      } else {
        const auto used = session->feed(client.substr(0, GetParam()), said);
        client.remove_prefix(used);
      }
    }
    while (session->wait() == Wait::room) session->more(said);
    session.reset();
    return *text;
  }
  static bool has(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
  }

  SmtpSettings smtp{.host = "mx"};
  Pop3Settings pop3{.host = "mx"};
  ImapSettings imap{.host = "mx"};
  FakeBackend backend;
  FakeMaildrops drops;
  FakeStore store;
  FakeUsers users;
};
INSTANTIATE_TEST_SUITE_P(Portion, TranscriptTest,
                         testing::Values(100'000, 7, 1));

constexpr const char* kBody =
    "Subject: x\r\n\r\nLogin at https://x.test/reset?t=1\r\nPass the salt\r\n"
    "Auth code follows\r\nYour code is 4711\r\nx AUTHENTICATE y\r\nBye\r\n";
constexpr const char* kShown =
    "C: Subject: x\nC: \nC: Login at https://x.test/reset?t=1\n"
    "C: Pass the salt\nC: Auth code follows\nC: Your code is 4711\n"
    "C: x AUTHENTICATE y\nC: Bye\n";

TEST_P(TranscriptTest, MessagesOfSmtpAreWhole) {
  const std::string begin =
      "EHLO x\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nMAIL FROM:<>\r\n"
      "RCPT TO:<bob@crepes.example>\r\n";
  EXPECT_TRUE(has(written(kSmtp, begin + "DATA\r\n" + kBody + ".\r\nQUIT\r\n"),
                  kShown));
  const auto chunk = "BDAT " + std::to_string(std::string(kBody).size());
  const auto text = written(
      kSmtp, begin + chunk + "\r\n" + kBody +
                 "BDAT 7 LAST\r\nAUTH it\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n");
  EXPECT_TRUE(has(text, kShown)) << text;
  EXPECT_TRUE(has(text, "C: AUTH it\n")) << text;
  EXPECT_FALSE(has(text, "AGFsaWNl")) << text;
}

TEST_P(TranscriptTest, MessagesOfImapAreWhole) {
  const auto size = std::to_string(std::string(kBody).size());
  for (const auto* end : {"}\r\n", "+}\r\n"}) {
    const auto text =
        written(kImap, "a LOGIN alice secret\r\nb APPEND INBOX {" + size + end +
                           kBody + "\r\nc SELECT INBOX\r\nd LOGOUT\r\n");
    EXPECT_TRUE(has(text, kShown)) << text;
    EXPECT_TRUE(has(text, "C: c SELECT INBOX\n")) << text;
    EXPECT_FALSE(has(text, "secret")) << text;
  }
}

TEST_P(TranscriptTest, MessagesOfPop3AreWhole) {
  drops.messages["alice"] = {"Subject: a\r\n\r\n+ not asked\r\n"};
  const auto text =
      written(kPop3, "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nRETR 1\r\nSTAT\r\n");
  EXPECT_TRUE(has(text, "S: + not asked\n")) << text;
  EXPECT_TRUE(has(text, "C: STAT\n")) << text;
}

TEST_P(TranscriptTest, LongLinesAreWhole) {
  const std::string line(70'000, 'x');
  const auto text = written(
      kSmtp, "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@crepes.example>\r\n"
             "DATA\r\n" + line + "\r\nend\r\n.\r\n");
  EXPECT_TRUE(has(text, "C: " + line + "\nC: end\nC: .\n"));
}

// Clients that do not wait send to a server that has refused to be asked.
TEST_P(TranscriptTest, NoSecretWhateverAClientDoesWrong) {
  // "GEHEIM77", and in base64 with "carol" before it.
  const std::string_view secrets[] = {"GEHEIM77", "R0VIRUlN", "AEdFSEVJTTc3"};
  const std::pair<Protocols, std::string_view> all[] = {
      {kImap, "a AUTHENTICATE CRAM-MD5\r\nR0VIRUlNNzc=\r\n"},
      {kImap, "a AUTHENTICATE FOO R0VIRUlNNzc=\r\nR0VIRUlNNzc= x\r\n"},
      {kImap, "a LOGIN carol {99999999}\r\nGEHEIM77\r\nb NOOP\r\n"},
      {kImap, "a LOGIN carol {99999999}\r\nGEHEIM77 {99999999}\r\nx\r\n"},
      {kImap, "a LOGIN carol {99999999+}\r\nGEHEIM77\r\nb NOOP\r\n"},
      {kImap, "LOGIN carol GEHEIM77\r\nb NOOP\r\n"},
      {kImap, "AUTHENTICATE PLAIN AGNhcm9sAEdFSEVJTTc3\r\nb NOOP\r\n"},
      {kImap, "a LOGIN {5}\r\ncarol {8}\r\nGEHEIM77\r\nb NOOP\r\n"},
      {kImap, "a LOGIN {5+}\r\ncarol {8+}\r\nGEHEIM77 x\r\nb NOOP\r\n"},
      {kImap, "a AUTHENTICATE LOGIN\r\nY2Fyb2w=\r\nR0VIRUlNNzc=\r\n"},
      {kSmtp, "EHLO x\r\nMAIL FROM:<>\r\nAUTH LOGIN\r\nY2Fyb2w=\r\n"
              "R0VIRUlNNzc=\r\n"},
      {kSmtp, "EHLO x\r\nAUTH LOGIN\r\n*\r\nR0VIRUlNNzc=\r\n"},
      {kSmtp, "EHLO x\r\nAUTH\tPLAIN AGNhcm9sAEdFSEVJTTc3\r\n"},
      {kSmtp, "EHLO x\r\nAUTH R0VIRUlNNzc=\r\nR0VIRUlNNzc="},
      {kPop3, "AUTH FOO\r\nR0VIRUlNNzc=\r\nSTAT\r\n"},
      {kPop3, "PASS GEHEIM77\r\nUSER x\r\n PASS GEHEIM77\r\nPASS GEHEIM77\n"},
  };
  for (const auto& [protocol, client] : all) {
    const auto text = written(protocol, client);
    EXPECT_TRUE(has(text, "****")) << text;
    for (const auto secret : secrets) EXPECT_FALSE(has(text, secret)) << text;
    const bool goes_on = has(std::string(client), "b NOOP") &&
                         !has(std::string(client), "+}\r\nGEHEIM77\r\n");
    EXPECT_EQ(has(text, "C: b NOOP\n"), goes_on) << text;
  }
}

TEST_P(TranscriptTest, AFlightIsWrittenAsOne) {
  const auto text = written(kPop3, "CAPA\r\nQUIT\r\n");
  const bool whole = GetParam() > 12;
  EXPECT_EQ(has(text, "C: CAPA\nC: QUIT\nS: +OK\n"), whole) << text;
  EXPECT_TRUE(has(text, "<server closes>\n"));
}

}  // namespace
}  // namespace mailtool::serve
