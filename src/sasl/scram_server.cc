#include "mailtool/sasl/scram_server.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "mailtool/sasl/saslprep.h"
#include "sasl/digest.h"
#include "sasl/scram_syntax.h"

namespace mailtool::sasl {
namespace {

constexpr std::size_t kSaltOctets = 16;

Digest digest_of(ScramHash hash) {
  return hash == ScramHash::sha1 ? Digest::sha1 : Digest::sha256;
}

Error malformed(std::string_view what) {
  return Error{ErrorKind::protocol, "SCRAM: " + std::string(what)};
}

// A server-error-value of RFC 5802 section 7 about the binding, which tells
// nobody anything of a password.
Error unbound(std::string_view what) {
  return Error{ErrorKind::insecure, "SCRAM: " + std::string(what)};
}

// saslname = 1*(value-safe-char / "=2C" / "=3D")
std::optional<std::string> from_saslname(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      name += text[i];
      continue;
    }
    const auto code = text.substr(i, 3);
    if (code != "=2C" && code != "=3D") return std::nullopt;
    name += code == "=2C" ? ',' : '=';
    i += 2;
  }
  return name;
}

}  // namespace

std::optional<ScramKeys> derive_scram_keys(ScramHash hash_kind,
                                           const Secret& password,
                                           std::string salt,
                                           std::uint64_t iterations) {
  const auto digest = digest_of(hash_kind);
  auto prepared = saslprep(password.reveal());
  if (!prepared) return std::nullopt;
  auto salted = salted_password(digest, *prepared, salt, iterations);
  wipe(*prepared);
  if (!salted) return std::nullopt;
  auto client_key = hmac(digest, *salted, "Client Key");
  auto server_key = hmac(digest, *salted, "Server Key");
  wipe(*salted);
  if (!client_key || !server_key) return std::nullopt;
  auto stored_key = hash(digest, *client_key);
  wipe(*client_key);
  if (!stored_key) return std::nullopt;
  return ScramKeys{std::move(salt), iterations, *std::move(stored_key),
                   *std::move(server_key)};
}

// That a proof should fit a hash made of a secret is as likely as to guess one.
ScramKeys decoy_scram_keys(ScramHash hash_kind, std::string_view secret,
                           std::string_view name) {
  const auto digest = digest_of(hash_kind);
  const auto made = [&](std::string_view what) {
    return hmac(digest, secret, std::string(what) + std::string(name))
        .value_or(std::string(32, '\0'));
  };
  return {made("salt ").substr(0, kSaltOctets), kMinIterations, made("stored "),
          made("server ")};
}

// gs2-header = gs2-cbind-flag "," [ authzid ] ","
// gs2-cbind-flag = "p=" cb-name / "n" / "y"
Result<void> ScramServer::read_gs2_header(std::string_view header) {
  const auto pieces = split(header, ',');
  const auto flag = pieces[0];
  if (p_.plus != flag.starts_with("p=")) {
    return malformed(p_.plus ? "-PLUS without p=" : "p= without -PLUS");
  }
  if (!p_.plus && flag != "n" && flag != "y") return malformed("no gs2 header");
  // Somebody between us took -PLUS out of what we offer (section 6).
  if (flag == "y" && p_.offers_plus) {
    return unbound("server-does-support-channel-binding");
  }
  if (p_.plus) {
    for (const auto& one : p_.bindings) {
      if (flag.substr(2) == one.type) bound_ = one.octets;
    }
    if (bound_.empty()) return unbound("unsupported-channel-binding-type");
  }
  if (pieces[1].empty()) return {};
  const auto authzid = scram_attribute(pieces[1], 'a');
  auto name = authzid ? from_saslname(*authzid) : std::nullopt;
  if (!name) return malformed("no authorization identity");
  authzid_ = *std::move(name);
  return {};
}

// client-first-message = gs2-header client-first-message-bare
// client-first-message-bare = [reserved-mext ","] username "," nonce
//                             ["," extensions]
Result<void> ScramServer::begin(std::string_view client_first) {
  const auto comma = client_first.find(',');
  const auto second =
      comma == client_first.npos ? comma : client_first.find(',', comma + 1);
  if (second == client_first.npos) return malformed("no gs2 header");
  gs2_header_ = client_first.substr(0, second + 1);
  if (auto read = read_gs2_header(gs2_header_); !read) return read;
  client_first_bare_ = client_first.substr(second + 1);
  const auto pieces = split(client_first_bare_, ',');
  if (scram_attribute(pieces[0], 'm')) {
    return malformed("unknown mandatory extension");
  }
  const auto user = scram_attribute(pieces[0], 'n');
  const auto nonce =
      pieces.size() < 2 ? std::nullopt : scram_attribute(pieces[1], 'r');
  const auto name = user ? from_saslname(*user) : std::nullopt;
  if (!name || name->empty() || !nonce || nonce->empty() ||
      !is_scram_nonce(*nonce)) {
    return malformed("no user and nonce");
  }
  auto prepared = saslprep(*name);
  if (!prepared) return malformed("a user's name with what is prohibited");
  name_ = *std::move(prepared);
  if (p_.nonce.empty()) {
    const auto octets = random_octets(kScramNonceOctets);
    if (!octets) return Error{ErrorKind::system, "no random octets to be had"};
    p_.nonce = base64_encode(*octets);
  }
  nonce_ = std::string(*nonce) + p_.nonce;
  return {};
}

// server-first-message = nonce "," salt "," iteration-count
std::string ScramServer::challenge(ScramKeys keys) {
  keys_ = std::move(keys);
  server_first_ = "r=" + nonce_ + ",s=" + base64_encode(keys_.salt) +
                  ",i=" + std::to_string(keys_.iterations);
  return server_first_;
}

// client-final-message = channel-binding "," nonce ["," extensions] "," proof
Result<std::string> ScramServer::finish(std::string_view client_final) {
  const auto digest = digest_of(p_.hash);
  const auto last = client_final.rfind(",p=");
  if (last == client_final.npos) return malformed("no proof");
  const auto without_proof = client_final.substr(0, last);
  const auto pieces = split(without_proof, ',');
  const auto channel = scram_attribute(pieces[0], 'c');
  const auto nonce =
      pieces.size() < 2 ? std::nullopt : scram_attribute(pieces[1], 'r');
  const auto proof = base64_decode(client_final.substr(last + 3));
  if (!channel || !nonce || !proof) return malformed("no binding and nonce");
  if (*nonce != nonce_) return malformed("another nonce");
  if (base64_decode(*channel) != gs2_header_ + bound_) {
    return unbound("channel-bindings-dont-match");
  }
  const auto auth_message = client_first_bare_ + "," + server_first_ + "," +
                            std::string(without_proof);
  const auto signature = hmac(digest, keys_.stored_key, auth_message);
  const auto verifier = hmac(digest, keys_.server_key, auth_message);
  if (!signature || !verifier) {
    return Error{ErrorKind::internal, "HMAC failed"};
  }
  if (proof->size() != signature->size()) return malformed("no proof");
  auto client_key = exclusive_or(*proof, *signature);
  const auto stored = hash(digest, client_key);
  wipe(client_key);
  const bool proved =
      stored && equal_in_constant_time(*stored, keys_.stored_key);
  if (!proved) {
    return Error{ErrorKind::no_auth, "SCRAM: the proof is wrong"};
  }
  return "v=" + base64_encode(*verifier);
}

}  // namespace mailtool::sasl
