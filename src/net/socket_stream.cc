#include "net/socket_stream.h"

namespace mailtool::net {
namespace {

// For the good-byes of a run that was interrupted.
constexpr std::chrono::milliseconds kFarewell{1000};

}  // namespace

Result<std::size_t> SocketStream::read_some(std::span<char> into) {
  return tls_ ? tls_->read_some(into, budget_)
              : receive_some(socket_, into, budget_);
}

bool SocketStream::readable() {
  return tls_ ? tls_->readable() : net::readable(socket_);
}

// Octets may arrive that no reader ever sees, as those of a session ticket.
Result<bool> SocketStream::await_readable(std::chrono::milliseconds budget) {
  const auto until = RunLimits::Clock::now() + budget;
  while (!readable()) {
    pollfd one{socket_.descriptor(), POLLIN, 0};
    const auto ready = poll_until(std::span(&one, 1), until, budget_.run);
    if (!ready) {
      if (ready.error().kind == ErrorKind::interrupted) {
        budget_.run.interrupt_fd = -1;
        budget_.restart(kFarewell);
      }
      return ready.error();
    }
    if (!*ready || RunLimits::Clock::now() >= until) return readable();
  }
  return true;
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
