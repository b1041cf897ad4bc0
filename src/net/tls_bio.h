/// \file
/// The way of TLS records to the socket: an OpenSSL BIO of our own.
#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <string>

namespace mailtool::net {

/// What passes through one BIO. Outlives it; the descriptor is borrowed.
struct TlsWire {
  static constexpr std::size_t kKept = 256;
  int descriptor = -1;
  std::string first;   ///< the first kKept octets received, for diagnosis
  int error = 0;       ///< errno of the failure that ended it; 0: none
  bool ended = false;  ///< the peer closed the TCP connection
};

/// A BIO over `wire` that never blocks and never raises SIGPIPE; nullptr when
/// there is no memory. Owned by the SSL object it is given to.
[[nodiscard]] BIO* make_tls_bio(TlsWire& wire);

}  // namespace mailtool::net
