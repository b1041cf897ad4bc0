// AUTH, RFC 4954: how SMTP carries SASL.
#include <utility>

#include "client/smtp_refusal.h"
#include "mailtool/client/sasl_exchange.h"
#include "mailtool/client/smtp_client.h"

namespace mailtool::client {
namespace {

// Section 4: an initial response goes along only within the 512 octets that
// any command may have; a longer one waits for the empty challenge.
constexpr std::size_t kMaxWithInitial = 512;

// Codes by which a server refuses the mechanism, or how it was asked for, and
// not the credentials: 534 too weak, 538 wants TLS. After 432 one login by
// PLAIN makes this mechanism work from then on (section 6).
bool about_mechanism(int code) {
  return (code >= 500 && code <= 504) || code == 534 || code == 538 ||
         code == 432;
}

}  // namespace

class SmtpSaslChannel : public SaslChannel {
 public:
  explicit SmtpSaslChannel(SmtpClient& client) : client_(client) {}

  [[nodiscard]] bool takes_initial_response(
      std::string_view mechanism, std::size_t base64_octets) const override {
    const std::size_t around = std::string_view("AUTH  \r\n").size();
    return around + mechanism.size() + base64_octets <= kMaxWithInitial;
  }

  Result<SaslReply> start(std::string_view mechanism,
                          std::optional<std::string_view> initial) override {
    smtp::Auth auth{std::string(mechanism), std::nullopt};
    std::string shown = "AUTH " + auth.mechanism;
    if (initial) {
      auth.initial = std::string(*initial);
      shown += " ****";
    }
    auto line = smtp::to_wire(auth);
    if (auth.initial) wipe(*auth.initial);
    if (!line) return std::move(line).error();
    auto reply = say(*line, shown + "\r\n");
    wipe(*line);
    return reply;
  }

  Result<SaslReply> respond(std::string_view base64) override {
    if (base64.size() + 2 > smtp::kMaxAuthLine) {
      return Error{ErrorKind::no_auth, "response longer than SMTP allows"};
    }
    std::string line(base64);
    line += "\r\n";
    auto reply = say(line, base64.empty() ? "\r\n" : "****\r\n");
    wipe(line);
    return reply;
  }

  Result<void> cancel() override {
    auto reply = say("*\r\n", "*\r\n");
    if (!reply) return std::move(reply).error();
    if (reply->verdict != SaslReply::Verdict::challenge &&
        reply->verdict != SaslReply::Verdict::success) {
      return {};
    }
    return client_.broken(
        {ErrorKind::protocol, "the server goes on after AUTH was cancelled"});
  }

 private:
  Result<SaslReply> say(std::string_view line, std::string_view shown) {
    if (auto written = client_.write(line, shown); !written) {
      return std::move(written).error();
    }
    auto reply = client_.read_reply(client_.options_.timeout);
    if (!reply) return std::move(reply).error();
    if (reply->code == 334) {
      return SaslReply{SaslReply::Verdict::challenge, reply->lines.back(), {}};
    }
    if (reply->positive()) {
      return SaslReply{SaslReply::Verdict::success, {}, {}};
    }
    if (reply->code == 421) client_.alive_ = false;
    auto why = refusal(SmtpStep::auth, *reply, "");
    if (about_mechanism(reply->code)) {
      return SaslReply{SaslReply::Verdict::not_available, {}, std::move(why)};
    }
    if (!reply->permanent()) return why;
    return SaslReply{SaslReply::Verdict::refused, {}, std::move(why)};
  }

  SmtpClient& client_;
};

Result<void> SmtpClient::authenticate(const sasl::Credentials& credentials,
                                      const sasl::Policy& policy) {
  const auto mechanisms =
      sasl::choose(capabilities_.auth, credentials, policy);
  if (!mechanisms) return Error(mechanisms.error()).at("AUTH");
  return authenticate(*mechanisms);
}

Result<void> SmtpClient::authenticate(
    const std::vector<std::unique_ptr<sasl::Mechanism>>& mechanisms) {
  SmtpSaslChannel channel(*this);
  auto done = client::authenticate(channel, mechanisms);
  // A server that did not prove itself is told nothing more.
  if (!done && done.error().kind == ErrorKind::untrusted) alive_ = false;
  return done;
}

}  // namespace mailtool::client
