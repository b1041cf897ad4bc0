#include "mailtool/net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "net/socket.h"
#include "net/tls_acceptance.h"

namespace mailtool::net {
namespace {

std::string shown(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* octets =
      address.ss_family == AF_INET6
          ? static_cast<const void*>(
                &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr)
          : static_cast<const void*>(
                &reinterpret_cast<const sockaddr_in&>(address).sin_addr);
  const auto* known =
      ::inet_ntop(address.ss_family, octets, text.data(), text.size());
  return known == nullptr ? "" : known;
}

std::uint16_t port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

Connection::Connection(int descriptor, std::string peer)
    : descriptor_(descriptor), peer_(std::move(peer)) {}

Connection::Connection(Connection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      peer_(std::move(other.peer_)),
      tls_(std::move(other.tls_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(peer_, other.peer_);
  std::swap(tls_, other.tls_);
  return *this;
}

Connection::~Connection() {
  tls_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::optional<std::size_t>> Connection::read_some(std::span<char> into) {
  if (tls_) return tls_->read_some(into);
  while (true) {
    const auto count = ::recv(descriptor_, into.data(), into.size(), 0);
    if (count >= 0) return std::optional(static_cast<std::size_t>(count));
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return std::optional<std::size_t>();
    }
    if (errno != EINTR) return connection_error(errno);
  }
}

Result<std::size_t> Connection::write_some(std::string_view octets) {
  if (tls_) return tls_->write_some(octets);
  while (true) {
    const auto count =
        ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    if (errno != EINTR) return connection_error(errno);
  }
}

Result<void> Connection::begin_tls(
    std::shared_ptr<const TlsIdentity> identity) {
  auto tls = TlsAcceptance::begin(descriptor_, std::move(identity));
  if (!tls) return std::move(tls).error();
  tls_ = *std::move(tls);
  return {};
}

Result<std::optional<TlsInfo>> Connection::handshake() {
  return tls_->handshake();
}

bool Connection::wants_room() const { return tls_ && tls_->wants_room(); }

Result<Listener> Listener::open(const Endpoint& endpoint) {
  const SocketAddress address(endpoint);
  Socket socket(::socket(address.storage.ss_family,
                         SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.descriptor() < 0) return cannot_listen(errno, endpoint);
  const int on = 1;
  (void)::setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on,
                     sizeof on);
  if (::bind(socket.descriptor(), address.get(), address.octets) != 0 ||
      ::listen(socket.descriptor(), 128) != 0) {
    return cannot_listen(errno, endpoint);
  }
  sockaddr_storage bound{};
  socklen_t octets = sizeof bound;
  if (::getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&bound),
                    &octets) != 0) {
    return cannot_listen(errno, endpoint);
  }
  const int descriptor = ::fcntl(socket.descriptor(), F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return cannot_listen(errno, endpoint);
  return Listener(descriptor, port_of(bound));
}

Listener::~Listener() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<Connection> Listener::accept() {
  sockaddr_storage peer{};
  socklen_t octets = sizeof peer;
  const int descriptor =
      ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&peer), &octets,
                SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  const int on = 1;
  (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return Connection(descriptor, shown(peer));
}

}  // namespace mailtool::net
