// Each dialogue is a whole session, judged by what the user would learn.

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "dialogue/pop3/pop3_session.h"
#include "support/dialogue_stream.h"

namespace mailtool::client {
namespace {

using test::DialogueStream;

struct Case {
  const char* file;
  Tls tls;
  std::string outcome;
};

using enum Tls;

// clang-format off
const Case kCases[] = {
    {"rfc1939",       implicit, "1: Subject: one||first|; 2: Subject: two||second|; deleted; ok"},
    {"pipelined",     implicit, "1: one|; 2: two|; 3: three|; deleted; ok"},
    {"stls",          upgrade,  "ok"},
    {"stls-injection", upgrade, "protocol"},
    {"stls-refused",  upgrade,  "unsupported STLS: refused: server said: not today"},
    {"stls-not-offered", upgrade, "unsupported STLS: the server offers no TLS"},
    {"stls-fails",    upgrade,  "untrusted STLS: certificate not proved"},
    {"apop",          off,      "ok"},
    {"apop-refused",  off,      "no_auth APOP bob ****: refused: server said: permission denied"},
    {"no-clear-text", off,      "no_auth"},
    {"auth-plain",    implicit, "ok"},
    {"auth-cram-md5", off,      "ok"},
    {"auth-refused",  implicit, "no_auth AUTH PLAIN: refused: server said: [AUTH] invalid credentials"},
    {"wrong-password", implicit, "no_auth AUTH PLAIN: refused: server said: [AUTH] wrong password"},
    {"pass-repeated", implicit, "no_auth PASS ****: refused: server said: [AUTH] (not shown: it repeats the secret)"},
    {"pass-echoed",   implicit, "protocol PASS ****: not a POP3 reply: server said: (not shown: it repeats the secret)"},
    {"auth-repeated", implicit, "no_auth AUTH PLAIN: refused: server said: [AUTH] (not shown: it repeats the secret)"},
    {"pass-refused",  implicit, "no_auth PASS ****: refused: server said: wrong password"},
    {"user-refused",  implicit, "no_auth USER bob: refused: server said: [AUTH] no such user"},
    {"in-use",        implicit, "deferred PASS ****: refused for now: server said: [IN-USE] try another time"},
    {"sys-temp",      implicit, "deferred PASS ****: refused for now: server said: [SYS/TEMP] try another time"},
    {"login-delay",   implicit, "deferred PASS ****: refused for now: server said: [LOGIN-DELAY] try another time"},
    {"sys-perm",      implicit, "rejected PASS ****: refused: server said: [SYS/PERM] try another time"},
    {"control-characters", implicit, "no_auth PASS ****: refused: server said: \\x1b[2Jwrong\\x08"},
    {"greeting-err",  implicit, "deferred greeting: refused for now: server said: [SYS/TEMP] closed for lunch"},
    {"greeting-err-plain", implicit, "deferred greeting: refused: server said: closed for lunch"},
    {"greeting-smtp", implicit, "protocol greeting: not a POP3 server but SMTP or FTP: server said: 220 mail.example ESMTP"},
    {"greeting-imap", implicit, "protocol greeting: not a POP3 server but IMAP: server said: * OK IMAP4rev1 ready"},
    {"greeting-http", implicit, "protocol greeting: not a POP3 server but HTTP: server said: HTTP/1.1 400 Bad Request"},
    {"greeting-tls",  implicit, "protocol greeting: the server speaks TLS here"},
    {"greeting-closes", implicit, "disconnected greeting: connection closed by the server"},
    {"greeting-stalls", implicit, "timed_out greeting: no answer in time"},
    {"greeting-endless", implicit, "protocol greeting: line of more than 12288 octets"},
    {"one-retr-refused", implicit, "1: one|; 2 refused: message is damaged; 3: three|; deleted; ok"},
    {"cut-in-retr",   implicit, "disconnected RETR 1: message 1 incomplete: connection closed by the server"},
    {"cut-in-terminator", implicit, "disconnected RETR 1: message 1 incomplete: connection closed by the server"},
    {"stall-in-retr", implicit, "timed_out RETR 1: message 1 incomplete: no answer in time"},
    {"dots",          implicit, "1: .|..two|a\n.\nb|; deleted; ok"},
    {"lf-only",       implicit, "1: one\n.\n; deleted; ok"},
    {"empty-message", implicit, "1: ; deleted; ok"},
    {"uidl-odd",      implicit, "1: one|; 2: two|; 3: three|; 4: four|; deleted; ok"},
    {"no-uidl",       implicit, "1: one|; deleted; ok"},
    {"stat-negative", implicit, "protocol STAT: bad STAT: server said: -1 0"},
    {"stat-huge",     implicit, "protocol STAT: bad STAT: server said: 4294967295 1"},
    {"stat-refused",  implicit, "deferred STAT: refused for now: server said: [SYS/TEMP] maildrop is locked"},
    {"list-shorter-than-stat", implicit, "1: one|; deleted; ok"},
    {"list-longer-than-stat", implicit, "1: one|; 7: seven|; deleted; ok"},
    {"list-number-twice", implicit, "1: one|; 2: two|; deleted; ok"},
    {"list-garbage",  implicit, "2: two|; deleted; ok"},
    {"list-nothing",  implicit, "protocol LIST: STAT counts 2 messages, LIST names none"},
    {"list-refused",  implicit, "1: one|; 2: two|; deleted; ok"},
    {"listings-refused", implicit, "rejected LIST: refused: server said: LIST is broken"},
    {"list-refused-for-now", implicit, "deferred LIST: refused for now: server said: [SYS/TEMP] index is being rebuilt"},
    {"list-from-zero", implicit, "protocol LIST: the numbers of messages begin at 0: they cannot be told apart"},
    {"uidl-from-zero", implicit, "protocol UIDL: the numbers of messages begin at 0: they cannot be told apart"},
    {"uidl-unknown-number", implicit, "1: one|; deleted; ok"},
    {"uidl-number-twice", implicit, "1: one|; 2: two|; deleted; ok"},
    {"capa-endless",  implicit, "protocol CAPA: listing of more than 200 lines"},
    {"sizes-lie",     implicit, "1: one|; 2: two|; 3: three|; deleted; ok"},
    {"dots-not-doubled", implicit, "protocol RETR 2: not a POP3 reply: server said: two"},
    {"dots-not-doubled-last", implicit, "protocol STAT: not a POP3 reply: server said: two"},
    {"dots-not-doubled-longer", implicit, "protocol STAT: not a POP3 reply: server said: two"},
    {"dots-not-doubled-lf", implicit, "protocol STAT: not a POP3 reply: server said: two"},
    {"one-answer-too-many", implicit, "1: one|; protocol STAT: not the answer to STAT: a message ended too soon, or there was one too many: server said: 5 octets"},
    {"shorter-than-listed", implicit, "1: one|; 2: two|; deleted; ok"},
    {"lf-among-crlf", implicit, "1: one\n.\ntwo|; deleted; ok"},
    {"lf-status-among-crlf", implicit, "1: one\n.\ntwo|; deleted; ok"},
    {"listing-ends-in-lf", implicit, "protocol LIST: a listing that ends in LF alone"},
    {"retr-refused-for-now", implicit, "1 refused: [SYS/TEMP] busy; 2: two|; deleted; ok"},
    {"login-delay-known", implicit, "deferred PASS ****: refused for now: server said: [LOGIN-DELAY] too often"},
    {"quit-without-answer", implicit, "1: one|; disconnected QUIT: connection closed by the server"},
    {"quit-stalls",   implicit, "1: one|; timed_out QUIT: no answer in time"},
    {"quit-refused",  implicit, "1: one|; deferred QUIT: refused: server said: some deleted messages not removed"},
    {"dele-refused",  implicit, "1: one|; 1 not deleted: read only; ok"},
    {"answer-before-question", implicit, "protocol"},
    {"reply-garbage", implicit, "protocol RETR 1: not a POP3 reply: server said: 250 here it comes"},
    {"challenge-outside-auth", implicit, "protocol RETR 1: challenge outside of AUTH"},
};
// clang-format on

class Pop3Dialogue
    : public testing::TestWithParam<std::tuple<Case, std::size_t>> {};
INSTANTIATE_TEST_SUITE_P(
    Each, Pop3Dialogue,
    testing::Combine(testing::ValuesIn(kCases), testing::Values(4096, 1)),
    [](const auto& tested) {
      std::string name = std::get<0>(tested.param).file;
      for (auto& c : name) {
        if (c == '-') c = '_';
      }
      return name + (std::get<1>(tested.param) == 1 ? "_octets" : "_whole");
    });

TEST_P(Pop3Dialogue, EndsAsItShould) {
  const auto& [c, chunk] = GetParam();
  const auto folder = std::filesystem::path(MAILTOOL_TESTS) / "dialogue/pop3";
  DialogueStream server(
      test::load_dialogue(folder / (std::string(c.file) + ".dialogue")), chunk);
  if (c.tls == implicit) {
    server.set_tls({"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, false});
  }
  Pop3Client client(server, std::chrono::seconds(1));
  const auto outcome = play(client, server, {c.tls, true});
  if (c.outcome == "protocol" || c.outcome == "no_auth") {
    EXPECT_TRUE(outcome.starts_with(c.outcome + " ")) << outcome;
  } else {
    EXPECT_EQ(outcome, c.outcome);
  }
  // Where the server broke the protocol, what is left stays unread.
  if (outcome.find("protocol ") == outcome.npos) {
    EXPECT_EQ(server.unplayed(), "");
  }
}

TEST(Pop3Dialogues, AreAllPlayed) {
  std::set<std::string> listed;
  for (const auto& c : kCases) listed.insert(c.file);
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(MAILTOOL_TESTS) / "dialogue/pop3")) {
    if (entry.path().extension() == ".dialogue") {
      there.insert(entry.path().stem().string());
    }
  }
  EXPECT_EQ(listed, there);
}

}  // namespace
}  // namespace mailtool::client
