// CRAM-MD5 (RFC 2195) and APOP (RFC 1939 section 7): a shared secret, keyed
// into a digest of what the server says, so that it does not travel.
#include "sasl/digest.h"
#include "sasl/mechanisms.h"

namespace mailtool::sasl {
namespace {

// response = user SP 32HEXDIG                                    ; RFC 2195
class CramMd5Mechanism : public Mechanism {
 public:
  explicit CramMd5Mechanism(const Credentials& c)
      : user_(c.user), password_(*c.password) {}

  [[nodiscard]] std::string_view name() const override { return "CRAM-MD5"; }
  [[nodiscard]] bool client_first() const override { return false; }

  Result<std::string> respond(std::string_view challenge) override {
    if (done_) return too_many_steps(name());
    done_ = true;
    // An empty challenge would yield the same digest each time, for replay.
    if (challenge.empty()) {
      return Error{ErrorKind::protocol, "empty CRAM-MD5 challenge"};
    }
    const auto digest = hmac(Digest::md5, password_.reveal(), challenge);
    if (!digest) return Error{ErrorKind::no_auth, "MD5 is not available here"};
    return user_ + ' ' + lower_hex(*digest);
  }

  Result<void> finish() override { return {}; }

 private:
  std::string user_;
  const Secret& password_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<Mechanism> make_cram_md5(const Credentials& credentials) {
  return std::make_unique<CramMd5Mechanism>(credentials);
}

std::string apop_digest(std::string_view timestamp, const Secret& password) {
  std::string text(timestamp);
  text.reserve(timestamp.size() + password.reveal().size());
  text += password.reveal();
  const auto digest = hash(Digest::md5, text);
  wipe(text);
  return digest ? lower_hex(*digest) : std::string();
}

}  // namespace mailtool::sasl
