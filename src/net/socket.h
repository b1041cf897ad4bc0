/// \file
/// Socket: a descriptor of ours, and plain octets through it within a Budget.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"
#include "net/wait.h"

namespace mailtool::net {

/// Owns one non-blocking, close-on-exec socket.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// A socket address in the form of the system calls.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t octets = 0;
  explicit SocketAddress(const Endpoint& endpoint);
  [[nodiscard]] const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
};

/// strerror() in our manner: "connection refused".
[[nodiscard]] std::string errno_text(int number);

/// What a failed socket(), bind() or listen() means: busy where the port is
/// taken, no_permission where it is for root, system where there are no
/// descriptors, else unreachable: the address is none of ours.
[[nodiscard]] Error cannot_listen(int number, const Endpoint& endpoint);

/// What a failed read or write on a connection means.
[[nodiscard]] Error connection_error(int number);

/// Tells the peer at once that its octets have arrived. To be called before
/// waiting for more: a peer that holds back the rest of an answer until then
/// (Nagle's algorithm, RFC 1122 section 4.2.3.4) costs 40 ms an answer.
void acknowledge(int descriptor) noexcept;

/// Reads 1..into.size() octets; 0 when the peer has closed. Fails with
/// disconnected, and as Budget::wait.
Result<std::size_t> receive_some(const Socket& socket, std::span<char> into,
                                 const Budget& budget);

/// True when receive_some would not wait: octets, the end, or a failure.
[[nodiscard]] bool readable(const Socket& socket);

/// Writes all octets, without SIGPIPE; `budget` begins anew whenever the peer
/// takes some. Fails as receive_some.
Result<void> send_all(const Socket& socket, std::string_view octets,
                      const Budget& budget);

inline constexpr std::string_view kNoAnswer = "no answer";

}  // namespace mailtool::net
