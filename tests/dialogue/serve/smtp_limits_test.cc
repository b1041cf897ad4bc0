// How much a client may do wrong, and what a message is given that it lacks.

#include "smtp_fixture.h"

namespace mailtool::serve {
namespace {

constexpr const char* kMail =
    "C: MAIL FROM:<>\nS: 250 2.1.0 sender taken\n"
    "C: RCPT TO:<alice@crepes.example>\nS: 250 2.1.5 recipient taken\n";
constexpr const char* kMessage =
    "C: DATA\nS: 354 end with a dot on a line by itself\n"
    "C: Subject: a\nC: .\nS: 250 2.0.0 taken\n";
constexpr const char* kWrong = "C: XYZZY\nS: 500 5.5.2 no such command\n";
constexpr const char* kRefused =
    "C: RCPT TO:<bob@x.example>\nS: 550 5.7.1 not here\n";

class SmtpLimits : public SmtpServerTest {
 protected:
  static std::string times(int count, const char* text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpLimits, testing::Values(4096, 7, 1));

TEST_P(SmtpLimits, ErrorsBeforeAMessageDoNotCount) {
  play_greeted(times(19, kWrong) + kMail + kMessage + times(19, kWrong) +
               "C: XYZZY\nS: 421 4.4.2 mx.crepes.example too many errors\n"
               "<server closes>\n");
}

TEST_P(SmtpLimits, RefusedRecipientsAreALongList) {
  play_greeted(kMail + times(99, kRefused) + kMessage + kMail +
               times(99, kRefused) + times(19, kWrong) +
               "C: RCPT TO:<bob@x.example>\n"
               "S: 421 4.4.2 mx.crepes.example too many recipients refused\n"
               "<server closes>\n");
}

TEST_P(SmtpLimits, OurOwnFailuresDoNotCount) {
  backend.full = true;
  play_greeted(kMail +
               times(50, "C: DATA\nS: 452 4.3.1 no room on the disk\n"));
}

// Of more octets than other commands, in one portion, too.
TEST_P(SmtpLimits, LongLogins) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "eHh4";  // xxx
  settings.clear_text_login = true;
  play_greeted("C: AUTH PLAIN AGFsaWNlAHh4" + many +
               "\nS: 535 5.7.8 wrong user or password\n");
}

// POP3 tells octets, and gives out lines.
TEST_P(SmtpLimits, ALastLineIsEnded) {
  play_greeted(std::string(kMail) +
               "C: BDAT 10 LAST\nC-a: b\\x0d\\x0a\\x0d\\x0ahi\n"
               "S: 250 2.0.0 taken\n" +
               kMail + "C: BDAT 9\nC-a: b\\x0d\\x0a\\x0d\\x0ah\n" +
               "S: 250 2.0.0 done\nC: BDAT 0 LAST\nS: 250 2.0.0 taken\n" +
               kMail + "C: BDAT 0 LAST\nS: 250 2.0.0 taken\n");
  ASSERT_EQ(backend.delivered.size(), 3u);
  EXPECT_EQ(backend.delivered[0].message, "a: b\r\n\r\nhi\r\n");
  EXPECT_EQ(backend.delivered[1].message, "a: b\r\n\r\nh\r\n");
  EXPECT_EQ(backend.delivered[2].message, "");
}

}  // namespace
}  // namespace mailtool::serve
