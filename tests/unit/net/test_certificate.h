/// \file
/// Certificates made on the spot, good and bad ones.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace mailtool::net::test {

/// A certificate and its key.
struct Identity {
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;

  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] std::string key_pem(const char* passphrase = nullptr) const;
  /// Writes certificate and key into one file.
  void save(const std::filesystem::path& file) const;
};

struct CertificateSpec {
  std::string common_name = "test";
  std::string names = "DNS:mail.test";  ///< subjectAltName; "" for none
  int from_days = -1;                   ///< relative to now
  int to_days = 30;
  bool ca = false;
  std::string usage;  ///< extendedKeyUsage, such as "clientAuth"
  bool ed25519 = false;
};

/// Signed by `issuer`, or by itself.
Identity make_identity(const CertificateSpec& spec,
                       const Identity* issuer = nullptr);

/// The authority of most tests, made once.
const Identity& test_ca();

}  // namespace mailtool::net::test
