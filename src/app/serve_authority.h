/// \file
/// The certificates of `serve`: of an authority of its own, and of its servers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mailtool/base/result.h"
#include "mailtool/net/tls_certificate.h"
#include "mailtool/net/tls_identity.h"

namespace mailtool::app {

/// The authority's certificate, in `folder`.
[[nodiscard]] std::string authority_file(const std::string& folder);

/// What is in that file. Fails with no_input where there is none.
Result<std::string> read_authority(const std::string& folder);

/// What to do where the authority's key is gone, or is not that of its
/// certificate.
enum class LostAuthority : std::uint8_t {
  replace,  ///< by a new one; where there was one, standard error says so
  fail,     ///< with config: somebody has read the certificate, and trusts it
};

/// The identity of servers with these names. The authority's key ("ca.key") and
/// certificate ("ca.pem") and the server's of both ("server.pem") are read from
/// `folder`, and made, durably, where they are missing, near their end, or not
/// of this kind; the authority's key stays as long as it can be read, so that
/// whoever trusts it goes on to. `now`: seconds since 1970. Fails with config
/// (a damaged key, or one that others may read), cannot_create, local_io.
Result<std::shared_ptr<const net::TlsIdentity>> server_identity(
    const std::string& folder, const net::CertificateNames& names,
    std::int64_t now, LostAuthority lost = LostAuthority::replace);

}  // namespace mailtool::app
