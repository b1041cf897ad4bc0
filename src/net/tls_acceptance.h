/// \file
/// TlsAcceptance: the server's side of TLS on one connection, without waiting.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "mailtool/base/stream.h"
#include "mailtool/net/tls_identity.h"
#include "net/tls_bio.h"
#include "net/tls_state.h"

namespace mailtool::net {

struct TlsIdentity::State {
  Owned<SSL_CTX, SSL_CTX_free> context;
};

class TlsAcceptance {
 public:
  /// `descriptor` is borrowed. Fails with system.
  static Result<std::unique_ptr<TlsAcceptance>> begin(
      int descriptor, std::shared_ptr<const TlsIdentity> identity);
  /// Says goodbye, as far as that goes without waiting.
  ~TlsAcceptance();
  TlsAcceptance(const TlsAcceptance&) = delete;
  TlsAcceptance& operator=(const TlsAcceptance&) = delete;

  /// nullopt: not yet. Fails with protocol or disconnected.
  Result<std::optional<TlsInfo>> handshake();
  /// As those of Connection. \pre the handshake is done
  Result<std::optional<std::size_t>> read_some(std::span<char> into);
  Result<std::size_t> write_some(std::string_view octets);
  /// The last call could not go on before the socket takes more.
  [[nodiscard]] bool wants_room() const;

 private:
  explicit TlsAcceptance(std::shared_ptr<const TlsIdentity> identity)
      : identity_(std::move(identity)) {}
  Error failure();
  [[nodiscard]] bool must_wait(int outcome) const;

  std::shared_ptr<const TlsIdentity> identity_;
  TlsWire wire_;
  Owned<SSL, SSL_free> ssl_;
  bool sound_ = false;  // the handshake is done, and nothing has failed
};

}  // namespace mailtool::net
