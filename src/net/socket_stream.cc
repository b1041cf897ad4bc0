#include "net/socket_stream.h"

namespace mailtool::net {

Result<std::size_t> SocketStream::read_some(std::span<char> into) {
  return tls_ ? tls_->read_some(into, budget_)
              : receive_some(socket_, into, budget_);
}

bool SocketStream::readable() {
  return tls_ ? tls_->readable() : net::readable(socket_);
}

Result<void> SocketStream::write_all(std::string_view octets) {
  return tls_ ? tls_->write_all(octets, budget_)
              : send_all(socket_, octets, budget_);
}

Result<void> SocketStream::start_tls(TlsStart when) {
  if (tls_) return Error{ErrorKind::internal, "TLS was started twice"};
  if (!context_)
    return Error{ErrorKind::insecure, "TLS is off for this connection"};
  auto session =
      TlsSession::start(socket_.descriptor(), context_, budget_, when);
  if (!session) return session.error();
  tls_ = std::move(*session);
  return {};
}

std::optional<TlsInfo> SocketStream::tls() const {
  if (!tls_) return std::nullopt;
  return tls_->info();
}

void SocketStream::set_deadline(std::chrono::milliseconds budget) {
  budget_.restart(budget);
}

}  // namespace mailtool::net
