#include "serve/sasl_server.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"

namespace mailtool::serve {
namespace {

using Step = SaslServer::Step;
using Kind = Step::Kind;

Step ask(std::string_view what) {
  return {Kind::challenge, base64_encode(what)};
}

}  // namespace

Step SaslServer::begin(std::string_view mechanism,
                       std::optional<std::string_view> initial) {
  user_.clear();
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
  auto response = line == "=" ? std::optional<std::string>("")
                              : base64_decode(line);
  if (!response) return {Kind::malformed};
  if (state_ == State::plain) return take_plain(*std::move(response));
  if (state_ == State::login_user) {
    user_ = *std::move(response);
    state_ = State::login_password;
    return ask("Password:");
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
    return {Kind::malformed};
  }
  const auto authzid = response.substr(0, first);
  const auto name = response.substr(first + 1, second - first - 1);
  const Secret password(response.substr(second + 1));
  wipe(response);
  user_ = name;
  auto user = users_.log_in(name, password);
  // Nobody acts for another.
  const bool other = user && !authzid.empty() && authzid != name &&
                     authzid != *user;
  if (!user || other) return {Kind::refused};
  return {Kind::done, *std::move(user)};
}

}  // namespace mailtool::serve
