// Records that arrive together: all are read, in order, and what is wrong with
// one is told after the octets of those before it.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "mailtool/net/dialer.h"
#include "support/temp_dir.h"
#include "test_certificate.h"
#include "test_server.h"

namespace mailtool::net {
namespace {

using namespace std::chrono_literals;
using test::Peer;
using test::TestServer;

constexpr std::size_t kRecords = 500;

std::string record(std::size_t number) {
  return "line " + std::to_string(number) + "\r\n";
}

std::string all_records() {
  std::string all;
  for (std::size_t i = 0; i < kRecords; ++i) all += record(i);
  return all;
}

class TlsRecords : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(dir_.path() / "ca.pem") << identity_.certificate_pem();
  }

  // Connects to a server that sends all records, then does `last`.
  std::unique_ptr<Stream> dial(std::function<void(Peer&)> last) {
    server_ = std::make_unique<TestServer>(
        [this, last = std::move(last)](Peer& peer) {
          if (!peer.start_tls(context_.get())) return;
          for (std::size_t i = 0; i < kRecords; ++i) peer.send(record(i));
          last(peer);
          sent_ = true;
          peer.receive_all();
        });
    DialTarget target;
    target.host = "mail.test";
    target.port = 995;
    target.endpoints = {server_->endpoint()};
    target.implicit_tls = true;
    target.tls.emplace().ca_file = (dir_.path() / "ca.pem").string();
    auto dialed = Dialer(resolver_, DialOptions{}).dial(target);
    EXPECT_TRUE(dialed) << dialed.error().one_line();
    for (int i = 0; i < 5000 && !sent_; ++i) std::this_thread::sleep_for(1ms);
    return std::move(dialed->stream);
  }

  // All there is by reads of `chunk` octets, and how it ended.
  static std::string read_all(Stream& stream, std::size_t chunk) {
    std::string all;
    std::string buffer(chunk, '\0');
    for (;;) {
      const auto count = stream.read_some(buffer);
      if (!count) return all + "<" + count.error().what + ">";
      if (*count == 0) return all + "<end>";
      EXPECT_LE(*count, chunk);
      all.append(buffer, 0, *count);
    }
  }

  mailtool::test::TempDir dir_;
  test::Identity identity_ = test::make_identity({});
  std::shared_ptr<SSL_CTX> context_ = test::server_tls(identity_);
  std::atomic<bool> sent_ = false;
  std::unique_ptr<TestServer> server_;
  Resolver resolver_{ResolverOptions{}};
};

TEST_F(TlsRecords, AreReadWholeByBuffersOfAnySize) {
  for (const std::size_t chunk : {1u, 7u, 100u, 5000u, 100'000u}) {
    sent_ = false;
    const auto stream = dial([](Peer& peer) { peer.close_tls(); });
    EXPECT_EQ(read_all(*stream, chunk), all_records() + "<end>") << chunk;
  }
}

TEST_F(TlsRecords, AreReadBeforeWhatIsWrongBehindThem) {
  for (const std::size_t chunk : {7u, 100'000u}) {
    sent_ = false;
    const auto stream = dial([](Peer& peer) {
      const std::string forged =
          std::string("\x17\x03\x03\0\x20", 5) + std::string(32, 'x');
      ::send(peer.fd(), forged.data(), forged.size(), MSG_NOSIGNAL);
    });
    const auto read = read_all(*stream, chunk);
    EXPECT_TRUE(read.starts_with(all_records() + "<TLS failed: ")) << read;
    char octet = 0;
    EXPECT_EQ(stream->read_some({&octet, 1}).error().kind, ErrorKind::protocol);
  }
}

TEST_F(TlsRecords, AreReadBeforeTheCutBehindThem) {
  for (const std::size_t chunk : {7u, 100'000u}) {
    sent_ = false;
    const auto stream =
        dial([](Peer& peer) { ::shutdown(peer.fd(), SHUT_WR); });
    EXPECT_EQ(
        read_all(*stream, chunk),
        all_records() + "<the connection was cut without a TLS close_notify>");
  }
}

}  // namespace
}  // namespace mailtool::net
