#include "test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace mailtool::net::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int listen_on_loopback(int backlog) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(0);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0 ||
      ::listen(fd, backlog) != 0)
    throw std::runtime_error("cannot listen on loopback");
  return fd;
}

Endpoint endpoint_of(int fd) {
  sockaddr_in address{};
  socklen_t octets = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &octets);
  return {IpAddress::parse("127.0.0.1").value(), ntohs(address.sin_port)};
}

}  // namespace

Peer::~Peer() {
  ssl_.reset();
  if (fd_ >= 0) ::close(fd_);
}

void Peer::send(std::string_view octets) {
  if (ssl_) {
    SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
    return;
  }
  while (!octets.empty()) {
    const auto sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Peer::receive(std::size_t count) {
  std::string all;
  std::array<char, 65536> buffer{};
  while (all.size() < count) {
    const auto want = std::min(count - all.size(), buffer.size());
    const auto got =
        ssl_ ? SSL_read(ssl_.get(), buffer.data(), static_cast<int>(want))
             : ::recv(fd_, buffer.data(), want, 0);
    if (got <= 0) break;
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return all;
}

std::string Peer::receive_all() { return receive(100'000'000); }

bool Peer::start_tls(SSL_CTX* context) {
  ssl_.reset(SSL_new(context), SSL_free);
  SSL_set_fd(ssl_.get(), fd_);
  const bool done = SSL_accept(ssl_.get()) == 1;
  ERR_clear_error();
  return done;
}

void Peer::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(fd_, -1));
}

void Peer::close_tls() {
  SSL_shutdown(ssl_.get());
  ::shutdown(fd_, SHUT_WR);
}

TestServer::TestServer(Handler handler)
    : handler_(std::move(handler)), listener_(listen_on_loopback(16)) {
  port_ = endpoint_of(listener_).port;
  thread_ = std::thread([this] { serve(); });
}

TestServer::~TestServer() {
  stop_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

Endpoint TestServer::endpoint() const { return endpoint_of(listener_); }

void TestServer::serve() {
  // The server's own writes may fail; that SIGPIPE is not the client's.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (!stop_) {
    sockaddr_in from{};
    socklen_t octets = sizeof from;
    const int fd = ::accept4(listener_, reinterpret_cast<sockaddr*>(&from),
                             &octets, SOCK_CLOEXEC);
    if (fd < 0) return;
    std::array<char, INET_ADDRSTRLEN> text{};
    last_client_ = ::inet_ntop(AF_INET, &from.sin_addr, text.data(),
                               static_cast<socklen_t>(text.size()));
    const timeval limit{10, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    Peer peer(fd);
    handler_(peer);
  }
}

Endpoint closed_port() {
  const int fd = listen_on_loopback(1);
  const Endpoint endpoint = endpoint_of(fd);
  ::close(fd);
  return endpoint;
}

DeafServer::DeafServer() : listener_(listen_on_loopback(0)) {
  const auto address = loopback(endpoint().port);
  for (int i = 0; i < 3; ++i) {
    const int fd =
        ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // In progress or done: either way it takes a place in the queue.
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address),
                    sizeof address);
    fillers_.push_back(fd);
  }
}

DeafServer::~DeafServer() {
  for (const int fd : fillers_) ::close(fd);
  ::close(listener_);
}

Endpoint DeafServer::endpoint() const { return endpoint_of(listener_); }

std::shared_ptr<SSL_CTX> server_tls(const Identity& identity,
                                    const ServerTls& settings) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()),
                                   SSL_CTX_free);
  if (SSL_CTX_use_certificate(context.get(), identity.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) != 1)
    throw std::runtime_error("the server's certificate does not load");
  SSL_CTX_set_min_proto_version(context.get(), settings.min_version);
  SSL_CTX_set_max_proto_version(context.get(), settings.max_version);
  if (settings.ciphers != nullptr &&
      SSL_CTX_set_cipher_list(context.get(), settings.ciphers) != 1)
    throw std::runtime_error("the server's ciphers are none");
  if (!settings.extended_master)
    SSL_CTX_set_options(context.get(), SSL_OP_NO_EXTENDED_MASTER_SECRET);
  if (settings.ask_client) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()),
                        test_ca().certificate.get());
    SSL_CTX_set_verify(context.get(),
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       nullptr);
  }
  return context;
}

}  // namespace mailtool::net::test
