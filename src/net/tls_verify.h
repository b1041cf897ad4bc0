/// \file
/// Proof of the server: name, chain, pin; and the reason where there is none.
#pragma once

#include <openssl/x509.h>

#include <string>

namespace mailtool::net {

/// The callback of SSL_CTX_set_cert_verify_callback; `state` is a
/// TlsContext::State. Leaves the reason of a refusal in the HandshakeNotes.
int verify_server(X509_STORE_CTX* store, void* state);

/// SHA-256 of the SubjectPublicKeyInfo in lower-case hex; empty on failure.
[[nodiscard]] std::string spki_pin(const X509* certificate);

}  // namespace mailtool::net
