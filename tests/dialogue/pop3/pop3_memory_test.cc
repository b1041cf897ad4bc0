// What a session learns of a server, and what it does with what an earlier one
// learnt: each dialogue is a whole session with a memory.

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "dialogue/pop3/pop3_session.h"
#include "support/dialogue_stream.h"

namespace mailtool::client {
namespace {

using Lines = std::vector<std::string>;
using enum Tls;

struct Memory {
  bool tls = true;
  Lines before_login;
  std::optional<Lines> after_login = std::nullopt;
  Finding pipelines = Finding::unknown;
  bool no_initial_response = false;
};

struct Case {
  const char* file;
  std::optional<Memory> remembered;
  Session how;
  std::string outcome;
  std::string learnt;  // empty: not worth keeping
};

const Session kPlain;
const Session kStls{.tls = upgrade};
const Session kToken{.token = true};
const Session kJuergen{.user = "j\xc3\xbcrgen"};
const Lines kUser = {"USER", "PIPELINING", "UIDL"};
const Lines kSasl = {"SASL PLAIN", "PIPELINING"};
constexpr const char* kThree = "1: one|; 2: two|; 3: three|; deleted; ok";

// clang-format off
const Case kCases[] = {
    {"cold", {}, kPlain, kThree, "USER PIPELINING UIDL"},
    {"warm", Memory{true, kUser}, kPlain, kThree, "USER PIPELINING UIDL, after: USER PIPELINING EXPIRE 0"},
    {"warm-sasl", Memory{true, kSasl}, kPlain, kThree, "SASL PLAIN PIPELINING, after: USER PIPELINING EXPIRE 0"},
    {"warm-stls", Memory{true, kSasl}, kStls, "ok", "SASL PLAIN PIPELINING, after: SASL PLAIN PIPELINING"},
    {"other-security", Memory{false, {"SASL CRAM-MD5"}}, kPlain, "ok", "SASL PLAIN PIPELINING"},
    {"mechanism-gone", Memory{true, {"SASL CRAM-MD5"}}, kPlain, "ok", "SASL PLAIN PIPELINING"},
    {"user-gone", Memory{true, kUser}, kPlain, "ok", "SASL PLAIN PIPELINING"},
    {"password-wrong", Memory{true, kSasl}, kPlain, "no_auth AUTH PLAIN: refused: server said: login failed", ""},
    {"password-wrong-by-code", Memory{true, kSasl}, kPlain, "no_auth AUTH PLAIN: refused: server said: [AUTH] login failed", ""},
    {"refused-for-now", Memory{true, kSasl}, kPlain, "deferred AUTH PLAIN: refused for now: server said: [IN-USE] another session", ""},
    {"after-login", {}, kPlain, kThree, "USER UIDL, after: USER PIPELINING EXPIRE 0, pipelines"},
    {"after-login-warm", Memory{true, {"USER", "UIDL"}, Lines{"PIPELINING"}}, kPlain, kThree, "USER UIDL, after: USER PIPELINING EXPIRE 0"},
    {"capa-only-before-login", {}, kPlain, kThree, "USER, after: USER, pipelines"},
    {"trial", {}, kPlain, kThree, ", pipelines"},
    {"trial-warm", Memory{true, {}, {}, Finding::yes}, kPlain, kThree, ", pipelines"},
    {"trial-unanswered", {}, kPlain, "timed_out NOOP: no answer in time", ", does not pipeline, reconnect"},
    {"trial-closed", {}, kPlain, "disconnected NOOP: connection closed by the server", ", does not pipeline, reconnect"},
    {"one-by-one", Memory{true, {}, {}, Finding::no}, kPlain, kThree, ", does not pipeline"},
    {"expire-one-by-one", Memory{true, {"USER"}, Lines{"USER"}, Finding::no}, kPlain, kThree, "USER, after: USER EXPIRE 0, does not pipeline"},
    {"expire-of-the-user", Memory{true, {"USER", "PIPELINING", "EXPIRE 30 USER"}}, kPlain, "ok", "USER PIPELINING EXPIRE 30 USER, pipelines"},
    {"utf8-and-language", {}, kPlain, "ok", "USER PIPELINING UTF8 LANG"},
    {"utf8-and-language-one-by-one", {}, kPlain, "ok", "USER UTF8 LANG"},
    {"utf8-user-name", {}, kJuergen, "ok", "USER UTF8 USER PIPELINING"},
    {"utf8-user-name-refused", {}, kJuergen, "no_auth USER: the server takes only user names in ASCII", ""},
    {"token-microsoft", {}, kToken, "ok", "TOP UIDL SASL PLAIN XOAUTH2, two steps"},
    {"token-protocol-error", {}, kToken, "ok", "SASL XOAUTH2, two steps"},
    {"token-two-steps-warm", Memory{true, {"SASL XOAUTH2"}, {}, Finding::unknown, true}, kToken, "ok", "SASL XOAUTH2, two steps"},
    {"token-closed", {}, kToken, "no_auth AUTH XOAUTH2: refused: server said: Protocol error. Connection is closed. 10", "SASL XOAUTH2, two steps, reconnect"},
    {"token-refused", {}, kToken, "no_auth AUTH XOAUTH2: refused: server said: [AUTH] no {\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"https://mail.example/\"}", ""},
    {"token-shown-back", {}, kToken, "no_auth AUTH XOAUTH2: refused: server said: [AUTH] no", ""},
    {"plain-in-two-steps", {}, kPlain, "ok", "SASL PLAIN, two steps"},
};
// clang-format on

pop3::Capabilities capabilities(const Lines& lines) {
  pop3::Capabilities listed;
  for (const auto& line : lines) EXPECT_TRUE(listed.feed_line(line));
  return listed;
}

std::string shown(const pop3::Capabilities& listed) {
  auto text = listed.to_wire();
  text.resize(text.size() - 3);  // ".", CR, LF
  for (std::size_t at; (at = text.find("\r\n")) != text.npos;) {
    text.replace(at, 2, " ");
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string shown(const ServerMemory& memory) {
  auto text = shown(memory.before_login);
  if (memory.after_login) text += ", after: " + shown(*memory.after_login);
  if (memory.pipelines == Finding::yes) text += ", pipelines";
  if (memory.pipelines == Finding::no) text += ", does not pipeline";
  if (memory.no_initial_response) text += ", two steps";
  return text;
}

class Pop3Memory
    : public testing::TestWithParam<std::tuple<Case, std::size_t>> {};
INSTANTIATE_TEST_SUITE_P(
    Each, Pop3Memory,
    testing::Combine(testing::ValuesIn(kCases), testing::Values(4096, 1)),
    [](const auto& tested) {
      std::string name = std::get<0>(tested.param).file;
      for (auto& c : name) {
        if (c == '-') c = '_';
      }
      return name + (std::get<1>(tested.param) == 1 ? "_octets" : "_whole");
    });

std::filesystem::path folder() {
  return std::filesystem::path(MAILTOOL_TESTS) / "dialogue/pop3/memory";
}

TEST_P(Pop3Memory, IsUsedAndMade) {
  const auto& [c, chunk] = GetParam();
  test::DialogueStream server(
      test::load_dialogue(folder() / (std::string(c.file) + ".dialogue")),
      chunk);
  if (c.how.tls == implicit) {
    server.set_tls({"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, false});
  }
  Pop3Client client(server, std::chrono::seconds(1));
  client.set_language("de-AT");
  if (c.remembered) {
    const auto& m = *c.remembered;
    ServerMemory memory{m.tls,
                        capabilities(m.before_login),
                        {},
                        m.pipelines,
                        m.no_initial_response};
    if (m.after_login) memory.after_login = capabilities(*m.after_login);
    client.recall(memory);
  }
  EXPECT_EQ(play(client, server, c.how), c.outcome);
  EXPECT_EQ(server.unplayed(), "");
  EXPECT_TRUE(client.memory().tls);
  const auto learnt =
      shown(client.memory()) + (client.must_reconnect() ? ", reconnect" : "");
  if (!c.learnt.empty()) {
    EXPECT_EQ(learnt, c.learnt);
  }
}

TEST(Pop3Memories, AreAllPlayed) {
  std::set<std::string> listed;
  for (const auto& c : kCases) listed.insert(c.file);
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    there.insert(entry.path().stem().string());
  }
  EXPECT_EQ(listed, there);
}

// The connection, TLS and the greeting are 3 round trips; each turn of the
// client is one more.
TEST(Pop3Memories, SpareARoundTrip) {
  const auto round_trips = [](const char* file) {
    std::size_t turns = 3;
    auto last = test::Step::Kind::server;
    for (const auto& step : test::load_dialogue(folder() / file)) {
      const bool turn = step.kind == test::Step::Kind::client &&
                        last != test::Step::Kind::client;
      turns += turn ? 1 : 0;
      last = step.kind;
    }
    return turns;
  };
  EXPECT_EQ(round_trips("cold.dialogue"), 8u);
  EXPECT_EQ(round_trips("warm.dialogue"), 7u);
  EXPECT_EQ(round_trips("warm-sasl.dialogue"), 7u);
}

}  // namespace
}  // namespace mailtool::client
