// Whether a peer has spoken, told without waiting, over TLS and without.

#include <gtest/gtest.h>

#include <array>
#include <chrono>
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

// Waits for a question, answers "yes", and closes after the second.
void answer(Peer& peer) {
  if (peer.receive(1) == "?") peer.send("yes");
  peer.receive(1);
}

Result<Dialed> dial(const TestServer& server, Resolver& resolver,
                    std::optional<std::string> ca_file) {
  DialTarget target;
  target.host = "mail.test";
  target.port = 993;
  target.endpoints = {server.endpoint()};
  target.implicit_tls = ca_file.has_value();
  if (ca_file) {
    TlsPolicy policy;
    policy.ca_file = *ca_file;
    target.tls = std::move(policy);
  }
  return Dialer(resolver, DialOptions{}).dial(target);
}

bool becomes_readable(Stream& stream) {
  for (int i = 0; i < 500; ++i) {
    if (stream.readable()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

void converse(Stream& stream) {
  // Time enough for TLS 1.3 session tickets, which are nobody's words.
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(stream.readable());
  ASSERT_TRUE(stream.write_all("?"));
  EXPECT_TRUE(becomes_readable(stream));
  EXPECT_TRUE(stream.readable());  // asking takes nothing away
  std::array<char, 10> buffer{};
  std::string said;
  while (said.size() < 3) {
    const auto count = stream.read_some(buffer);
    ASSERT_TRUE(count);
    said.append(buffer.data(), *count);
  }
  EXPECT_EQ(said, "yes");
  EXPECT_FALSE(stream.readable());
  // A wait that is over is no failure.
  const auto nothing = stream.await_readable(1ms);
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
  ASSERT_TRUE(stream.write_all("!"));
  const auto end = stream.await_readable(60s);
  ASSERT_TRUE(end);
  EXPECT_TRUE(*end);
  EXPECT_TRUE(becomes_readable(stream));  // the end is there to be read
}

TEST(Readable, InClearText) {
  TestServer server(answer);
  Resolver resolver{ResolverOptions{}};
  auto dialed = dial(server, resolver, std::nullopt);
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  converse(*dialed->stream);
}

TEST(Readable, OverTls) {
  const mailtool::test::TempDir dir;
  const auto ca_file = dir.path() / "ca.pem";
  std::ofstream(ca_file) << test::test_ca().certificate_pem();
  TestServer server([context = test::server_tls(test::make_identity(
                         {}, &test::test_ca()))](Peer& peer) {
    if (!peer.start_tls(context.get())) return;
    answer(peer);
    peer.close_tls();
    peer.receive_all();
  });
  Resolver resolver{ResolverOptions{}};
  auto dialed = dial(server, resolver, ca_file.string());
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  converse(*dialed->stream);
}

}  // namespace
}  // namespace mailtool::net
