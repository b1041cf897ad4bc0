/// \file
/// TestServer: a TCP server on loopback that does what a test wants, with TLS
/// or without.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mailtool/net/ip_address.h"
#include "test_certificate.h"

namespace mailtool::net::test {

/// The server's end of one connection.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send(std::string_view octets);
  /// Exactly `count` octets, fewer when the client is gone.
  std::string receive(std::size_t count);
  /// Blocks until the client has closed; what came until then.
  std::string receive_all();
  /// TLS from here on; false when the handshake fails.
  bool start_tls(SSL_CTX* context);
  /// As close() does to unread octets: a reset.
  void reset();
  /// close_notify, then the end of TCP.
  void close_tls();
  [[nodiscard]] SSL* tls() { return ssl_.get(); }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  std::shared_ptr<SSL> ssl_;
};

/// Serves one connection after the other, each by `handler`, in one thread.
class TestServer {
 public:
  using Handler = std::function<void(Peer&)>;
  explicit TestServer(Handler handler);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] Endpoint endpoint() const;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Where the last client came from.
  [[nodiscard]] std::string last_client() const { return last_client_; }

 private:
  void serve();
  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::string last_client_;
  std::thread thread_;
};

/// A port where nobody listens, as far as the system lets us promise.
[[nodiscard]] Endpoint closed_port();

/// A listener whose queue is full, so that connecting to it hangs.
class DeafServer {
 public:
  DeafServer();
  ~DeafServer();
  DeafServer(const DeafServer&) = delete;
  DeafServer& operator=(const DeafServer&) = delete;
  [[nodiscard]] Endpoint endpoint() const;

 private:
  int listener_ = -1;
  std::vector<int> fillers_;
};

struct ServerTls {
  int max_version = 0;  ///< TLS1_2_VERSION…; 0: the newest
  int min_version = 0;
  bool ask_client = false;        ///< for a certificate, and insist on it
  bool extended_master = true;    ///< RFC 7627
  const char* ciphers = nullptr;  ///< an OpenSSL cipher list
};
/// A server's context, shared so that tests can keep it in closures.
std::shared_ptr<SSL_CTX> server_tls(const Identity& identity,
                                    const ServerTls& settings = {});

}  // namespace mailtool::net::test
