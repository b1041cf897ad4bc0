/// \file
/// Certificates of a small authority of one's own (RFC 5280): for servers that
/// are tried, on this machine. EC keys on P-256.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net {

/// Seconds since 1970.
struct Validity {
  std::int64_t from = 0;
  std::int64_t until = 0;
};

/// What a server's certificate is for.
struct CertificateNames {
  std::vector<std::string> hosts;  ///< A-labels
  std::vector<IpAddress> addresses;
  friend bool operator==(const CertificateNames&,
                         const CertificateNames&) = default;
};

/// What one says of itself.
struct CertificateFacts {
  Validity validity;
  CertificateNames names;  ///< in their order
};

/// A new key in PEM. Fails with system.
Result<Secret> make_key();

/// The certificate, in PEM, of an authority for servers, which `key` signs
/// itself. Fails with config where `key` is none, system.
Result<std::string> make_authority(const Secret& key, std::string_view name,
                                   const Validity& validity);

/// The certificate, in PEM, of a server with the key `key`, signed by that
/// authority. Fails with config where one of the three is none, system.
Result<std::string> make_certificate(const Secret& key,
                                     const CertificateNames& names,
                                     const Validity& validity,
                                     std::string_view authority,
                                     const Secret& authority_key);

/// Of the first certificate in `pem`. Fails with config.
Result<CertificateFacts> read_certificate(std::string_view pem);

/// True when the first certificate in `pem` has this key.
[[nodiscard]] bool has_key(std::string_view pem, const Secret& key);
/// True when the first certificate in `pem` is signed by this authority.
[[nodiscard]] bool is_signed_by(std::string_view pem,
                                std::string_view authority);

}  // namespace mailtool::net
