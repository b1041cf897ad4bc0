// PLAIN (RFC 4616), LOGIN (never standardised) and EXTERNAL (RFC 4422 A):
// the mechanisms that only say who we are.
#include "sasl/mechanisms.h"

namespace mailtool::sasl {
namespace {

bool has_nul(std::string_view text) { return text.find('\0') != text.npos; }

// message = [authzid] UTF8NUL authcid UTF8NUL passwd        ; RFC 4616 section 2
class PlainMechanism : public Mechanism {
 public:
  explicit PlainMechanism(const Credentials& c)
      : user_(c.user), authzid_(c.authzid), password_(*c.password) {}

  [[nodiscard]] std::string_view name() const override { return "PLAIN"; }
  [[nodiscard]] bool client_first() const override { return true; }

  Result<std::string> respond(std::string_view) override {
    if (done_) return too_many_steps(name());
    done_ = true;
    if (has_nul(user_) || has_nul(authzid_) || has_nul(password_.reveal())) {
      return Error{ErrorKind::no_auth, "PLAIN cannot carry a NUL"};
    }
    std::string message = authzid_;
    message += '\0';
    message += user_;
    message += '\0';
    message += password_.reveal();
    return message;
  }

  Result<void> finish() override { return {}; }

 private:
  std::string user_;
  std::string authzid_;
  const Secret& password_;
  bool done_ = false;
};

// The server prompts twice, "Username:" and "Password:" or whatever it likes;
// the order of the answers is all that is agreed.
class LoginMechanism : public Mechanism {
 public:
  explicit LoginMechanism(const Credentials& c)
      : user_(c.user), password_(*c.password) {}

  [[nodiscard]] std::string_view name() const override { return "LOGIN"; }
  [[nodiscard]] bool client_first() const override { return false; }

  Result<std::string> respond(std::string_view) override {
    switch (step_++) {
      case 0: return user_;
      case 1: return std::string(password_.reveal());
      default: return too_many_steps(name());
    }
  }

  Result<void> finish() override { return {}; }

 private:
  std::string user_;
  const Secret& password_;
  int step_ = 0;
};

// The certificate speaks for us; we only name whom to act as.
class ExternalMechanism : public Mechanism {
 public:
  explicit ExternalMechanism(const Credentials& c)
      : identity_(c.authzid.empty() ? c.user : c.authzid) {}

  [[nodiscard]] std::string_view name() const override { return "EXTERNAL"; }
  [[nodiscard]] bool client_first() const override { return true; }

  Result<std::string> respond(std::string_view) override {
    if (done_) return too_many_steps(name());
    done_ = true;
    if (has_nul(identity_)) {
      return Error{ErrorKind::no_auth, "EXTERNAL cannot carry a NUL"};
    }
    return identity_;
  }

  Result<void> finish() override { return {}; }

 private:
  std::string identity_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<Mechanism> make_plain(const Credentials& credentials) {
  return std::make_unique<PlainMechanism>(credentials);
}

std::unique_ptr<Mechanism> make_login(const Credentials& credentials) {
  return std::make_unique<LoginMechanism>(credentials);
}

std::unique_ptr<Mechanism> make_external(const Credentials& credentials) {
  return std::make_unique<ExternalMechanism>(credentials);
}

}  // namespace mailtool::sasl
