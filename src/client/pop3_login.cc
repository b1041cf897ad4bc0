// Who we are: SASL, APOP, USER and PASS, strongest first.

#include <algorithm>

#include "client/pop3_refusal.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/pop3_client.h"
#include "mailtool/client/sasl_exchange.h"

namespace mailtool::client {

// POP3's way to carry SASL: RFC 5034.
class Pop3SaslChannel : public SaslChannel {
 public:
  explicit Pop3SaslChannel(Pop3Client& client) : client_(client) {}

  [[nodiscard]] bool takes_initial_response(
      std::string_view mechanism, std::size_t base64_octets) const override {
    const std::string_view around("AUTH  \r\n");
    return around.size() + mechanism.size() + base64_octets <=
           pop3::kCommandOctets;
  }

  Result<SaslReply> start(std::string_view mechanism,
                          std::optional<std::string_view> initial) override {
    auto command = pop3::auth(mechanism, initial.value_or(""));
    if (!command) return std::move(command).error();
    step_ = "AUTH " + std::string(mechanism);
    if (auto sent = client_.send(*command); !sent) return sent.error();
    // Refused before anything was shown: this mechanism, not these credentials.
    return verdict(initial ? SaslReply::Verdict::refused
                           : SaslReply::Verdict::not_available);
  }

  Result<SaslReply> respond(std::string_view base64) override {
    const pop3::Command line{std::string(base64) + "\r\n", "****", false, true};
    if (auto sent = client_.send(line); !sent) return sent.error();
    return verdict(SaslReply::Verdict::refused);
  }

  Result<void> cancel() override {
    const auto reply = client_.exchange({"*\r\n", step_, false, false});
    if (!reply) return reply.error();
    return {};
  }

 private:
  Result<SaslReply> verdict(SaslReply::Verdict when_refused) {
    using enum SaslReply::Verdict;
    const auto reply = client_.read_any_reply(step_);
    if (!reply) return reply.error();
    switch (reply->status) {
      case pop3::Status::continuation:
        return SaslReply{challenge, reply->text, {}};
      case pop3::Status::ok: return SaslReply{success, {}, {}};
      case pop3::Status::err: break;
    }
    auto error = refusal(*reply, step_, ErrorKind::no_auth);
    if (error.kind == ErrorKind::deferred) return error;
    if (reply->has_code("SYS")) {
      error.kind = ErrorKind::rejected;
      return error;
    }
    const bool credentials = reply->has_code("AUTH");
    return SaslReply{credentials ? refused : when_refused, {}, error};
  }

  Pop3Client& client_;
  std::string step_;
};

namespace {

// Refused credentials, unless the code says that something else is wrong.
Error login_refusal(const pop3::Reply& reply, std::string_view step) {
  auto error = refusal(reply, step, ErrorKind::no_auth);
  if (reply.has_code("SYS") && error.kind == ErrorKind::no_auth) {
    error.kind = ErrorKind::rejected;
  }
  return error;
}

bool names(const std::vector<std::string>& only, std::string_view way) {
  return std::any_of(only.begin(), only.end(),
                     [way](const auto& name) { return iequals(name, way); });
}

bool shows_password(const sasl::Mechanism& mechanism) {
  return mechanism.name() == "PLAIN" || mechanism.name() == "LOGIN";
}

}  // namespace

Result<void> Pop3Client::login_apop(const sasl::Credentials& credentials) {
  const auto command =
      pop3::apop(credentials.user,
                 sasl::apop_digest(apop_timestamp_, *credentials.password));
  if (!command) return command.error();
  const auto reply = exchange(*command);
  if (!reply) return reply.error();
  if (!reply->ok()) return login_refusal(*reply, command->shown);
  return {};
}

Result<void> Pop3Client::login_user_pass(const sasl::Credentials& credentials) {
  const auto user = pop3::user(credentials.user);
  if (!user) return user.error();
  auto pass = pop3::pass(*credentials.password);
  if (!pass) return std::move(pass).error();

  if (offers("PIPELINING")) {
    if (auto clear = clear_to_send(pass->shown); !clear) return clear;
    auto both = user->line;
    both.reserve(both.size() + pass->line.size());  // no copy left behind
    both += pass->line;
    auto sent =
        stream_.write_secret(both, user->shown + "\r\n" + pass->shown + "\r\n");
    wipe(both);
    wipe(pass->line);
    if (!sent) return broken(std::move(sent).error(), pass->shown);
    const auto named = read_reply(user->shown);
    if (!named) return named.error();
    const auto proved = read_reply(pass->shown);
    if (!proved) return proved.error();
    // A server may refuse the name and still judge the password, or not at all.
    if (!proved->ok()) {
      return named->ok() ? login_refusal(*proved, pass->shown)
                         : login_refusal(*named, user->shown);
    }
    return {};
  }
  const auto named = exchange(*user);
  if (!named) return named.error();
  if (!named->ok()) return login_refusal(*named, user->shown);
  const auto proved = exchange(*pass);
  wipe(pass->line);
  if (!proved) return proved.error();
  if (!proved->ok()) return login_refusal(*proved, pass->shown);
  return {};
}

// Order: SASL mechanisms that hide the password, APOP, those that show it,
// USER and PASS. One refusal of a hidden form may be followed by one attempt
// in clear text, where that is allowed: servers that store only digests of
// their own cannot check APOP.
Result<void> Pop3Client::login(const sasl::Credentials& credentials,
                               const sasl::Policy& policy) {
  auto sasl_policy = policy;
  std::erase_if(sasl_policy.only, [](const std::string& name) {
    return iequals(name, "APOP") || iequals(name, "USER");
  });
  const bool any = policy.only.empty();
  std::vector<std::unique_ptr<sasl::Mechanism>> mechanisms;
  std::optional<Error> none;
  if (any || !sasl_policy.only.empty()) {
    auto chosen = sasl::choose(capabilities_.parameters("SASL"), credentials,
                               sasl_policy);
    if (chosen) mechanisms = *std::move(chosen);
    if (!chosen) none = chosen.error();
  }
  Pop3SaslChannel channel(*this);
  if (!mechanisms.empty() && !shows_password(*mechanisms.front())) {
    return client::authenticate(channel, mechanisms);
  }

  const bool has_password = credentials.password != nullptr;
  const bool clear_text = policy.tls || policy.allow_clear_text;
  if (has_password && !apop_timestamp_.empty() &&
      (any || names(policy.only, "APOP"))) {
    auto done = login_apop(credentials);
    const bool try_clear_text =
        any && clear_text && !done && done.error().kind == ErrorKind::no_auth;
    if (!try_clear_text) return done;
  }
  if (!mechanisms.empty()) return client::authenticate(channel, mechanisms);
  if (has_password && (any || names(policy.only, "USER"))) {
    if (clear_text) return login_user_pass(credentials);
    return Error{ErrorKind::no_auth,
                 "a password in clear text is not allowed without TLS", "USER"};
  }
  if (none) return *std::move(none);
  return Error{ErrorKind::no_auth, "no way to log in that both sides know",
               "AUTH"};
}

Result<void> Pop3Client::authenticate(const sasl::Credentials& credentials,
                                      const sasl::Policy& policy) {
  if (auto done = login(credentials, policy); !done) return done;
  // Some servers say only now that they pipeline; it saves a round trip a
  // message, and costs one.
  if (!capabilities_.empty() && !offers("PIPELINING")) return capa();
  return {};
}

}  // namespace mailtool::client
