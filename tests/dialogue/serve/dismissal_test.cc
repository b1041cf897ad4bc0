// What sessions say where the server ends, and that nothing is kept of what was
// under way: each just got an end of the connection.

#include "fake_servers.h"
#include "mailtool/serve/faulty_session.h"

namespace mailtool::serve {
namespace {

class Shutdown : public FakeServers {
 protected:
  // What it says at the end, behind the dialogue.
  std::string end(std::unique_ptr<Session> session,
                  const std::string& dialogue) {
    auto player = player_of(*session);
    player.play(test::parse_dialogue(dialogue));
    EXPECT_EQ(session->wait(), Wait::octets);
    std::string said;
    session->dismiss(Dismissal::shutdown, said);
    EXPECT_EQ(session->wait(), Wait::close);
    return said;
  }
  std::unique_ptr<Session> smtp() {
    return make_smtp_session(smtp_settings, backend, users);
  }
  std::unique_ptr<Session> pop3() {
    return make_pop3_session(pop3_settings, drops, users);
  }
  std::unique_ptr<Session> imap() {
    return make_imap_session(imap_settings, store, users);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, Shutdown, testing::Values(4096, 7, 1));

// RFC 5321 section 3.8.
TEST_P(Shutdown, Smtp) {
  const std::string last = "421 4.3.2 mx.crepes.example shutting down\r\n";
  const std::string greeting = "S: 220 mx.crepes.example ESMTP\n";
  EXPECT_EQ(end(smtp(), greeting), last);
  EXPECT_EQ(end(smtp(), greeting + "C-NOO\n"), last);
  const auto begun = greeting + R"(
C: HELO laptop.example
S: 250 mx.crepes.example
C: MAIL FROM:<bob@hamburger.example>
S: 250 2.1.0 sender taken
C: RCPT TO:<alice@crepes.example>
S: 250 2.1.5 recipient taken
)";
  EXPECT_EQ(end(smtp(), begun), last);
  EXPECT_EQ(end(smtp(), begun + R"(
C: DATA
S: 354 end with a dot on a line by itself
C: Subject: lunch
C-Noon
)"),
            last);
  EXPECT_EQ(end(smtp(), begun + "C: BDAT 40 LAST\nC: Subject: lunch\n"), last);
  EXPECT_TRUE(backend.delivered.empty());
  EXPECT_EQ(end(smtp(), greeting + R"(
C: HELO laptop.example
S: 250 mx.crepes.example
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
)"),
            last);
}

// RFC 1939 section 3: what was marked stays.
TEST_P(Shutdown, Pop3) {
  drops.messages["bob"] = {"Subject: one\r\n\r\n1\r\n"};
  const std::string greeting = "S: +OK mx.crepes.example POP3\n";
  EXPECT_EQ(end(pop3(), greeting), "");
  EXPECT_EQ(end(pop3(), greeting + R"(
C: USER bob
S: +OK
C: PASS secret
S: +OK 1 messages
C: DELE 1
S: +OK
)"),
            "");
  EXPECT_EQ(drops.messages["bob"].size(), 1u);
}

// RFC 9051 section 3.4.
TEST_P(Shutdown, Imap) {
  const std::string last = "* BYE [UNAVAILABLE] shutting down\r\n";
  const auto greeting = "S: * OK [CAPABILITY " + kCan +
                        " AUTH=PLAIN AUTH=LOGIN] mx.crepes.example\n";
  const auto begun = greeting + "C: a LOGIN alice secret\nS: a OK [CAPABILITY " +
                     kCan + "] logged in\n";
  EXPECT_EQ(end(imap(), greeting), last);
  EXPECT_EQ(end(imap(), greeting + "C: b AUTHENTICATE PLAIN\nS: + \n"), last);
  EXPECT_EQ(end(imap(), greeting + "C: b LOGIN {5}\nS: + go ahead\nC-ali\n"),
            last);
  EXPECT_EQ(end(imap(), begun + "C: b IDLE\nS: + idling\n"), last);
  EXPECT_EQ(end(imap(), begun + "C: b APPEND INBOX {40}\nS: + go ahead\n"
                                "C-Subject: lunch\n"),
            last);
  EXPECT_EQ(end(imap(), begun + R"(
C: b STATUS INBOX (MESSAGES)
S: * STATUS "INBOX" (MESSAGES 0)
S: b OK done
)"),
            last);
}

// It goes through what stands around a session.
TEST_P(Shutdown, OfOneThatFailsOnPurpose) {
  FaultRules rules;
  EXPECT_EQ(end(make_faulty_session(
                    kSmtp, rules, std::chrono::milliseconds(50),
                    [&](FaultHook& hook) {
                      return make_smtp_session(smtp_settings, backend, users,
                                               &hook);
                    }),
                "S: 220 mx.crepes.example ESMTP\n"),
            "421 4.3.2 mx.crepes.example shutting down\r\n");
}

}  // namespace
}  // namespace mailtool::serve
