#include "net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mailtool/base/ascii.h"
#include "net/write_budget.h"

namespace mailtool::net {

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

SocketAddress::SocketAddress(const Endpoint& endpoint) {
  if (endpoint.address.v6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    v6.sin6_scope_id = endpoint.address.scope;
    std::memcpy(&v6.sin6_addr, endpoint.address.octets.data(), 16);
    std::memcpy(&storage, &v6, sizeof v6);
    octets = sizeof v6;
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.octets.data(), 4);
    std::memcpy(&storage, &v4, sizeof v4);
    octets = sizeof v4;
  }
}

std::string errno_text(int number) {
  std::string text = std::strerror(number);
  if (!text.empty()) text[0] = to_lower(text[0]);
  return text;
}

Error cannot_listen(int number, const Endpoint& endpoint) {
  auto kind = ErrorKind::unreachable;
  switch (number) {
    case EADDRINUSE: kind = ErrorKind::busy; break;
    case EACCES: kind = ErrorKind::no_permission; break;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: kind = ErrorKind::system; break;
    default: break;
  }
  return {kind, "cannot listen: " + errno_text(number), endpoint.to_string()};
}

Error connection_error(int number) {
  switch (number) {
    case ECONNRESET:
      return Error{ErrorKind::disconnected, "the server reset the connection"};
    case EPIPE:
      return Error{ErrorKind::disconnected, "the server closed the connection"};
    default:
      return Error{ErrorKind::disconnected,
                   "connection lost: " + errno_text(number)};
  }
}

void acknowledge(int descriptor) noexcept {
#ifdef TCP_QUICKACK
  // Holds for what is outstanding now, not for good.
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#else
  (void)descriptor;
#endif
}

Result<std::size_t> receive_some(const Socket& socket, std::span<char> into,
                                 const Budget& budget) {
  // A peer that never lets us wait must not outlive its time either.
  if (auto time_left = budget.check(kNoAnswer); !time_left)
    return time_left.error();
  while (true) {
    const auto count =
        ::recv(socket.descriptor(), into.data(), into.size(), MSG_DONTWAIT);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return connection_error(errno);
    acknowledge(socket.descriptor());
    if (auto ready = budget.wait(socket.descriptor(), POLLIN, kNoAnswer);
        !ready)
      return ready.error();
  }
}

bool readable(const Socket& socket) {
  char octet = 0;
  while (true) {
    if (::recv(socket.descriptor(), &octet, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
      return true;
    if (errno != EINTR) return errno != EAGAIN && errno != EWOULDBLOCK;
  }
}

Result<void> send_all(const Socket& socket, std::string_view octets,
                      const Budget& budget) {
  WriteBudget writing(socket.descriptor(), budget);
  while (!octets.empty()) {
    if (auto time_left = writing.check(); !time_left) return time_left;
    const auto count = ::send(socket.descriptor(), octets.data(), octets.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return connection_error(errno);
    if (auto ready = writing.wait(); !ready) return ready;
  }
  return {};
}

}  // namespace mailtool::net
