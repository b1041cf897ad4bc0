#include "serve/sasl_server.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"

namespace mailtool::serve {
namespace {

using Step = SaslServer::Step;
using Kind = Step::Kind;

struct ScramName {
  std::string_view name;
  sasl::ScramHash hash;
  bool plus;
};

constexpr ScramName kScram[] = {
    {"SCRAM-SHA-256-PLUS", sasl::ScramHash::sha256, true},
    {"SCRAM-SHA-256", sasl::ScramHash::sha256, false},
    {"SCRAM-SHA-1-PLUS", sasl::ScramHash::sha1, true},
    {"SCRAM-SHA-1", sasl::ScramHash::sha1, false},
};

Step ask(std::string_view what) {
  return {Kind::challenge, base64_encode(what)};
}

// A wrong proof and a name that nobody has look alike.
Step failed(const Error& error) {
  if (error.kind == ErrorKind::no_auth) return {Kind::refused};
  const bool refused = error.kind == ErrorKind::insecure;
  return {refused ? Kind::refused : Kind::malformed, error.what};
}

// Nobody acts for another.
bool is_other(std::string_view authzid, std::string_view name,
              std::string_view user) {
  return !authzid.empty() && authzid != name && authzid != user;
}

}  // namespace

std::vector<std::string_view> SaslServer::mechanisms() const {
  std::vector<std::string_view> names;
  for (const auto& one : kScram) {
    if (!users_.has_scram() || (one.plus && bindings_.empty())) continue;
    names.push_back(one.name);
  }
  names.insert(names.end(), {"PLAIN", "LOGIN"});
  return names;
}

Step SaslServer::begin(std::string_view mechanism,
                       std::optional<std::string_view> initial) {
  user_.clear();
  for (const auto& one : kScram) {
    if (!iequals(mechanism, one.name)) continue;
    if (!users_.has_scram() || (one.plus && bindings_.empty())) break;
    state_ = State::scram_first;
    hash_ = one.hash;
    scram_.emplace(
        sasl::ScramServer::Parameters{.hash = one.hash,
                                      .plus = one.plus,
                                      .offers_plus = !bindings_.empty(),
                                      .bindings = bindings_});
    return initial ? take(*initial) : ask("");
  }
  if (iequals(mechanism, "PLAIN")) {
    state_ = State::plain;
    return initial ? take(*initial) : ask("");
  }
  if (iequals(mechanism, "LOGIN")) {
    state_ = State::login_user;
    return initial ? take(*initial) : ask("Username:");
  }
  return {Kind::unknown};
}

Step SaslServer::respond(std::string_view line) {
  if (line == "*") return {Kind::cancelled};
  return take(line);
}

Step SaslServer::take(std::string_view line) {
  auto response =
      line == "=" ? std::optional<std::string>("") : base64_decode(line);
  if (!response) return {Kind::not_base64};
  switch (state_) {
    case State::none: return {Kind::malformed, "nothing was asked"};
    case State::plain: return take_plain(*std::move(response));
    case State::login_user:
      user_ = *std::move(response);
      state_ = State::login_password;
      return ask("Password:");
    case State::login_password: break;
    case State::scram_first: return take_scram_first(*response);
    case State::scram_final: return take_scram_final(*response);
    case State::scram_proved:
      if (!response->empty()) {
        return {Kind::malformed, "SCRAM: an empty response is due"};
      }
      return {Kind::done, std::exchange(proved_, {})};
  }
  const Secret password(*std::move(response));
  auto user = users_.log_in(user_, password);
  if (!user) return {Kind::refused};
  return {Kind::done, *std::move(user)};
}

// message = [authzid] UTF8NUL authcid UTF8NUL passwd    ; RFC 4616 section 2
Step SaslServer::take_plain(std::string response) {
  const auto first = response.find('\0');
  const auto second =
      first == response.npos ? response.npos : response.find('\0', first + 1);
  if (second == response.npos ||
      response.find('\0', second + 1) != response.npos) {
    wipe(response);
    return {Kind::malformed, "PLAIN: not user and password, each behind a NUL"};
  }
  const auto authzid = response.substr(0, first);
  const auto name = response.substr(first + 1, second - first - 1);
  const Secret password(response.substr(second + 1));
  wipe(response);
  user_ = name;
  auto user = users_.log_in(name, password);
  if (!user || is_other(authzid, name, *user)) return {Kind::refused};
  return {Kind::done, *std::move(user)};
}

Step SaslServer::take_scram_first(std::string_view message) {
  const auto begun = scram_->begin(message);
  if (!begun) return failed(begun.error());
  user_ = scram_->name();
  auto known = users_.scram_user(hash_, user_);
  proved_ = std::move(known.user);
  state_ = State::scram_final;
  return ask(scram_->challenge(std::move(known.keys)));
}

// That the server knows the password, too, is said before the client is let in
// (RFC 5802 section 5): none of the protocols has room for it in its last word.
Step SaslServer::take_scram_final(std::string_view message) {
  const auto last = scram_->finish(message);
  if (!last) return failed(last.error());
  if (proved_.empty() || is_other(scram_->authzid(), user_, proved_)) {
    return {Kind::refused};
  }
  state_ = State::scram_proved;
  return ask(*last);
}

}  // namespace mailtool::serve
