/// \file
/// SocketStream: a Stream over a connected socket, with TLS or without.
#pragma once

#include <memory>

#include "mailtool/base/stream.h"
#include "mailtool/net/tls.h"
#include "net/socket.h"
#include "net/tls_session.h"
#include "net/wait.h"

namespace mailtool::net {

class SocketStream : public Stream {
 public:
  /// Without `context` start_tls() fails with insecure.
  SocketStream(Socket socket, std::shared_ptr<const TlsContext> context,
               const Budget& budget)
      : socket_(std::move(socket)),
        context_(std::move(context)),
        budget_(budget) {}

  Result<std::size_t> read_some(std::span<char> into) override;
  [[nodiscard]] bool readable() override;
  Result<bool> await_readable(std::chrono::milliseconds budget) override;
  Result<void> write_all(std::string_view octets) override;
  Result<void> start_tls() override { return start_tls(TlsStart::upgrade); }
  [[nodiscard]] std::optional<TlsInfo> tls() const override;
  void set_deadline(std::chrono::milliseconds budget) override;

  Result<void> start_tls(TlsStart when);

 private:
  Socket socket_;
  std::shared_ptr<const TlsContext> context_;
  Budget budget_;
  std::unique_ptr<TlsSession> tls_;  // after socket_: it goes first
};

}  // namespace mailtool::net
