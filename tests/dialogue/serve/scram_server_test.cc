// Logins by SCRAM with each server, by the mechanisms of our own clients.

#include <gtest/gtest.h>

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

TEST(ScramLogin, Smtp) {
  const SmtpSettings settings{.host = "mx", .submission = true};
  FakeBackend backend;
  ScramUsers users;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.mechanism);
    const auto session = make_smtp_session(settings, backend, users);
    EXPECT_EQ(log_in(*session, row, "AUTH ", "334 "),
              row.let_in ? "235 2.7.0 logged in\r\n"
                         : "535 5.7.8 wrong user or password\r\n");
    EXPECT_EQ(session->patience() == settings.patience, row.let_in);
  }
}

TEST(ScramLogin, Pop3) {
  const Pop3Settings settings{.host = "mx"};
  FakeMaildrops maildrops;
  ScramUsers users;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.mechanism);
    const auto session = make_pop3_session(settings, maildrops, users);
    EXPECT_EQ(log_in(*session, row, "AUTH ", "+ "),
              row.let_in ? "+OK 0 messages\r\n"
                         : "-ERR [AUTH] wrong user or password\r\n");
    EXPECT_EQ(session->patience() == settings.patience, row.let_in);
  }
}

TEST(ScramLogin, Imap) {
  const ImapSettings settings{.host = "mx"};
  FakeStore store;
  ScramUsers users;
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.mechanism);
    const auto session = make_imap_session(settings, store, users);
    EXPECT_TRUE(log_in(*session, row, "a AUTHENTICATE ", "+ ")
                    .starts_with(row.let_in ? "a OK [CAPABILITY "
                                            : "a NO [AUTHENTICATIONFAILED] "));
    EXPECT_EQ(session->patience() == settings.patience, row.let_in);
  }
}

// A proof can be guessed at at leisure by who has it.
TEST(ScramLogin, NothingOfItIsWrittenDown) {
  const SmtpSettings settings{.host = "mx"};
  FakeBackend backend;
  ScramUsers users;
  auto written = std::make_shared<std::string>();
  class Writer : public Sink {
   public:
    explicit Writer(std::shared_ptr<std::string> to) : to_(std::move(to)) {}
    Result<void> write(std::string_view octets) override {
      *to_ += octets;
      return {};
    }

   private:
    std::shared_ptr<std::string> to_;
  };
  const auto session = make_transcript_session(
      kSmtp, make_smtp_session(settings, backend, users),
      std::make_unique<Writer>(written));
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
