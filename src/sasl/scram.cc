#include "mailtool/sasl/scram.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "mailtool/base/printable.h"
#include "mailtool/sasl/saslprep.h"
#include "sasl/digest.h"
#include "sasl/mechanisms.h"
#include "sasl/scram_syntax.h"

namespace mailtool::sasl {
namespace {

constexpr std::size_t kMaxServerMessage = 4'096;  // octets

Error malformed(std::string_view what) {
  return Error{ErrorKind::protocol, "SCRAM: " + std::string(what)};
}

struct ServerFirst {
  std::string nonce;
  std::string salt;
  std::uint64_t iterations = 0;
};

class ScramMechanism : public Mechanism {
 public:
  explicit ScramMechanism(ScramParameters parameters)
      : p_(std::move(parameters)),
        digest_(p_.hash == ScramHash::sha1 ? Digest::sha1 : Digest::sha256),
        name_(p_.hash == ScramHash::sha1 ? "SCRAM-SHA-1" : "SCRAM-SHA-256") {
    if (p_.flag == BindingFlag::bound) name_ += "-PLUS";
  }

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] bool client_first() const override { return true; }

  Result<std::string> respond(std::string_view challenge) override {
    if (challenge.size() > kMaxServerMessage) {
      return malformed("server message too long");
    }
    switch (step_) {
      case Step::first: return client_first_message();
      case Step::final: return client_final_message(challenge);
      case Step::proof: return check_proof(challenge);
      case Step::done: break;
    }
    return too_many_steps(name_);
  }

  Result<void> finish() override {
    if (proved_) return {};
    return Error{ErrorKind::untrusted,
                 "the server says yes but has not proved that it knows the "
                 "password"};
  }

  [[nodiscard]] std::string server_said() const override {
    return server_said_;
  }

 private:
  enum class Step : std::uint8_t { first, final, proof, done };

  [[nodiscard]] std::string gs2_header() const;
  Result<std::string> client_first_message();
  [[nodiscard]] Result<ServerFirst> parse_server_first(
      std::string_view message) const;
  Result<std::string> client_final_message(std::string_view server_first);
  Result<std::string> check_proof(std::string_view server_final);

