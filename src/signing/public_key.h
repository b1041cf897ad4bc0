// PublicKey: what a signature is checked with.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string_view>

#include "mailtool/signing/body_hash.h"
#include "mailtool/signing/key_record.h"

namespace mailtool::signing {

class PublicKey {
 public:
  // From the octets of p=. What hinders its use is returned: permerror where
  // it is no key of its type, policy where it is too short or too long.
  [[nodiscard]] std::optional<Problem> load(const KeyRecord& record);

  [[nodiscard]] unsigned bits() const { return bits_; }

  // True when `signature` is that of the 32 octets of `hash`: PKCS #1 v1.5
  // (RFC 6376 section 3.3.2), PureEdDSA (RFC 8463 section 3).
  // \pre load() had no problem.
  [[nodiscard]] bool verify(const Digest256& hash,
                            std::string_view signature) const;

 private:
  [[nodiscard]] std::optional<Problem> load_rsa(std::string_view octets);

  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  std::unique_ptr<EVP_PKEY, Free> key_;
  KeyType type_ = KeyType::rsa;
  unsigned bits_ = 0;
};

}  // namespace mailtool::signing
