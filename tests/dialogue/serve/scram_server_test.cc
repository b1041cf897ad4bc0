// Logins by SCRAM with each server, by the mechanisms of our own clients.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "fake_backend.h"
#include "fake_maildrop.h"
#include "fake_store.h"
#include "mailtool/base/base64.h"
#include "mailtool/sasl/mechanism.h"
#include "mailtool/serve/imap_session.h"
#include "mailtool/serve/pop3_session.h"
#include "mailtool/serve/smtp_session.h"
#include "mailtool/serve/transcript_session.h"
#include "serve/sasl_server.h"
#include "shared_text.h"

namespace mailtool::serve {
namespace {

class ScramUsers : public FakeUsers {
 public:
  [[nodiscard]] bool has_scram() const override { return true; }
  ScramUser scram_user(sasl::ScramHash hash, std::string_view name) override {
    if (name != "alice") {
      return {"", sasl::decoy_scram_keys(hash, "key", name)};
    }
    return {"alice", *sasl::derive_scram_keys(hash, Secret("secret"), "salt")};
  }
};

const TlsInfo kTls{
    "TLSv1.3", "TLS_AES_256_GCM_SHA384", {{"tls-exporter", "unique"}}, false};

std::string names(const SaslServer& server) {
  std::string all;
  for (const auto name : server.mechanisms()) all += std::string(name) + " ";
  return all;
}

TEST(ScramLogin, WhatIsOffered) {
  FakeUsers without;
  SaslServer none(without);
  none.secured(kTls);
  EXPECT_EQ(names(none), "PLAIN LOGIN ");
  EXPECT_EQ(none.begin("SCRAM-SHA-256", std::nullopt).kind,
            SaslServer::Step::Kind::unknown);
  ScramUsers users;
  SaslServer clear(users);
  EXPECT_EQ(names(clear), "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN ");
  EXPECT_EQ(clear.begin("SCRAM-SHA-256-PLUS", std::nullopt).kind,
            SaslServer::Step::Kind::unknown);
  clear.secured(kTls);
  EXPECT_EQ(names(clear),
            "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 "
            "PLAIN LOGIN ");
}

struct Row {
  const char* mechanism;
  const char* user;
  const char* password;
  bool let_in;
};

constexpr Row kRows[] = {
    {"SCRAM-SHA-256-PLUS", "alice", "secret", true},
    {"SCRAM-SHA-256", "alice", "secret", true},
    {"SCRAM-SHA-1-PLUS", "alice", "secret", true},
    {"SCRAM-SHA-1", "alice", "secret", true},
    {"SCRAM-SHA-256", "alice", "wrong", false},
    {"SCRAM-SHA-256-PLUS", "alice", "wrong", false},
    {"SCRAM-SHA-256", "nobody", "secret", false},
};

// As a client does it: `begin` is the command, `ask` what stands before a
// challenge. The last line of the server.
std::string log_in(Session& session, const Row& row, const std::string& begin,
                   std::string_view ask) {
  const Secret password{std::string(row.password)};
  sasl::Credentials credentials;
  credentials.user = row.user;
  credentials.password = &password;
  // One that could bind, and is not offered to, takes that for an attack.
  const bool plus = std::string_view(row.mechanism).ends_with("-PLUS");
  const auto chosen =
      sasl::choose({row.mechanism}, credentials,
                   {.tls = plus ? std::optional(kTls) : std::nullopt});
  EXPECT_TRUE(chosen);
  auto& mechanism = *chosen->front();
  std::string said;
  session.secured(kTls, said);
  session.begin(said);
  if (ask == "334 ") session.feed("EHLO x\r\n", said);
  said.clear();
  session.feed(begin + row.mechanism + " " +
                   base64_encode(*mechanism.respond("")) + "\r\n",
               said);
  while (said.starts_with(ask)) {
    const auto challenge = base64_decode(std::string_view(said).substr(
        ask.size(), said.size() - ask.size() - 2));
    EXPECT_TRUE(challenge) << said;
    const auto response = mechanism.respond(*challenge);
    if (!response) return "the client: " + response.error().one_line();
    said.clear();
    session.feed(base64_encode(*response) + "\r\n", said);
  }
  const bool proved = static_cast<bool>(mechanism.finish());
  EXPECT_EQ(proved, row.let_in) << said;
  return said;
}

// How a protocol has it: the command, what stands before a challenge, and how
// the last line begins for who is let in, and for who is not.
struct Words {
  const char* begin;
  const char* ask;
  const char* let_in;
  const char* refused;
};

// With whom it has let in the server has all of its patience.
template <class Make>
void hold(Make make_session, std::chrono::milliseconds patience,
          const Words& words) {
  ScramUsers users;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.mechanism);
    const std::unique_ptr<Session> session = make_session(users);
    const auto said = log_in(*session, row, words.begin, words.ask);
    EXPECT_TRUE(said.starts_with(row.let_in ? words.let_in : words.refused))
        << said;
    EXPECT_EQ(session->patience() == patience, row.let_in);
  }
}

TEST(ScramLogin, Smtp) {
  const SmtpSettings settings{.host = "mx", .submission = true};
  FakeBackend backend;
  hold(
      [&](Users& users) { return make_smtp_session(settings, backend, users); },
      settings.patience,
      {"AUTH ", "334 ", "235 2.7.0 logged in\r\n",
       "535 5.7.8 wrong user or password\r\n"});
}

TEST(ScramLogin, Pop3) {
  const Pop3Settings settings{.host = "mx"};
  FakeMaildrops drops;
  hold([&](Users& users) { return make_pop3_session(settings, drops, users); },
       settings.patience,
       {"AUTH ", "+ ", "+OK 0 messages\r\n",
        "-ERR [AUTH] wrong user or password\r\n"});
}

