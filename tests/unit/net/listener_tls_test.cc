// The server's side of TLS, with a client of OpenSSL's in the same thread: who
// waits for the other would wait for ever.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <string>

#include "mailtool/net/listener.h"
#include "mailtool/net/tls_certificate.h"
#include "net/socket.h"
#include "net/tls_state.h"

namespace mailtool::net {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Validity kTimes{0, 4'000'000'000};
// Whoever is not done by then hangs.
constexpr std::chrono::seconds kLongest{60};

std::shared_ptr<const TlsIdentity> identity() {
  const auto key = make_key();
  EXPECT_TRUE(key);
  const auto authority = make_authority(*key, "a test", kTimes);
  EXPECT_TRUE(authority);
  auto made = TlsIdentity::make(*authority, *key);
  EXPECT_TRUE(made);
  return made ? *made : nullptr;
}

class ListenerTls : public testing::Test {
 protected:
  void SetUp() override {
    const auto address = *IpAddress::parse("127.0.0.1");
    auto listener = Listener::open({address, 0});
    ASSERT_TRUE(listener);
    client_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const SocketAddress to({address, listener->port()});
    ASSERT_EQ(::connect(client_, to.get(), to.octets), 0);
    server_.emplace(*listener->accept());
    ASSERT_TRUE(server_->begin_tls(identity()));
    context_.reset(SSL_CTX_new(TLS_client_method()));
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), client_);
  }
  ~ListenerTls() override { close_client(); }

  void close_client() {
    if (client_ >= 0) ::close(client_);
    client_ = -1;
  }
  void do_not_wait() { ASSERT_EQ(::fcntl(client_, F_SETFL, O_NONBLOCK), 0); }
  // Until one of the two has come to an end.
  static void in_turn(const std::function<bool()>& one,
                      const std::function<bool()>& other) {
    bool first = false;
    bool second = false;
    const auto until = Clock::now() + kLongest;
    while (!(first && second) && Clock::now() < until) {
      first = first || one();
      second = second || other();
    }
    ASSERT_TRUE(first && second);
  }
  void shake() {
    do_not_wait();
    in_turn([&] { return SSL_connect(ssl_.get()) == 1; },
            [&] {
              const auto done = server_->handshake();
              EXPECT_TRUE(done) << done.error().one_line();
              if (done && *done) info_ = **done;
              return !done || done->has_value();
            });
  }
  // What the server says of a client that sends this instead of TLS.
  Result<std::optional<TlsInfo>> after(std::string_view octets) {
    EXPECT_EQ(::send(client_, octets.data(), octets.size(), 0),
              static_cast<ssize_t>(octets.size()));
    ::shutdown(client_, SHUT_WR);
    Result<std::optional<TlsInfo>> said = server_->handshake();
    for (int i = 0; i < 100 && said && !*said; ++i) {
      pollfd arrives{server_->descriptor(), POLLIN, 0};
      EXPECT_GT(::poll(&arrives, 1, 10'000), 0);
      said = server_->handshake();
    }
    return said;
  }

  int client_ = -1;
  std::optional<Connection> server_;
  Owned<SSL_CTX, SSL_CTX_free> context_;
  Owned<SSL, SSL_free> ssl_;
  TlsInfo info_;
};

TEST_F(ListenerTls, CarriesOctetsBothWays) {
  shake();
  EXPECT_EQ(info_.version, "TLSv1.3");
  std::array<char, 16 * 1024> buffer{};
  auto nothing = server_->read_some(buffer);
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
  // More than the socket takes at once, in both directions.
  const std::string sent(3'000'000, 'x');
  std::string left = sent;
  std::size_t got = 0;
  in_turn(
      [&] {
        if (left.empty()) return true;
        const auto count = server_->write_some(left);
        EXPECT_TRUE(count);
        left.erase(0, count ? *count : left.size());
        return left.empty();
      },
      [&] {
        std::size_t count = 0;
        if (SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count) == 1)
          got += count;
        return got == sent.size();
      });
  left = sent;
  got = 0;
  in_turn(
      [&] {
        std::size_t count = 0;
        if (SSL_write_ex(ssl_.get(), left.data(),
                         std::min<std::size_t>(left.size(), 16 * 1024),
                         &count) == 1)
          left.erase(0, count);
        return left.empty();
      },
      [&] {
        const auto count = server_->read_some(buffer);
        EXPECT_TRUE(count);
        if (count && *count) got += **count;
        return !count || got == sent.size();
      });
}

TEST_F(ListenerTls, TellsTheEndFromACut) {
  shake();
  SSL_shutdown(ssl_.get());
  std::array<char, 16 * 1024> buffer{};
  const auto end = server_->read_some(buffer);
  ASSERT_TRUE(end && *end);
  EXPECT_EQ(**end, 0U);
  // And says goodbye itself.
  server_.reset();
  char octet = 0;
  EXPECT_EQ(SSL_read(ssl_.get(), &octet, 1), 0);
  EXPECT_EQ(SSL_get_error(ssl_.get(), 0), SSL_ERROR_ZERO_RETURN);
}

TEST_F(ListenerTls, ACutIsAnError) {
  shake();
  close_client();
  std::array<char, 16 * 1024> buffer{};
  const auto end = server_->read_some(buffer);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::disconnected);
}

TEST_F(ListenerTls, TakesNoClearText) {
  const auto said = after("EHLO client.example\r\n");
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().kind, ErrorKind::protocol);
}

TEST_F(ListenerTls, TakesNoHalfHandshake) {
  const auto said = after({"\x16\x03\x01\x02\x00\x01", 6});
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().kind, ErrorKind::disconnected);
}

TEST_F(ListenerTls, TakesNoOldVersion) {
  do_not_wait();
  SSL_set_min_proto_version(ssl_.get(), TLS1_1_VERSION);
  SSL_set_max_proto_version(ssl_.get(), TLS1_1_VERSION);
  SSL_set_security_level(ssl_.get(), 0);
  SSL_connect(ssl_.get());
  Result<std::optional<TlsInfo>> said = std::optional<TlsInfo>();
  const auto until = Clock::now() + kLongest;
  while (said && !*said && Clock::now() < until) {
    said = server_->handshake();
    SSL_connect(ssl_.get());
  }
  EXPECT_FALSE(said);
}

TEST(TlsIdentity, WantsACertificateAndItsKey) {
  const auto key = make_key();
  const auto other = make_key();
  ASSERT_TRUE(key && other);
  const auto chain = make_authority(*key, "a test", kTimes);
  ASSERT_TRUE(chain);
  EXPECT_TRUE(TlsIdentity::make(*chain + *chain, *key));
  for (const auto& made :
       {TlsIdentity::make("", *key), TlsIdentity::make("x", *key),
        TlsIdentity::make(*chain, *other),
        TlsIdentity::make(*chain, Secret("x"))}) {
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::config);
  }
}

}  // namespace
}  // namespace mailtool::net
