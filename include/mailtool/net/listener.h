/// \file
/// Listener and Connection: the server's side of TCP, without waiting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net {

/// One client's connection; nothing here waits.
class Connection {
 public:
  Connection(Connection&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        peer_(std::move(other.peer_)) {}
  Connection& operator=(Connection&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(peer_, other.peer_);
    return *this;
  }
  ~Connection();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }
  /// nullopt: nothing has come. 0: the client has closed. Fails with
  /// disconnected.
  Result<std::optional<std::size_t>> read_some(std::span<char> into);
  /// How many octets could be written now. Fails with disconnected.
  Result<std::size_t> write_some(std::string_view octets);

 private:
  friend class Listener;
  Connection(int descriptor, std::string peer)
      : descriptor_(descriptor), peer_(std::move(peer)) {}
  int descriptor_;
  std::string peer_;  ///< "127.0.0.1"
};

class Listener {
 public:
  /// Port 0: any that is free. Fails with unreachable where the address is not
  /// ours or the port is taken.
  static Result<Listener> open(const Endpoint& endpoint);
  Listener(Listener&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        port_(other.port_) {}
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
