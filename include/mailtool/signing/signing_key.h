/// \file
/// SigningKey: the private half of a DKIM key. RFC 6376, RFC 8301, RFC 8463.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/signing/body_hash.h"
#include "mailtool/signing/key_record.h"
#include "mailtool/signing/signature.h"

namespace mailtool::signing {

/// Larger is no key file.
inline constexpr std::size_t kMaxKeyFile = 65'536;  ///< octets

/// An RSA key of 1024 to 8192 bits or an Ed25519 key. Copies share the key.
class SigningKey {
 public:
  /// Reads what a key file holds: PEM (PKCS #8 or PKCS #1, not encrypted), or
  /// an Ed25519 key as nothing but base64, of its 32 octets (RFC 8463
  /// section A.2) or of these and the 32 of its public half. The octets of
  /// `text` are the caller's to wipe.
  ///
  /// Fails with config: no key, a public key, an encrypted one, of another
  /// type, too short (RFC 8301 section 3.2), too long, or damaged.
  static Result<SigningKey> read(std::string_view text);

  [[nodiscard]] KeyType type() const noexcept { return type_; }
  [[nodiscard]] Algorithm algorithm() const noexcept;
  [[nodiscard]] unsigned bits() const noexcept { return bits_; }
  /// Below the 2048 bits that RFC 8301 section 3.2 asks signers for, or above
  /// the 4096 that every verifier must be able to check: why, in one line;
  /// empty for a key that is neither.
  [[nodiscard]] std::string weakness() const;
  /// What SELECTOR._domainkey.DOMAIN must say in DNS: "v=DKIM1; k=rsa; p=…".
  [[nodiscard]] std::string record() const;

  /// The octets of b= for a header with this hash. Fails with config when the
  /// halves of the key do not fit each other, with internal where libcrypto
  /// fails.
  [[nodiscard]] Result<std::string> sign(const Digest256& hash) const;

 private:
  struct Halves;
  explicit SigningKey(std::shared_ptr<const Halves> halves);

  std::shared_ptr<const Halves> halves_;
  KeyType type_ = KeyType::rsa;
  unsigned bits_ = 0;
};

}  // namespace mailtool::signing
