/// \file
/// Listener and Connection: the server's side of TCP, without waiting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/result.h"
#include "mailtool/base/stream.h"
#include "mailtool/net/ip_address.h"
#include "mailtool/net/tls_identity.h"

namespace mailtool::net {

class TlsAcceptance;

/// One client's connection; nothing here waits.
class Connection {
 public:
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }
  /// nullopt: nothing has come. 0: the client has closed. `into` has room for
  /// 16 KiB, so that nothing that has come is left over. Fails with
  /// disconnected, or protocol in TLS.
  Result<std::optional<std::size_t>> read_some(std::span<char> into);
  /// How many octets could be written now. What was refused is offered again
  /// before anything else. Fails with disconnected.
  Result<std::size_t> write_some(std::string_view octets);

  /// From now on all is TLS; handshake() until it is done. Fails with system.
  Result<void> begin_tls(std::shared_ptr<const TlsIdentity> identity);
  /// nullopt: call again when there are octets, or room. Fails with protocol or
  /// disconnected. \pre begin_tls()
  Result<std::optional<TlsInfo>> handshake();
  /// TLS cannot go on before the socket takes more.
  [[nodiscard]] bool wants_room() const;

 private:
  friend class Listener;
  Connection(int descriptor, std::string peer);
  int descriptor_;
  std::string peer_;  ///< "127.0.0.1"
  std::unique_ptr<TlsAcceptance> tls_;
};

class Listener {
 public:
  /// Port 0: any that is free. Fails with unreachable where the address is not
  /// ours, busy where the port is taken, no_permission, system.
  static Result<Listener> open(const Endpoint& endpoint);
  Listener(Listener&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), port_(other.port_) {}
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// nullopt: nobody is there (any more), or no descriptor is free.
  std::optional<Connection> accept();

 private:
  Listener(int descriptor, std::uint16_t port)
      : descriptor_(descriptor), port_(port) {}
  int descriptor_;
  std::uint16_t port_;
};

}  // namespace mailtool::net
