// Who we are: SASL, APOP, USER and PASS, strongest first.

#include <algorithm>

#include "client/pop3_refusal.h"
#include "client/pop3_sasl.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::client {

namespace {

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
  if (!reply->ok()) {
    return refusal(*reply, command->shown, ErrorKind::no_auth);
  }
  return {};
}

Result<void> Pop3Client::login_user_pass(const sasl::Credentials& credentials) {
  const auto user = pop3::user(credentials.user);
  if (!user) return user.error();
  auto pass = pop3::pass(*credentials.password);
  if (!pass) return std::move(pass).error();

  // Not on the strength of a trial: it was made after the login.
  if (before_login_.has("PIPELINING")) {
    auto sent = send({&*user, &*pass});
    wipe(pass->line);
    if (!sent) return sent;
    const auto named = read_reply(user->shown);
    if (!named) return named.error();
    const auto proved = read_reply(pass->shown);
    if (!proved) return proved.error();
    // A server may refuse the name and still judge the password, or not at all.
    if (!proved->ok()) {
      return named->ok() ? refusal(*proved, pass->shown, ErrorKind::no_auth)
                         : refusal(*named, user->shown, ErrorKind::no_auth);
    }
    return {};
  }
  const auto named = exchange(*user);
  if (!named) return named.error();
  if (!named->ok()) return refusal(*named, user->shown, ErrorKind::no_auth);
  const auto proved = exchange(*pass);
  wipe(pass->line);
  if (!proved) return proved.error();
  if (!proved->ok()) return refusal(*proved, pass->shown, ErrorKind::no_auth);
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

  // Without UTF8 and its USER, names are ASCII (RFC 6856 section 2.2). SASL
  // has its own rule, which is UTF-8.
  const bool name_fits = is_ascii(credentials.user) || utf8_users();
  const bool has_password = credentials.password != nullptr && name_fits;
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
  if (!name_fits) {
    return Error{ErrorKind::no_auth,
                 "the server takes only user names in ASCII", "USER"};
  }
  if (none) return *std::move(none);
  return Error{ErrorKind::no_auth, "no way to log in that both sides know",
               "AUTH"};
}

Result<void> Pop3Client::authenticate(const sasl::Credentials& credentials,
                                      const sasl::Policy& policy) {
  if (auto known = know_capabilities(policy.tls.has_value()); !known) {
    return known;
  }
  if (auto spoken = speak_utf8_and_language(); !spoken) return spoken;
  credentials_ = &credentials;
  auto done = login(credentials, policy);
  if (!done && was_misremembered(done.error())) {
    done = login(credentials, policy);
  }
  credentials_ = nullptr;
  if (done) {
    if (after_login_) capabilities_ = *after_login_;
    return done;
  }
  const auto delay = capabilities_.login_delay();
  if (delay && done.error().server_said.starts_with("[LOGIN-DELAY")) {
    return std::move(done).error().with_hint("the server wants " +
                                             std::to_string(delay->seconds) +
                                             " seconds between logins");
  }
  return done;
}

}  // namespace mailtool::client
