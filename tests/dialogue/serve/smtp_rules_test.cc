// What the RFCs ask of an SMTP server beyond a message that is taken: paths,
// arguments, chunks, loops, silence.

#include "smtp_fixture.h"

namespace mailtool::serve {
namespace {

class SmtpRules : public SmtpServerTest {
 protected:
  static std::string with_hops(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text +=
          "C: Received: from a by b;\nC:\tFri, 20 Nov 2026 12:00:00 +0100\n";
    }
    return text;
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpRules, testing::Values(4096, 7, 1));

// RFC 5321 section 4.1.1.3 and appendix C: a route is taken and ignored.
TEST_P(SmtpRules, Paths) {
  play_greeted(R"(
C: MAIL FROM:<@a.example,@b.example:bob@hamburger.example>
S: 250 2.1.0 sender taken
C: RCPT TO:<@mx.crepes.example:alice@crepes.example>
S: 250 2.1.5 recipient taken
C: RCPT TO:<"alice >x"@crepes.example>
S: 250 2.1.5 recipient taken
C: RCPT TO:<@a.example,b.example:alice@crepes.example>
S: 501 5.5.4 syntax error: bad address @a.example,b.example:alice@crepes.example: the part before the @ is not legal
C: RCPT TO:<@a.example alice@crepes.example>
S: 501 5.5.4 syntax error: bad address @a.example alice@crepes.example: the part before the @ is not legal
C: RCPT TO:<>
S: 501 5.5.4 syntax error: null recipient
C: RCPT TO:alice@crepes.example
S: 501 5.5.4 syntax error: no < before the path
C: DATA
S: 354 end with a dot on a line by itself
C: a
C: .
S: 250 2.0.0 taken
)");
  ASSERT_EQ(backend.delivered.size(), 1u);
  const auto& envelope = backend.delivered[0].envelope;
  EXPECT_EQ(envelope.peer, "127.0.0.1");
  EXPECT_EQ(envelope.mail.reverse_path, "bob@hamburger.example");
  EXPECT_EQ(envelope.recipients[0].forward_path, "alice@crepes.example");
  EXPECT_EQ(envelope.recipients[1].forward_path, "\"alice >x\"@crepes.example");
}

// RFC 5321 sections 4.1.1.4 to 4.1.1.11.
TEST_P(SmtpRules, Arguments) {
  play_greeted(R"(
C: NOOP
S: 250 2.0.0 done
C: NOOP what is this
S: 250 2.0.0 done
C: HELP
S: 214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT AUTH STARTTLS
C: VRFY
S: 501 5.5.4 VRFY whom
C: VRFY alice
S: 252 2.5.0 not told; send mail, and see
C: EXPN list
S: 502 5.5.1 not offered: EXPN
C: TURN
S: 502 5.5.1 not offered: TURN
C: RSET now
S: 501 5.5.4 RSET has no argument
C: DATA now
S: 501 5.5.4 DATA has no argument
C: STARTTLS now
S: 501 5.5.4 STARTTLS has no argument
C: QUIT now
S: 501 5.5.4 QUIT has no argument
C: SEND FROM:<>
S: 500 5.5.2 no such command
C: EHLO
S: 501 5.5.4 syntax error: host name expected
C: MAIL FROM:<> X-UNHEARD=1
S: 555 5.5.4 parameter not taken: X-UNHEARD=1
C: MAIL FROM:<>SIZE=1
S: 501 5.5.4 syntax error: no blank behind the path
C: MAIL FROM:<> SIZE=1 size=2
S: 501 5.5.4 syntax error: SIZE twice
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example> NOTIFY=SOMETIMES
S: 555 5.5.4 parameter not taken: NOTIFY
C: rcpt to:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: quit
S: 221 2.0.0 mx.crepes.example bye
<server closes>
)");
}

// RFC 3030 section 2.
TEST_P(SmtpRules, Chunks) {
  play_greeted(R"(
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<bob@elsewhere.example>
S: 550 5.7.1 not here
C: BDAT 6
C- QUIT
C-\x0d\x0a
S: 503 5.5.1 no recipient
C: BDAT 0 LAST
S: 503 5.5.1 say MAIL first
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: BDAT 3
C- a
C-\x0d\x0a
S: 250 2.0.0 done
C: RCPT TO:<alice@crepes.example>
S: 503 5.5.1 the message has begun
C: DATA
S: 503 5.5.1 not now
C: BDAT 0 LAST
S: 250 2.0.0 taken
C: BDAT x
S: 501 5.5.4 syntax error: BDAT octets [LAST]
)");
  ASSERT_EQ(backend.delivered.size(), 1u);
  EXPECT_EQ(backend.delivered[0].message, "a\r\n");
}

// What a chunk lacks is no line of commands: a client that says more than it
// sends is waited for.
TEST_P(SmtpRules, ChunkThatNeverEnds) {
  play_greeted(R"(
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: BDAT 18446744073709551615 LAST
C: QUIT
<server stalls>
S: 421 4.4.2 mx.crepes.example too long without a command
<server closes>
)");
  EXPECT_TRUE(backend.delivered.empty());
}

// RFC 5321 section 6.3.
TEST_P(SmtpRules, Loops) {
  const std::string begin = R"(
C: MAIL FROM:<>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
C: DATA
S: 354 end with a dot on a line by itself
C: Subject: x
)";
  play_greeted(begin + with_hops(100) +
               "C:\nC: .\nS: 554 5.4.6 it has come round too often: a loop\n");
  EXPECT_TRUE(backend.delivered.empty());
  // Those of a message within are of another way.
  play_greeted(begin + with_hops(99) + "C:\n" + with_hops(99) +
               "C: .\nS: 250 2.0.0 taken\n");
  EXPECT_EQ(backend.delivered.size(), 1u);
}

// RFC 5321 section 4.5.3.2.7, and less for who has not logged in.
TEST_P(SmtpRules, Patience) {
  const auto patience = [&] {
    return make_smtp_session(settings, backend, users)->patience();
  };
  EXPECT_EQ(patience(), std::chrono::minutes(5));
  settings.submission = true;
  EXPECT_LT(patience(), std::chrono::minutes(5));
}

TEST(SmtpBusy, IsAReply) {
  EXPECT_EQ(smtp_busy({.host = "mx.example"}),
            "421 4.7.0 mx.example too many connections, later\r\n");
}

}  // namespace
}  // namespace mailtool::serve