TEST(ScramLogin, Imap) {
  const ImapSettings settings{.host = "mx"};
  FakeStore store;
  hold([&](Users& users) { return make_imap_session(settings, store, users); },
       settings.patience,
       {"a AUTHENTICATE ", "+ ", "a OK [CAPABILITY ",
        "a NO [AUTHENTICATIONFAILED] "});
}

std::string one_line(Session& session, const std::string& command) {
  std::string said;
  session.feed(command + "\r\n", said);
  return said;
}

// All of that was told to be no base64.
TEST(ScramLogin, WhatIsWrongIsSaid) {
  struct Said {
    const char* mechanism;
    const char* first;
    const char* last;  // the "#" in it becomes the nonce
    const char* smtp;
    const char* imap;
    const char* pop3;
  };
  constexpr Said kSaid[] = {
      {"PLAIN", "alice", "", "501 5.5.4 PLAIN: not user",
       "a BAD PLAIN: not user", "-ERR PLAIN: not user"},
      {"SCRAM-SHA-256", "p=tls-exporter,,n=alice,r=abc", "",
       "501 5.5.4 SCRAM: p= without -PLUS", "a BAD SCRAM: p= without -PLUS",
       "-ERR SCRAM: p= without -PLUS"},
      {"SCRAM-SHA-256-PLUS", "p=tls-unique,,n=alice,r=abc", "",
       "535 5.7.8 SCRAM: unsupported-channel-binding-type",
       "a NO [AUTHENTICATIONFAILED] SCRAM: unsupported-channel-binding-type",
       "-ERR [AUTH] SCRAM: unsupported-channel-binding-type"},
      {"SCRAM-SHA-256", "y,,n=alice,r=abc", "",
       "535 5.7.8 SCRAM: server-does-support-channel-binding",
       "a NO [AUTHENTICATIONFAILED] SCRAM: server-does-support-",
       "-ERR [AUTH] SCRAM: server-does-support-channel-binding"},
      {"SCRAM-SHA-256", "n,,n=alice,r=abc", "c=biws,r=abcWRONG,p=AAAA",
       "501 5.5.4 SCRAM: another nonce", "a BAD SCRAM: another nonce",
       "-ERR SCRAM: another nonce"},
      {"SCRAM-SHA-256", "n,,n=alice,r=abc", "c=eSws,r=#,p=AAAA",
       "535 5.7.8 SCRAM: channel-bindings-dont-match",
       "a NO [AUTHENTICATIONFAILED] SCRAM: channel-bindings-dont-match",
       "-ERR [AUTH] SCRAM: channel-bindings-dont-match"},
  };
  const SmtpSettings smtp{.host = "mx", .submission = true};
  const ImapSettings imap{.host = "mx"};
  const Pop3Settings pop3{.host = "mx"};
  FakeBackend backend;
  FakeStore store;
  FakeMaildrops maildrops;
  ScramUsers users;
  const auto last_word = [](Session& session, const Said& row,
                            const std::string& begin) {
    std::string said;
    session.secured(kTls, said);
    session.begin(said);
    session.feed("EHLO x\r\n", said);
    said = one_line(session, begin + row.mechanism + " " +
                                 base64_encode(row.first));
    if (*row.last == '\0') return said;
    const auto challenge = base64_decode(std::string_view(said).substr(
        said.find(' ') + 1, said.size() - said.find(' ') - 3));
    EXPECT_TRUE(challenge) << said;
    const auto nonce = challenge->substr(2, challenge->find(',') - 2);
    std::string last = row.last;
    if (const auto at = last.find('#'); at != last.npos) {
      last.replace(at, 1, nonce);
    }
    return one_line(session, base64_encode(last));
  };
  for (const auto& row : kSaid) {
    SCOPED_TRACE(row.smtp);
    EXPECT_TRUE(last_word(*make_smtp_session(smtp, backend, users), row, "AUTH ")
                    .starts_with(row.smtp));
    EXPECT_TRUE(last_word(*make_imap_session(imap, store, users), row,
                          "a AUTHENTICATE ")
                    .starts_with(row.imap));
    EXPECT_TRUE(last_word(*make_pop3_session(pop3, maildrops, users), row,
                          "AUTH ")
                    .starts_with(row.pop3));
  }
}

// A proof can be guessed at at leisure by who has it.
TEST(ScramLogin, NothingOfItIsWrittenDown) {
  const SmtpSettings settings{.host = "mx"};
  FakeBackend backend;
  ScramUsers users;
  const auto written = std::make_shared<std::string>();
  const auto session = make_transcript_session(
      kSmtp, make_smtp_session(settings, backend, users),
      std::make_unique<SharedText>(written));
  (void)log_in(*session, kRows[0], "AUTH ", "334 ");
  EXPECT_NE(written->find("C: AUTH SCRAM-SHA-256-PLUS ****"), written->npos);
  std::size_t lines = 0;
  for (auto at = written->find("C: "); at != written->npos;
       at = written->find("C: ", at + 1)) {
    ++lines;
    const auto line = written->substr(at, written->find('\n', at) - at);
    EXPECT_TRUE(line == "C: EHLO x" || line.find("****") != line.npos) << line;
  }
  EXPECT_EQ(lines, 4u) << *written;
  EXPECT_EQ(written->find("334 "), written->find("334 ****\n"));
  EXPECT_NE(written->find("334 ****\n"), written->npos) << *written;
  EXPECT_EQ(written->find("dj"), written->npos) << "the server's signature";
}

}  // namespace
}  // namespace mailtool::serve