  ScramParameters p_;
  Digest digest_;
  std::string name_;
  Step step_ = Step::first;
  std::string client_first_bare_;
  std::string server_signature_;
  std::string server_said_;
  bool proved_ = false;
};

// gs2-header = gs2-cbind-flag "," [ authzid ] ","    ; RFC 5802 section 7
std::string ScramMechanism::gs2_header() const {
  std::string header;
  switch (p_.flag) {
    case BindingFlag::none: header = "n,"; break;
    case BindingFlag::not_offered: header = "y,"; break;
    case BindingFlag::bound: header = "p=" + p_.binding.type + ","; break;
  }
  if (!p_.authzid.empty()) header += "a=" + saslname(p_.authzid);
  return header + ",";
}

// client-first-message = gs2-header "n=" saslname "," "r=" c-nonce
Result<std::string> ScramMechanism::client_first_message() {
  const auto user = saslprep(p_.user);
  if (!user || !saslprep(p_.authzid)) {
    return Error{ErrorKind::no_auth,
                 "the user name holds a character that SCRAM prohibits"};
  }
  if (p_.nonce.empty()) {
    const auto octets = random_octets(kScramNonceOctets);
    if (!octets) return Error{ErrorKind::system, "no random octets to be had"};
    p_.nonce = base64_encode(*octets);
  }
  client_first_bare_ = "n=" + saslname(*user) + ",r=" + p_.nonce;
  step_ = Step::final;
  return gs2_header() + client_first_bare_;
}

// server-first-message = [reserved-mext ","] nonce "," salt ","
//                        iteration-count ["," extensions]
Result<ServerFirst> ScramMechanism::parse_server_first(
    std::string_view message) const {
  const auto pieces = split(message, ',');
  if (scram_attribute(pieces[0], 'm')) {
    return malformed("unknown mandatory extension");
  }
  if (pieces.size() < 3) return malformed("no nonce, salt and iteration count");
  const auto nonce = scram_attribute(pieces[0], 'r');
  const auto salt = scram_attribute(pieces[1], 's');
  const auto count = scram_attribute(pieces[2], 'i');
  if (!nonce || !salt || !count) {
    return malformed("no nonce, salt and iteration count");
  }
  if (!nonce->starts_with(p_.nonce) || nonce->size() == p_.nonce.size() ||
      !is_scram_nonce(*nonce)) {
    return malformed("the server's nonce does not extend ours");
  }
  auto octets = base64_decode(*salt);
  if (!octets || octets->empty()) return malformed("the salt is not base64");
  const auto iterations = parse_number(*count);
  if (!iterations || *iterations < kMinIterations ||
      *iterations > kMaxIterations) {
    return malformed("iteration count " + printable(*count, 24) +
                     " is not within " + std::to_string(kMinIterations) +
                     " to " + std::to_string(kMaxIterations));
  }
  return ServerFirst{std::string(*nonce), std::move(*octets), *iterations};
}

// client-final-message = "c=" base64 "," nonce "," "p=" base64
Result<std::string> ScramMechanism::client_final_message(
    std::string_view server_first) {
  const auto first = parse_server_first(server_first);
  if (!first) return first.error();
  auto password = saslprep(p_.password->reveal());
  if (!password) {
    return Error{ErrorKind::no_auth,
                 "the password holds a character that SCRAM prohibits"};
  }
  auto salted =
      salted_password(digest_, *password, first->salt, first->iterations);
  wipe(*password);
  if (!salted) return Error{ErrorKind::internal, "PBKDF2 failed"};

  std::string binding = gs2_header();
  if (p_.flag == BindingFlag::bound) binding += p_.binding.octets;
  const std::string without_proof =
      "c=" + base64_encode(binding) + ",r=" + first->nonce;
  const std::string auth_message = client_first_bare_ + "," +
                                   std::string(server_first) + "," +
                                   without_proof;

  auto client_key = hmac(digest_, *salted, "Client Key");
  auto server_key = hmac(digest_, *salted, "Server Key");
  wipe(*salted);
  if (!client_key || !server_key) {
    return Error{ErrorKind::internal, "HMAC failed"};
  }
  const auto stored_key = hash(digest_, *client_key);
  const auto signature =
      stored_key ? hmac(digest_, *stored_key, auth_message) : std::nullopt;
  const auto expected = hmac(digest_, *server_key, auth_message);
  if (!signature || !expected) {
    return Error{ErrorKind::internal, "HMAC failed"};
  }
  server_signature_ = *expected;
  const auto proof = exclusive_or(*client_key, *signature);
  wipe(*client_key);
  wipe(*server_key);
  step_ = Step::proof;
  return without_proof + ",p=" + base64_encode(proof);
}

// server-final-message = (server-error / verifier) ["," extensions]
Result<std::string> ScramMechanism::check_proof(std::string_view server_final) {
  step_ = Step::done;
  const auto piece = split(server_final, ',')[0];
  if (const auto reason = scram_attribute(piece, 'e')) {
    server_said_ = printable(*reason, 100);
    // Someone sits between us and the server, or its binding is another kind.
    const bool binding = reason->find("channel-binding") != reason->npos;
    return Error{binding ? ErrorKind::untrusted : ErrorKind::no_auth,
                 "SCRAM was refused", {}, server_said_};
  }
  const auto verifier = scram_attribute(piece, 'v');
  if (!verifier) return malformed("neither verifier nor error at the end");
  const auto signature = base64_decode(*verifier);
  if (!signature || !equal_in_constant_time(*signature, server_signature_)) {
    return Error{ErrorKind::untrusted,
                 "the server's signature is wrong: it does not know the "
                 "password"};
  }
  proved_ = true;
  return std::string();
}

}  // namespace

std::unique_ptr<Mechanism> make_scram(ScramParameters parameters) {
  return std::make_unique<ScramMechanism>(std::move(parameters));
}

}  // namespace mailtool::sasl
