#include "signing/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string>

#include "mailtool/signing/dkim.h"

namespace mailtool::signing {
namespace {

constexpr std::size_t kEd25519Octets = 32;
constexpr int kMaxExponentBits = 64;

const unsigned char* bytes(std::string_view octets) {
  return reinterpret_cast<const unsigned char*>(octets.data());
}

// SubjectPublicKeyInfo is what signers publish, RSAPublicKey what the RFC 6376
// says. All of the octets are one of them.
EVP_PKEY* decode_rsa(std::string_view octets) {
  const auto* end = bytes(octets) + octets.size();
  const auto* at = bytes(octets);
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(octets.size()));
  if (key == nullptr) {
    at = bytes(octets);
    key = d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at,
                        static_cast<long>(octets.size()));
  }
  ERR_clear_error();
  if (key != nullptr &&
      (at != end || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)) {
    EVP_PKEY_free(key);
    return nullptr;
  }
  return key;
}

// The work of a check grows with the exponent, which the signer chooses.
bool has_short_exponent(const EVP_PKEY* key) {
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
    return false;
  const int bits = BN_num_bits(exponent);
  BN_free(exponent);
  return bits <= kMaxExponentBits;
}

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

bool verify_rsa(EVP_PKEY* key, const Digest256& hash,
                std::string_view signature) {
  const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(
      EVP_PKEY_CTX_new(key, nullptr));
  return context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
         EVP_PKEY_verify(context.get(), bytes(signature), signature.size(),
                         hash.data(), hash.size()) == 1;
}

// The message of Ed25519 is the hash; it is not hashed again beforehand.
bool verify_ed25519(EVP_PKEY* key, const Digest256& hash,
                    std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) ==
             1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(),
                          hash.data(), hash.size()) == 1;
}

}  // namespace

std::optional<Problem> PublicKey::load(const KeyRecord& record) {
  type_ = record.type;
  if (type_ == KeyType::rsa) return load_rsa(record.key);
  if (record.key.size() != kEd25519Octets)
    return Problem{Verdict::permerror, "an Ed25519 key has 32 octets, not " +
                                           std::to_string(record.key.size())};
  key_.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                         bytes(record.key), record.key.size()));
  ERR_clear_error();
  if (!key_) return Problem{Verdict::permerror, "this is no Ed25519 key"};
  bits_ = 256;
  return std::nullopt;
}

std::optional<Problem> PublicKey::load_rsa(std::string_view octets) {
  key_.reset(decode_rsa(octets));
  if (!key_) return Problem{Verdict::permerror, "this is no RSA key"};
  bits_ = static_cast<unsigned>(EVP_PKEY_get_bits(key_.get()));
  const auto size = std::to_string(bits_) + " bits";
  if (bits_ < kMinRsaBits)
    return Problem{Verdict::policy, "a key of " + size + " is too short: " +
                                        std::to_string(kMinRsaBits) +
                                        " at least"};
  if (bits_ > kMaxRsaBits)
    return Problem{Verdict::policy, "a key of " + size + " is too long: " +
                                        std::to_string(kMaxRsaBits) +
                                        " at most"};
  if (!has_short_exponent(key_.get()))
    return Problem{Verdict::policy, "the exponent of the key is too long"};
  return std::nullopt;
}

bool PublicKey::verify(const Digest256& hash,
                       std::string_view signature) const {
  const bool holds = type_ == KeyType::rsa
                         ? verify_rsa(key_.get(), hash, signature)
                         : verify_ed25519(key_.get(), hash, signature);
  ERR_clear_error();
  return holds;
}

}  // namespace mailtool::signing
