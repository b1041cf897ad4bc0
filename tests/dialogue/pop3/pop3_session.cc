#include "dialogue/pop3/pop3_session.h"

#include <gtest/gtest.h>

namespace mailtool::client {
namespace {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::protocol: return "protocol";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::untrusted: return "untrusted";
    case ErrorKind::no_auth: return "no_auth";
    case ErrorKind::deferred: return "deferred";
    case ErrorKind::rejected: return "rejected";
    case ErrorKind::disconnected: return "disconnected";
    case ErrorKind::timed_out: return "timed_out";
    default: return "another kind";
  }
}

// Asks for every message and writes down what comes; CRLF as "|".
class Recorder : public MessageReceiver {
 public:
  explicit Recorder(const pop3::Maildrop& maildrop) : maildrop_(maildrop) {}

  std::optional<MessageRequest> next() override {
    do {
      if (asked_ == maildrop_.size()) return std::nullopt;
    } while (!maildrop_.listed(++asked_));
    return MessageRequest{asked_, maildrop_.octets(asked_).value_or(0), false};
  }
  Result<void> begin(std::uint32_t) override {
    text_.clear();
    return {};
  }
  Result<void> write(std::string_view octets) override {
    text_ += octets;
    return {};
  }
  Result<void> end(std::uint32_t number) override {
    for (std::size_t at; (at = text_.find("\r\n")) != text_.npos;) {
      text_.replace(at, 2, "|");
    }
    log += std::to_string(number) + ": " + text_ + "; ";
    arrived.push_back(number);
    return {};
  }
  Result<void> refused(std::uint32_t number, const Error& why) override {
    log += std::to_string(number) + " refused: " + why.server_said + "; ";
    return {};
  }

  std::string log;
  std::vector<std::uint32_t> arrived;

 private:
  const pop3::Maildrop& maildrop_;
  std::uint32_t asked_ = 0;
  std::string text_;
};

Result<void> log_in(Pop3Client& client, Stream& stream, const Session& how) {
  if (auto opened = client.open(); !opened) return opened;
  if (how.asks_first) {
    if (auto asked = client.capa(); !asked) return asked;
  }
  if (how.tls == Tls::upgrade) {
    if (auto secured = client.start_tls(); !secured) return secured;
  }
  static const Secret kPassword("tanstaaf");
  static const Secret kToken("vF9dft4qmT");
  sasl::Credentials credentials;
  credentials.user = how.user;
  if (how.token) {
    credentials.token = &kToken;
  } else {
    credentials.password = &kPassword;
  }
  return client.authenticate(credentials, {stream.tls(), false, {}});
}

Result<void> fetch_all(Pop3Client& client, std::string& log) {
  const auto maildrop = client.list();
  if (!maildrop) {
    if (client.usable()) {
      EXPECT_TRUE(client.quit());
    }
    return maildrop.error();
  }
  Recorder recorder(*maildrop);
  auto brought = client.retrieve(recorder);
  log += recorder.log;
  if (!brought) return brought;
  if (recorder.arrived.empty()) return client.quit();
  const auto report = client.delete_and_quit(recorder.arrived);
  if (!report) return report.error();
  if (report->refused.empty()) {
    log += "deleted; ";
  } else {
    log += std::to_string(report->refused.front()) +
           " not deleted: " + report->first_refusal.server_said + "; ";
  }
  return {};
}

}  // namespace

std::string play(Pop3Client& client, Stream& server, const Session& how) {
  std::string log;
  auto done = log_in(client, server, how);
  if (!done && client.usable()) {
    EXPECT_TRUE(client.quit());
  }
  if (done) done = fetch_all(client, log);
  if (done) return log + "ok";
  const auto& error = done.error();
  for (const char* secret : {"tanstaaf", "vF9dft4qmT"}) {
    EXPECT_EQ(error.one_line().find(secret), std::string::npos);
  }
  return log + std::string(name_of(error.kind)) + " " + error.one_line();
}

}  // namespace mailtool::client
