/// \file
/// TlsContext::State, and what one handshake learns about the server.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "mailtool/base/error.h"
#include "mailtool/net/tls.h"

namespace mailtool::net {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
template <class T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

struct TlsContext::State {
  TlsPolicy policy;
  std::string name;  ///< to prove: A-labels or an address; may be empty
  bool name_is_address = false;
  Owned<SSL_CTX, SSL_CTX_free> context;
  /// Whether a CA has to vouch for the server.
  [[nodiscard]] bool wants_ca() const {
    return policy.verify && policy.associations.empty() &&
           (policy.pins.empty() || !policy.ca_file.empty());
  }
};

/// What the callbacks of one handshake leave behind.
struct HandshakeNotes {
  std::optional<Error> untrusted;  ///< why the certificate was refused
  bool certificate_asked = false;  ///< the server asked for ours
};

/// The text of OpenSSL's oldest queued error, or `otherwise`; empties the
/// queue.
[[nodiscard]] std::string openssl_error(std::string_view otherwise);

}  // namespace mailtool::net
