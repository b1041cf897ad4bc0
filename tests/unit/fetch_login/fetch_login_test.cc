#include "app/fetch_login.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/dialogue_stream.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

// One dialogue a connection.
class PlayedServer : public FetchServer {
 public:
  PlayedServer(std::vector<std::string> dialogues, TlsMode mode, bool tls)
      : dialogues_(std::move(dialogues)), mode_(mode), tls_(tls) {}

  Result<Stream*> connect() override {
    if (connections == dialogues_.size()) {
      return Error{ErrorKind::unreachable, "no more connections"};
    }
    if (stream_) {
      EXPECT_EQ(stream_->unplayed(), "");
    }
    stream_ = std::make_unique<test::DialogueStream>(
        test::parse_dialogue(dialogues_[connections++]), 4096);
    if (tls_) stream_->set_tls({"TLSv1.3", "x", {}, false});
    return stream_.get();
  }
  [[nodiscard]] TlsMode tls_mode() const override { return mode_; }
  Result<sasl::Credentials> credentials() override {
    sasl::Credentials credentials;
    credentials.user = "bob";
    credentials.password = &password_;
    return credentials;
  }
  [[nodiscard]] sasl::Policy auth_policy() const override {
    return {stream_->tls(), true, {}};
  }
  [[nodiscard]] std::chrono::milliseconds timeout() const override {
    return std::chrono::seconds(1);
  }
  [[nodiscard]] std::string unplayed() const {
    return connections == dialogues_.size() ? stream_->unplayed()
                                            : "connections";
  }

  std::size_t connections = 0;

 private:
  std::vector<std::string> dialogues_;
  TlsMode mode_;
  bool tls_;
  Secret password_{"tanstaaf"};
  std::unique_ptr<test::DialogueStream> stream_;
};

const std::string kCapa =
    "C: CAPA\nS: +OK\nS: USER\nS: PIPELINING\nS: STLS\nS: .\n";
const std::string kLogin = "C: USER bob\nC: PASS ****\nS: +OK\nS: +OK\n";
const std::string kEmpty =
    "C: STAT\nC: LIST\nC: UIDL\nS: +OK 0 0\nS: +OK\nS: .\nS: +OK\nS: .\n";
// With a memory: CAPA in the flight that is under way anyway.
const std::string kAskedAgain =
    "C: CAPA\nC: STAT\nC: LIST\nC: UIDL\nS: +OK\nS: USER\nS: PIPELINING\n"
    "S: STLS\nS: .\nS: +OK 0 0\nS: +OK\nS: .\nS: +OK\nS: .\n";
const std::string kStls = "C: STLS\nS: +OK\n<TLS negotiation>\n";
const std::string kHello = "S: +OK ready\n";

class FetchLogin : public testing::Test {
 protected:
  FetchLogin() {
    options_.url.host = "mail.example";
    options_.url.port = 995;
    options_.state_folder = folder_.path().string();
  }

  // Opens a maildrop and tells how it ended: "ok", or the error.
  std::string open(std::vector<std::string> dialogues,
                   TlsMode mode = TlsMode::required, bool tls = true) {
    PlayedServer server(std::move(dialogues), mode, tls);
    const auto credentials = server.credentials();
    const auto opened = open_maildrop(options_, server, *credentials);
    EXPECT_EQ(server.unplayed(), "");
    return opened ? "ok" : opened.error().one_line();
  }
  [[nodiscard]] bool remembered() const {
    return !std::filesystem::is_empty(folder_.path());
  }

  test::TempDir folder_;
  FetchOptions options_;
};

TEST_F(FetchLogin, CapaIsSparedTheSecondTime) {
  EXPECT_EQ(open({kHello + kCapa + kLogin + kEmpty}), "ok");
  EXPECT_EQ(open({kHello + kLogin + kAskedAgain}), "ok");
}

TEST_F(FetchLogin, NothingIsKeptWhereNothingMayChange) {
  options_.dry_run = true;
  EXPECT_EQ(open({kHello + kCapa + kLogin + kEmpty}), "ok");
  EXPECT_FALSE(remembered());
}

TEST_F(FetchLogin, AFailedLoginForgets) {
  EXPECT_EQ(open({kHello + kCapa + kLogin + kEmpty}), "ok");
  EXPECT_EQ(open({kHello + "C: USER bob\nC: PASS ****\nS: +OK\nS: -ERR no\n" +
                  kCapa + "C: QUIT\nS: +OK\n"}),
            "PASS ****: refused: server said: no");
  EXPECT_FALSE(remembered());
}

TEST_F(FetchLogin, ALoginThatMustWaitForgetsNothing) {
  EXPECT_EQ(open({kHello + kCapa + kLogin + kEmpty}), "ok");
  const std::string in_use =
      "C: USER bob\nC: PASS ****\nS: +OK\nS: -ERR [IN-USE] wait\n"
      "C: QUIT\nS: +OK\n";
  EXPECT_EQ(open({kHello + in_use}),
            "PASS ****: refused for now: server said: [IN-USE] wait");
  EXPECT_EQ(open({kHello + kLogin + kAskedAgain}), "ok");
}

