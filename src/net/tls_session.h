/// \file
/// TlsSession: TLS over one connected socket.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/stream.h"
#include "mailtool/net/tls.h"
#include "net/tls_bio.h"
#include "net/tls_state.h"
#include "net/wait.h"

namespace mailtool::net {

/// When the handshake takes place: it decides what clear text means.
enum class TlsStart : bool { at_once, upgrade };

class TlsSession {
 public:
  /// Fails as Dialer::dial says of implicit TLS. `descriptor` outlives it.
  static Result<std::unique_ptr<TlsSession>> start(
      int descriptor, std::shared_ptr<const TlsContext> context,
      const Budget& budget, TlsStart when);
  /// Says close_notify where that needs no waiting.
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// As Stream::read_some and Stream::write_all.
  Result<std::size_t> read_some(std::span<char> into, const Budget& budget);
  Result<void> write_all(std::string_view octets, const Budget& budget);
  /// As Stream::readable.
  [[nodiscard]] bool readable();
  [[nodiscard]] TlsInfo info() const;

 private:
  TlsSession(int descriptor, std::shared_ptr<const TlsContext> context);
  Result<void> handshake(const Budget& budget, TlsStart when);
  Result<void> wait_or_fail(int outcome, const Budget& budget,
                            std::string_view nothing);
  /// What has arrived besides, without waiting; 0 when there is nothing.
  std::size_t read_arrived(std::span<char> into);
  [[nodiscard]] Error handshake_failure(int outcome, TlsStart when);

  std::shared_ptr<const TlsContext> context_;
  TlsWire wire_;
  HandshakeNotes notes_;
  Owned<SSL, SSL_free> ssl_;
  std::optional<Error> found_;  // by read_arrived, for the next read_some
  bool broken_ =
      true;  // no close_notify before the handshake, or after a failure
};

}  // namespace mailtool::net
