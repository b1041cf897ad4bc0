// Which mechanisms may be used, and in what order.
#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/sasl/mechanism.h"
#include "mailtool/sasl/scram.h"
#include "sasl/mechanisms.h"

namespace mailtool::sasl {
namespace {

constexpr std::size_t kMaxShown = 20;  // mechanisms named in an error

// Everything a decision depends on.
struct Choice {
  const std::vector<std::string>& offered;
  const Credentials& credentials;
  const Policy& policy;

  [[nodiscard]] bool offers(std::string_view name) const {
    return std::any_of(offered.begin(), offered.end(),
                       [&](const auto& o) { return iequals(o, name); });
  }
  [[nodiscard]] const ChannelBinding* binding() const {
    if (!policy.tls || policy.tls->bindings.empty()) return nullptr;
    return &policy.tls->bindings.front();
  }
  // "y" tells the server that someone may have taken -PLUS out of its list.
  [[nodiscard]] BindingFlag unbound_flag() const {
    const bool plus = offers("SCRAM-SHA-256-PLUS") || offers("SCRAM-SHA-1-PLUS");
    return binding() != nullptr && !plus ? BindingFlag::not_offered
                                         : BindingFlag::none;
  }
};

struct Kind {
  std::string_view name;
  bool token;       // needs a token, else a password
  bool clear_text;  // whoever reads the line can log in with it
  std::unique_ptr<Mechanism> (*make)(const Choice& choice);
};

template <ScramHash kHash, bool kPlus>
std::unique_ptr<Mechanism> scram(const Choice& c) {
  return make_scram({kHash, c.credentials.user, c.credentials.authzid,
                     c.credentials.password,
                     kPlus ? BindingFlag::bound : c.unbound_flag(),
                     kPlus ? *c.binding() : ChannelBinding{}, ""});
}

template <std::unique_ptr<Mechanism> (*kMake)(const Credentials&)>
std::unique_ptr<Mechanism> simple(const Choice& c) {
  return kMake(c.credentials);
}

// Strongest first.
constexpr Kind kKinds[] = {
    {"EXTERNAL", false, false, simple<make_external>},
    {"SCRAM-SHA-256-PLUS", false, false, scram<ScramHash::sha256, true>},
    {"SCRAM-SHA-256", false, false, scram<ScramHash::sha256, false>},
    {"SCRAM-SHA-1-PLUS", false, false, scram<ScramHash::sha1, true>},
    {"SCRAM-SHA-1", false, false, scram<ScramHash::sha1, false>},
    {"OAUTHBEARER", true, true, simple<make_oauthbearer>},
    {"XOAUTH2", true, true, simple<make_xoauth2>},
    {"CRAM-MD5", false, false, simple<make_cram_md5>},
    {"PLAIN", false, true, simple<make_plain>},
    {"LOGIN", false, true, simple<make_login>},
};

enum class Obstacle : std::uint8_t {
  none, no_certificate, no_binding, no_token, no_password, clear_text
};

Obstacle obstacle(const Kind& kind, const Choice& c) {
  const auto& tls = c.policy.tls;
  if (kind.name == "EXTERNAL") {
    return tls && tls->client_certificate ? Obstacle::none
                                          : Obstacle::no_certificate;
  }
  if (kind.name.ends_with("-PLUS") && c.binding() == nullptr) {
    return Obstacle::no_binding;
  }
  if (kind.token && c.credentials.token == nullptr) return Obstacle::no_token;
  if (!kind.token && c.credentials.password == nullptr) {
    return Obstacle::no_password;
  }
  if (kind.clear_text && !tls && !c.policy.allow_clear_text) {
    return Obstacle::clear_text;
  }
  return Obstacle::none;
}

const char* reason(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::none: return "";
    case Obstacle::no_certificate: return "no client certificate was sent";
    case Obstacle::no_binding: return "no channel binding over this connection";
    case Obstacle::no_token: return "no access token given";
    case Obstacle::no_password: return "no password given";
    case Obstacle::clear_text: return "would be readable without TLS";
  }
  return "";
}

// Kinds in the order they are to be tried.
std::vector<const Kind*> wanted(const Policy& policy) {
  std::vector<const Kind*> kinds;
  if (policy.only.empty()) {
    for (const auto& kind : kKinds) kinds.push_back(&kind);
    return kinds;
  }
  for (const auto& name : policy.only) {
    for (const auto& kind : kKinds) {
      if (iequals(kind.name, name)) kinds.push_back(&kind);
    }
  }
  return kinds;
}

Error none_fits(const Choice& c, const std::string& obstacles, bool clear_text) {
  if (c.offered.empty()) {
    return Error{ErrorKind::no_auth, "the server offers no way to log in",
                 {}, {},
                 c.policy.tls ? "" : "it may offer one once TLS has started"};
  }
  std::string names;
  for (std::size_t i = 0; i < c.offered.size() && i < kMaxShown; ++i) {
    names += (i == 0 ? "" : ", ") + printable(c.offered[i], 40);
  }
  if (c.offered.size() > kMaxShown) names += ", …";
  std::string what = "no mechanism may be used: the server offers " + names;
  if (!c.policy.only.empty()) {
    what += "; wanted are ";
    for (std::size_t i = 0; i < c.policy.only.size(); ++i) {
      what += (i == 0 ? "" : ", ") + printable(c.policy.only[i], 40);
    }
  }
  if (!obstacles.empty()) what += " (" + obstacles + ")";
  return Error{ErrorKind::no_auth, std::move(what), {}, {},
               clear_text ? "use TLS; a password goes over clear text only "
                            "with --allow-cleartext-password"
                          : ""};
}

}  // namespace

Result<std::vector<std::unique_ptr<Mechanism>>> choose(
    const std::vector<std::string>& offered, const Credentials& credentials,
    const Policy& policy) {
  const Choice choice{offered, credentials, policy};
  std::vector<std::unique_ptr<Mechanism>> chosen;
  std::string obstacles;
  bool clear_text = false;
  for (const auto* kind : wanted(policy)) {
    if (!choice.offers(kind->name)) continue;
    const auto found = obstacle(*kind, choice);
    if (found == Obstacle::none) {
      chosen.push_back(kind->make(choice));
      continue;
    }
    clear_text = clear_text || found == Obstacle::clear_text;
    obstacles += (obstacles.empty() ? "" : "; ") + std::string(kind->name) +
                 ": " + reason(found);
  }
  if (chosen.empty()) return none_fits(choice, obstacles, clear_text);
  return chosen;
}

const std::vector<std::string_view>& known_mechanisms() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const auto& kind : kKinds) all.push_back(kind.name);
    return all;
  }();
  return names;
}

Error too_many_steps(std::string_view mechanism) {
  return Error{ErrorKind::protocol,
               "more challenges than " + std::string(mechanism) + " has"};
}

std::string saslname(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c == ',') {
      name += "=2C";
    } else if (c == '=') {
      name += "=3D";
    } else {
      name += c;
    }
  }
  return name;
}

}  // namespace mailtool::sasl
