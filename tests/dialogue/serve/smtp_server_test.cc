// The SMTP server's side, line by line and octet by octet.

#include "smtp_fixture.h"

namespace mailtool::serve {
namespace {

class SmtpServer : public SmtpServerTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpServer, testing::Values(4096, 7, 1));

TEST_P(SmtpServer, Message) {
  play(R"(
S: 220 mx.crepes.example ESMTP
C: HELO laptop.example
S: 250 mx.crepes.example
C: MAIL FROM:<bob@hamburger.example>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
S: 354 end with a dot on a line by itself
C: Subject: lunch
C:
C: ..one dot
C: .
S: 250 2.0.0 taken
C: QUIT
S: 221 2.0.0 mx.crepes.example bye
<server closes>
)");
  ASSERT_EQ(backend.delivered.size(), 1u);
  EXPECT_EQ(backend.delivered[0].message, "Subject: lunch\r\n\r\n.one dot\r\n");
  EXPECT_EQ(backend.delivered[0].envelope.mail.reverse_path,
            "bob@hamburger.example");
  EXPECT_EQ(backend.delivered[0].envelope.hello.name, "laptop.example");
}

// RFC 2920, 3030, 3461, 6531: all of it in one flight.
TEST_P(SmtpServer, InOneFlight) {
  play(kSmtpGreeting + "C: EHLO [127.0.0.1]\n" + answer_to_ehlo() + R"(
C: MAIL FROM:<> SIZE=4 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb
C: RCPT TO:<안녕@crepes.example> NOTIFY=NEVER
C: RCPT TO:<alice@elsewhere.example>
C: BDAT 0
C: BDAT 3
C- a
C-\x0d\x0a
C: BDAT 3 LAST
C- b
C-\x0d\x0a
C: MAIL FROM:<bob@hamburger.example>
C: RSET
C: NOOP what is this
C: VRFY alice
C: HELP
S: 250 2.1.0 sender taken
S: 250 2.1.5 recipient taken
S: 550 5.7.1 not here
S: 250 2.0.0 done
S: 250 2.0.0 done
S: 250 2.0.0 taken
S: 250 2.1.0 sender taken
S: 250 2.0.0 done
S: 250 2.0.0 done
S: 252 2.5.0 not told; send mail, and see
S: 214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT AUTH STARTTLS
)");
  ASSERT_EQ(backend.delivered.size(), 1u);
  EXPECT_EQ(backend.delivered[0].message, "a\r\nb\r\n");
  EXPECT_EQ(backend.delivered[0].envelope.mail.envid, "a+b");
  EXPECT_TRUE(backend.delivered[0].envelope.recipients[0].notify.never);
}

TEST_P(SmtpServer, OutOfOrder) {
  play(R"(
S: 220 mx.crepes.example ESMTP
C: MAIL FROM:<>
S: 503 5.5.1 say EHLO first
C: HELO x
S: 250 mx.crepes.example
C: RCPT TO:<alice@crepes.example>
S: 503 5.5.1 say MAIL first
C: DATA
S: 503 5.5.1 not now
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: MAIL FROM:<>
S: 503 5.5.1 a transaction has begun
C: DATA
S: 554 5.5.1 no recipient
C: BDAT 6 LAST
C- QUIT
C-\x0d\x0a
S: 503 5.5.1 no recipient
C: RCPT TO:<alice@crepes.example>
S: 503 5.5.1 say MAIL first
C: BDAT 2
C- NO
S: 503 5.5.1 say MAIL first
C: STARTTLS
S: 502 5.5.1 not offered: STARTTLS
C: LHLO x
S: 500 5.5.2 no such command
)");
  EXPECT_TRUE(backend.delivered.empty());
}

TEST_P(SmtpServer, Smuggling) {
  play(
      "S: 220 mx.crepes.example ESMTP\n"
      "C: HELO x\n"
      "S: 250 mx.crepes.example\n"
      "C: MAIL FROM:<>\n"
      "C: RCPT TO:<alice@crepes.example>\n"
      "C: DATA\n"
      "S: 250 2.1.0 sender taken\n"
      "S: 250 2.1.5 recipient taken\n"
      "S: 354 end with a dot on a line by itself\n"
      "C-a\\x0a.\\x0d\\x0a\n"
      "C-MAIL FROM:<evil@x.example>\\x0d\\x0a\n"
      "C-b\\x0d.\\x0d\\x0a\n"
      "C-\\x0a.\\x0a\n"
      "C-c\\x0d\\x0a.\\x0d\\x0a\n"
      "S: 550 5.6.0 a line ends by LF alone: send CRLF (curl: --crlf)\n"
      "C-NOOP\\x0a\n"
      "S: 500 5.5.2 line ended by LF alone, not by CRLF\n"
      "C: NOOP\n"
      "S: 250 2.0.0 done\n");
  EXPECT_TRUE(backend.delivered.empty());
  EXPECT_EQ(backend.abandoned, 1);
}

// 8BITMIME takes no NUL (RFC 6152 section 2), which was kept.
TEST_P(SmtpServer, NoNul) {
  play(R"(
S: 220 mx.crepes.example ESMTP
C: HELO x
S: 250 mx.crepes.example
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
S: 354 end with a dot on a line by itself
C: a\x00b
C: .
S: 550 5.6.0 NUL: encode what is no text (MIME)
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
S: 354 end with a dot on a line by itself
C: a\x0db
C: .
S: 550 5.6.0 CR alone, without LF behind it: send CRLF
)");
  EXPECT_TRUE(backend.delivered.empty());
}

// It was 220, and then there was nothing to shake hands with.
TEST_P(SmtpServer, TlsThatCannotBeHad) {
  settings.starttls = true;
  settings.tls_ready = [] { return false; };
  settings.max_errors = 2;
  play(kSmtpGreeting + "C: EHLO x\n" + answer_to_ehlo("STARTTLS") + R"(
C: STARTTLS
S: 454 4.7.0 TLS not available due to temporary reason
C: STARTTLS
S: 454 4.7.0 TLS not available due to temporary reason
C: STARTTLS
S: 454 4.7.0 TLS not available due to temporary reason
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
)");
}

TEST_P(SmtpServer, Tls) {
  settings.starttls = true;
  settings.tls_ready = [] { return true; };
  settings.submission = true;
  play(kSmtpGreeting + "C: EHLO x\n" + answer_to_ehlo("STARTTLS") + R"(
C: MAIL FROM:<>
S: 530 5.7.0 log in first
C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
S: 538 5.7.11 STARTTLS first: a password is no clear text
C: STARTTLS
C: MAIL FROM:<injected@x.example>
S: 220 2.0.0 go ahead
<TLS negotiation>
C: MAIL FROM:<>
S: 503 5.5.1 say EHLO first
C: EHLO x
)" + answer_to_ehlo("", "AUTH PLAIN LOGIN") + R"(
C: AUTH PLAIN AGFsaWNlAHdyb25n
S: 535 5.7.8 wrong user or password
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: *
S: 501 5.5.4 cancelled
C: AUTH LOGIN YWxpY2U=
S: 334 UGFzc3dvcmQ6
C: c2VjcmV0
S: 235 2.7.0 logged in
C: AUTH PLAIN
S: 503 5.5.1 logged in already
C: MAIL FROM:<alice@crepes.example>
S: 250 2.1.0 sender taken
C: RCPT TO:<bob@elsewhere.example>
S: 250 2.1.5 recipient taken
C: STARTTLS
S: 502 5.5.1 not offered: STARTTLS
)");
}

TEST_P(SmtpServer, Login) {
  settings.clear_text_login = true;
  play(kSmtpGreeting + "C: EHLO x\n" + answer_to_ehlo("", "AUTH PLAIN LOGIN") + R"(
C: AUTH CRAM-MD5
S: 504 5.5.4 no such mechanism
C: AUTH PLAIN not-base64
S: 501 5.5.2 not base64
C: AUTH PLAIN =
S: 501 5.5.4 PLAIN: not user and password, each behind a NUL
C: AUTH PLAIN YWxpY2U=
S: 501 5.5.4 PLAIN: not user and password, each behind a NUL
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: *
S: 501 5.5.4 cancelled
C: AUTH PLAIN Ym9iAGFsaWNlAHNlY3JldA==
S: 535 5.7.8 wrong user or password
C: AUTH PLAIN
S: 334 
C: AGFsaWNlAHNlY3JldA==
S: 235 2.7.0 logged in
)");
}

// What a web page can have a browser send.
TEST_P(SmtpServer, BrowsersAreNotObeyed) {
  play(
      "S: 220 mx.crepes.example ESMTP\nC: POST / HTTP/1.1\n"
      "S: 421 4.4.2 mx.crepes.example no HTTP here\n<server closes>\n");
}

TEST_P(SmtpServer, Limits) {
  settings.max_octets = 10;
  settings.max_recipients = 1;
  settings.max_errors = 8;
  const std::string long_line(smtp::kMaxCommand - 1, 'x');
  play(
      "S: 220 mx.crepes.example ESMTP\nC: HELO x\nS: 250 mx.crepes.example\n"
      "C: MAIL FROM:<> SIZE=11\nS: 552 5.3.4 message too large\n"
      "C: MAIL FROM:<> SIZE=99999999999999999999\n"
      "S: 552 5.3.4 message too large\n"
      "C: MAIL FROM:<>\nS: 250 2.1.0 sender taken\n"
      "C: RCPT TO:<alice@crepes.example>\nS: 250 2.1.5 recipient taken\n"
      "C: RCPT TO:<bob@crepes.example>\nS: 452 4.5.3 too many recipients\n"
      "C: DATA\nS: 354 end with a dot on a line by itself\n"
      "C: 0123456789\nC: .\nS: 552 5.3.4 message too large\n"
      "C: " + long_line + "\nS: 500 5.5.2 line too long\n"
      "C: " + long_line.substr(1) + "\nS: 500 5.5.2 no such command\n"
      "C: MAIL FROM:<\xc3\xbc@x.example>\n"
      "S: 553 5.6.7 the address needs SMTPUTF8\n"
      "C: MAIL FROM:<> BODY=BINARYMIME\n"
      "S: 502 5.5.1 not offered: BODY=BINARYMIME\n"
      "C: EXPN x\nS: 421 4.4.2 mx.crepes.example too many errors\n"
      "<server closes>\n");
}

TEST_P(SmtpServer, NothingIsAcknowledgedThatIsNotKept) {
  const char* const begin = R"(
S: 220 mx.crepes.example ESMTP
C: HELO x
S: 250 mx.crepes.example
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
)";
  backend.full = true;
  play(std::string(begin) + "S: 452 4.3.1 no room on the disk\n");
  backend.full = false;
  backend.broken = true;
  play(std::string(begin) +
       "S: 354 end with a dot on a line by itself\nC: a\nC: .\n"
       "S: 451 4.3.0 disk is broken\n");
  play(std::string(begin) +
       "S: 354 end with a dot on a line by itself\nC: a\n"
       "<server stalls>\n"
       "S: 421 4.4.2 mx.crepes.example too long without a command\n"
       "<server closes>\n");
  EXPECT_TRUE(backend.delivered.empty());
}

}  // namespace
}  // namespace mailtool::serve
