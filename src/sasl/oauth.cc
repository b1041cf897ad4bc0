// OAUTHBEARER (RFC 7628) and XOAUTH2 (its older, vendor-made relative).
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "sasl/mechanisms.h"

namespace mailtool::sasl {
namespace {

constexpr char kSeparator = '\x01';  // kvsep of RFC 7628 section 3.1

// auth-scheme and token go into key-value pairs: no octet may end one early.
bool is_token(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~') return false;
  }
  return !text.empty();
}

// Both speak once; a challenge after that is an error report in JSON, which
// must be answered before the server says no.
class BearerMechanism : public Mechanism {
 public:
  BearerMechanism(const Credentials& c, std::string_view name,
                  std::string_view answer_to_error)
      : who_(c), name_(name), answer_to_error_(answer_to_error) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] bool client_first() const override { return true; }

  Result<std::string> respond(std::string_view challenge) override {
    switch (step_++) {
      case 0: return first();
      case 1:
        // Not when it repeats what nobody else should read.
        if (challenge.find(who_.token->reveal()) == challenge.npos) {
          server_said_ = printable(challenge);
        }
        return std::string(answer_to_error_);
      default: return too_many_steps(name_);
    }
  }

  // A server that has reported an error and then lets us in contradicts itself.
  Result<void> finish() override {
    if (step_ <= 1) return {};
    return Error{ErrorKind::protocol, "success after an error", {},
                 server_said_};
  }

  [[nodiscard]] std::string server_said() const override {
    return server_said_;
  }

 protected:
  virtual std::string message() const = 0;
  Credentials who_;

 private:
  Result<std::string> first() const {
    if (!is_token(who_.token->reveal())) {
      return Error{ErrorKind::no_auth,
                   "the access token is empty or holds an octet that no token "
                   "may have"};
    }
    for (const auto* text : {&who_.user, &who_.authzid, &who_.host}) {
      if (has_line_break_or_nul(*text) || text->find(kSeparator) != text->npos)
        return Error{ErrorKind::no_auth, "control character in the user name"};
    }
    return message();
  }

  std::string_view name_;
  std::string_view answer_to_error_;
  std::string server_said_;
  int step_ = 0;
};

// client-resp = (gs2-header kvsep *kvpair kvsep)      ; RFC 7628 section 3.1
class OauthBearer : public BearerMechanism {
 public:
  explicit OauthBearer(const Credentials& c)
      : BearerMechanism(c, "OAUTHBEARER", "\x01") {}

 protected:
  std::string message() const override {
    const auto& identity = who_.authzid.empty() ? who_.user : who_.authzid;
    std::string text = "n,";
    if (!identity.empty()) text += "a=" + saslname(identity);
    text += ',';
    text += kSeparator;
    if (!who_.host.empty()) text += "host=" + who_.host + kSeparator;
    if (who_.port != 0)
      text += "port=" + std::to_string(who_.port) + kSeparator;
    text += "auth=Bearer ";
    text += who_.token->reveal();
    text += kSeparator;
    text += kSeparator;
    return text;
  }
};

class Xoauth2 : public BearerMechanism {
 public:
  explicit Xoauth2(const Credentials& c) : BearerMechanism(c, "XOAUTH2", "") {}

 protected:
  std::string message() const override {
    std::string text = "user=" + who_.user + kSeparator + "auth=Bearer ";
    text += who_.token->reveal();
    text += kSeparator;
    text += kSeparator;
    return text;
  }
};

}  // namespace

std::unique_ptr<Mechanism> make_oauthbearer(const Credentials& credentials) {
  return std::make_unique<OauthBearer>(credentials);
}

std::unique_ptr<Mechanism> make_xoauth2(const Credentials& credentials) {
  return std::make_unique<Xoauth2>(credentials);
}

}  // namespace mailtool::sasl