TEST_F(FetchLogin, TheServersDelayIsAHint) {
  PlayedServer server(
      {kHello + "C: CAPA\nS: +OK\nS: USER\nS: LOGIN-DELAY 900\nS: .\n"
                "C: USER bob\nS: +OK\nC: PASS ****\n"
                "S: -ERR [LOGIN-DELAY] too often\nC: QUIT\nS: +OK\n"},
      TlsMode::required, true);
  const auto credentials = server.credentials();
  const auto opened = open_maildrop(options_, server, *credentials);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::deferred);
  EXPECT_EQ(opened.error().hint, "the server wants 900 seconds between logins");
}

TEST_F(FetchLogin, StlsGoesUnaskedWhereItMust) {
  const auto first = kHello + kStls + kCapa + kLogin + kEmpty;
  EXPECT_EQ(open({first}, TlsMode::required, false), "ok");
  const auto second = kHello + kStls + kLogin + kAskedAgain;
  EXPECT_EQ(open({second}, TlsMode::required, false), "ok");
}

TEST_F(FetchLogin, StlsRefusedEndsASessionThatNeedsIt) {
  EXPECT_EQ(open({kHello + "C: STLS\nS: -ERR unknown\nC: QUIT\nS: +OK\n"},
                 TlsMode::required, false),
            "STLS: refused: server said: unknown");
}

TEST_F(FetchLogin, AServerThatTookTlsIsAskedForItAtOnce) {
  const auto mode = TlsMode::opportunistic;
  EXPECT_EQ(
      open({kHello + kCapa + kStls + kCapa + kLogin + kEmpty}, mode, false),
      "ok");
  EXPECT_EQ(open({kHello + kStls + kLogin + kAskedAgain}, mode, false), "ok");
  // It is not to be had any more: the options allow clear text.
  const std::string bare = "C: CAPA\nS: +OK\nS: USER\nS: PIPELINING\nS: .\n";
  EXPECT_EQ(open({kHello + "C: STLS\nS: -ERR no\n" + bare + kLogin + kEmpty},
                 mode, false),
            "ok");
}

// The trial costs the connection; the second one knows better, and so does the
// next run.
TEST_F(FetchLogin, AServerThatCannotPipelineIsConnectedAgain) {
  const std::string login =
      "C: USER bob\nS: +OK\nC: PASS ****\nS: +OK\nC: STAT\nS: +OK 3 9\n";
  const std::string trial = "C: NOOP\nC: NOOP\nS: +OK\n<server stalls>\n";
  std::string slowly = "C: LIST\nS: +OK\nS: 1 3\nS: 2 3\nS: 3 3\nS: .\n";
  slowly += "C: UIDL\nS: -ERR\n";
  EXPECT_EQ(open({kHello + "C: CAPA\nS: -ERR\n" + login + trial,
                  kHello + login + slowly}),
            "ok");
  EXPECT_EQ(open({kHello + login + slowly}), "ok");
}

TEST_F(FetchLogin, AServerThatNeverAnswersIsNotConnectedForEver) {
  const std::string login =
      "C: USER bob\nS: +OK\nC: PASS ****\nS: +OK\nC: STAT\n<server stalls>\n";
  EXPECT_EQ(open({kHello + "C: CAPA\nS: -ERR\n" + login}),
            "STAT: no answer in time");
}

TEST_F(FetchLogin, ALostSessionCastsDoubtOnATrial) {
  const std::string login =
      "C: USER bob\nS: +OK\nC: PASS ****\nS: +OK\nC: STAT\nS: +OK 3 9\n";
  const std::string lists = "S: +OK\nS: 1 3\nS: 2 3\nS: 3 3\nS: .\nS: -ERR\n";
  PlayedServer server({kHello + "C: CAPA\nS: -ERR\n" + login +
                       "C: NOOP\nC: NOOP\nS: +OK\nS: +OK\n"
                       "C: LIST\nC: UIDL\n" +
                       lists},
                      TlsMode::required, true);
  const auto credentials = server.credentials();
  const auto opened = open_maildrop(options_, server, *credentials);
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_TRUE(opened->client->pipelines_unannounced());
  note_lost_session(options_, *opened->client);
  EXPECT_EQ(open({kHello + login +
                  "C: LIST\nS: +OK\nS: 1 3\nS: 2 3\nS: 3 3\nS: .\n"
                  "C: UIDL\nS: -ERR\n"}),
            "ok");
}

TEST(LanguageTag, IsThatOfTheLocale) {
  EXPECT_EQ(language_tag("de_AT.UTF-8"), "de-AT");
  EXPECT_EQ(language_tag("de"), "de");
  EXPECT_EQ(language_tag("sr_RS@latin"), "sr-RS");
  for (const char* none :
       {"", "C", "C.UTF-8", "POSIX", "de AT", "d\r\ne", "*", "a/b"}) {
    EXPECT_EQ(language_tag(none), "") << none;
  }
  EXPECT_EQ(language_tag(std::string(1000, 'x')), "");
}

}  // namespace
}  // namespace mailtool::app
