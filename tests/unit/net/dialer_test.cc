// Connecting, and the stream in clear text.

#include "mailtool/net/dialer.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <future>

#include "fake_dns_server.h"
#include "net/connect_race.h"
#include "support/temp_dir.h"
#include "test_server.h"

namespace mailtool::net {
namespace {

using namespace std::chrono_literals;
using test::closed_port;
using test::DeafServer;
using test::DnsQuery;
using test::FakeDnsServer;
using test::Peer;
using test::TestServer;

const Resolver& no_dns() {
  static const Resolver resolver{ResolverOptions{}};
  return resolver;
}

Result<Dialed> dial(const DialTarget& target, DialOptions options = {}) {
  return Dialer(no_dns(), std::move(options)).dial(target);
}

DialTarget target_of(std::vector<Endpoint> endpoints) {
  DialTarget target;
  target.host = "mail.test";
  target.port = 25;
  target.endpoints = std::move(endpoints);
  return target;
}

std::string read_all(Stream& stream) {
  std::string all;
  std::array<char, 4096> buffer{};
  while (true) {
    const auto count = stream.read_some(buffer);
    if (!count) return all + "<" + count.error().what + ">";
    if (*count == 0) return all + "<end>";
    all.append(buffer.data(), *count);
  }
}

TEST(Dialer, ReadsAndWrites) {
  std::string received;
  {
    TestServer server([&received](Peer& peer) {
      peer.send("220 hello\r\n");
      received = peer.receive(6);
      peer.send("221 bye\r\n");
    });
    auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
    ASSERT_TRUE(dialed) << dialed.error().what;
    EXPECT_EQ(dialed->peer, server.endpoint());
    EXPECT_TRUE(dialed->loopback);
    EXPECT_FALSE(dialed->stream->tls());
    ASSERT_TRUE(dialed->stream->write_all("QUIT\r\n"));
    EXPECT_EQ(read_all(*dialed->stream), "220 hello\r\n221 bye\r\n<end>");
  }
  EXPECT_EQ(received, "QUIT\r\n");
}

TEST(Dialer, RefusedPortNamesAddressAndReason) {
  const Endpoint closed = closed_port();
  const auto dialed = dial({.host = "localhost", .port = closed.port});
  ASSERT_FALSE(dialed);
  EXPECT_EQ(dialed.error().kind, ErrorKind::unreachable);
  EXPECT_NE(
      dialed.error().what.find(closed.to_string() + ": connection refused"),
      std::string::npos)
      << dialed.error().what;
}

TEST(Dialer, NextAddressAfterARefusal) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  const auto dialed =
      dial(target_of({closed_port(), closed_port(), server.endpoint()}));
  ASSERT_TRUE(dialed) << dialed.error().what;
  EXPECT_EQ(dialed->peer, server.endpoint());
}

TEST(Dialer, DeadFirstAddressDoesNotHoldUpTheNext) {
  const DeafServer deaf;
  TestServer server([](Peer& peer) { peer.receive_all(); });
  const auto dialed = dial(target_of({deaf.endpoint(), server.endpoint()}));
  ASSERT_TRUE(dialed) << dialed.error().what;
  EXPECT_EQ(dialed->peer, server.endpoint());
}

TEST(Dialer, ConnectingEnds) {
  const DeafServer deaf;
  DialOptions options;
  options.timeout = 60ms;
  const auto dialed = dial(target_of({deaf.endpoint()}), options);
  ASSERT_FALSE(dialed);
  EXPECT_EQ(dialed.error().kind, ErrorKind::timed_out);
  EXPECT_EQ(
      dialed.error().what,
      "no connection to " + deaf.endpoint().to_string() + " within 60 ms");
}

TEST(Dialer, ManyFailuresAreSummedUp) {
  const auto dialed =
      dial(target_of({closed_port(), closed_port(), closed_port(),
                      closed_port(), closed_port(), closed_port()}));
  ASSERT_FALSE(dialed);
  EXPECT_NE(dialed.error().what.find("; and 2 more addresses"),
            std::string::npos)
      << dialed.error().what;
}

TEST(Dialer, FamiliesTakeTurns) {
  const auto at = [](const char* text) {
    return Endpoint{IpAddress::parse(text).value(), 25};
  };
  std::string order;
  for (const auto& one :
       interleave({at("::1"), at("::2"), at("::3"), at("1.1.1.1")}))
    order += one.address.to_string() + " ";
  EXPECT_EQ(order, "::1 1.1.1.1 ::2 ::3 ");
}

TEST(Dialer, OverrideLeavesDnsAside) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  DialOptions options;
  options.overrides = {
      *parse_resolve_override("mail.test:25:" + server.endpoint().to_string())};
  const auto dialed = dial({.host = "mail.test", .port = 25}, options);
  ASSERT_TRUE(dialed) << dialed.error().what;
  EXPECT_EQ(dialed->peer, server.endpoint());
}

TEST(Dialer, SourceAddress) {
  TestServer server([](Peer& peer) { peer.send("x"); });
  DialOptions options;
  options.source = IpAddress::parse("127.0.0.2");
  {
    auto dialed = dial({.host = "127.0.0.1", .port = server.port()}, options);
    ASSERT_TRUE(dialed) << dialed.error().what;
    EXPECT_EQ(read_all(*dialed->stream), "x<end>");
  }
  EXPECT_EQ(server.last_client(), "127.0.0.2");

  options.source = IpAddress::parse("192.0.2.1");  // not of this machine
  const auto foreign =
      dial({.host = "127.0.0.1", .port = server.port()}, options);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::unreachable);
  EXPECT_NE(foreign.error().what.find("cannot start from 192.0.2.1"),
            std::string::npos);

  options.family = Family::ipv6;
  EXPECT_EQ(dial({.host = "::1", .port = server.port()}, options).error().kind,
            ErrorKind::usage);
}

TEST(Dialer, FamilyRulesOutEndpoints) {
  DialOptions options;
  options.family = Family::ipv6;
  EXPECT_EQ(dial(target_of({closed_port()}), options).error().kind,
            ErrorKind::no_host);
}

TEST(Dialer, NamesComeFromDns) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  FakeDnsServer dns([](const DnsQuery& query) -> std::vector<std::string> {
    if (query.type == RecordType::aaaa)
      return {query.response().rcode(2).wire()};
    return {query.response()
                .answer(query.name, query.type, test::address_data("127.0.0.1"))
                .wire()};
  });
  ResolverOptions settings;
  settings.dns_server = dns.endpoint();
  const Resolver resolver(settings);
  const auto dialed =
      Dialer(resolver, {}).dial({.host = "mail.test", .port = server.port()});
  ASSERT_TRUE(dialed) << dialed.error().what;
}

// The first family's address refuses; the answer for the other comes late.
TEST(Dialer, LateFamilyIsTriedAfterAll) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  std::atomic<int> questions = 0;
  FakeDnsServer dns([&questions](
                        const DnsQuery& query) -> std::vector<std::string> {
    if (query.type == RecordType::aaaa)
      return {query.response()
                  .answer(query.name, query.type, test::address_data("::1"))
                  .wire()};
    if (++questions == 1) return {};
    return {query.response()
                .answer(query.name, query.type, test::address_data("127.0.0.1"))
                .wire()};
  });
  ResolverOptions settings;
  settings.dns_server = dns.endpoint();
  const Resolver resolver(settings);
  const auto dialed =
      Dialer(resolver, {}).dial({.host = "mail.test", .port = server.port()});
  ASSERT_TRUE(dialed) << dialed.error().what;
  EXPECT_EQ(dialed->peer, server.endpoint());
}

TEST(Dialer, UnixSocket) {
  const mailtool::test::TempDir dir;
  const std::string path = (dir.path() / "lmtp").string();
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address),
                   sizeof address),
            0);
  ASSERT_EQ(::listen(listener, 4), 0);
  std::thread server([listener] {
    Peer peer(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    peer.send("220 lmtp\r\n");
  });
  DialTarget target;
  target.socket = path;
  auto dialed = dial(target);
  ASSERT_TRUE(dialed) << dialed.error().what;
  EXPECT_EQ(read_all(*dialed->stream), "220 lmtp\r\n<end>");
  EXPECT_EQ(dialed->peer_text, path);
  EXPECT_TRUE(dialed->loopback);
  server.join();
  ::close(listener);

  target.socket = path + ".absent";
  EXPECT_EQ(dial(target).error().what,
            "cannot connect to " + path + ".absent: no such file or directory");
  target.socket = std::string(200, 'x');
  EXPECT_EQ(dial(target).error().kind, ErrorKind::usage);
}

// One stream, and what ends a call on it.
struct Ending {
  const char* why;
  std::function<void(Peer&)> server;
  ErrorKind kind;
  const char* says;
};

TEST(Stream, ReadingEnds) {
  // clang-format off
  const Ending endings[] = {
    {"silence", [](Peer& p) { p.receive_all(); }, ErrorKind::timed_out, "no answer within 80 ms"},
    {"reset",   [](Peer& p) { p.receive(1); p.reset(); }, ErrorKind::disconnected, "the server reset the connection"},
  };
  // clang-format on
  for (const auto& item : endings) {
    TestServer server(item.server);
    auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
    ASSERT_TRUE(dialed) << item.why;
    ASSERT_TRUE(dialed->stream->write_all("ab"));
    dialed->stream->set_deadline(item.kind == ErrorKind::timed_out ? 80ms
                                                                   : 5000ms);
    std::array<char, 10> buffer{};
    const auto count = dialed->stream->read_some(buffer);
    ASSERT_FALSE(count) << item.why;
    EXPECT_EQ(count.error().kind, item.kind) << item.why;
    EXPECT_EQ(count.error().what, item.says) << item.why;
  }
}

// Octets that keep coming buy no time: the budget is for all calls together.
TEST(Stream, FloodAndDripEndAtTheDeadline) {
  for (const bool drip : {false, true}) {
    TestServer server([drip](Peer& peer) {
      const std::string piece(drip ? 1 : 65536, 'x');
      std::array<char, 1> gone{};
      while (::recv(peer.fd(), gone.data(), 1, MSG_DONTWAIT) != 0) {
        peer.send(piece);
        if (drip) std::this_thread::sleep_for(10ms);
      }
    });
    auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
    ASSERT_TRUE(dialed);
    dialed->stream->set_deadline(80ms);
    EXPECT_TRUE(
        read_all(*dialed->stream).ends_with("<no answer within 80 ms>"));
  }
}

TEST(Stream, WritingToAPeerThatDoesNotReadEnds) {
  std::promise<void> done;
  TestServer server(
      [ended = done.get_future().share()](Peer&) { ended.wait(); });
  auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
  ASSERT_TRUE(dialed);
  dialed->stream->set_deadline(80ms);
  const auto sent = dialed->stream->write_all(std::string(64 << 20, 'x'));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::timed_out);
  EXPECT_EQ(sent.error().what, "the server took no octets within 80 ms");
  dialed->stream.reset();
  done.set_value();
}

// What the peer takes gives a write its budget anew, though the whole of it takes
// longer than one.
TEST(Stream, WritingToAPeerThatReadsALittleAtATimeGoesOn) {
  std::size_t taken = 0;
  {
    TestServer server([&taken](Peer& peer) {
      constexpr std::size_t kSlow = 24 << 20;
      for (auto got = peer.receive(65536); !got.empty();
           got = peer.receive(65536)) {
        taken += got.size();
        if (taken < kSlow) std::this_thread::sleep_for(8ms);
      }
    });
    auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
    ASSERT_TRUE(dialed);
    dialed->stream->set_deadline(2s);
    const auto sent = dialed->stream->write_all(std::string(64 << 20, 'x'));
    EXPECT_TRUE(sent) << sent.error().one_line();
  }
  EXPECT_EQ(taken, std::size_t{64 << 20});
}

// The default action of SIGPIPE would end this program.
TEST(Stream, WritingToAPeerThatIsGoneRaisesNoSignal) {
  TestServer server([](Peer& peer) {
    peer.receive(1);  // not before the dialer has the connection
    peer.reset();
  });
  auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
  ASSERT_TRUE(dialed);
  Result<void> sent;
  for (int i = 0; i < 1000 && sent; ++i)
    sent = dialed->stream->write_all(std::string(65536, 'x'));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::disconnected);
  EXPECT_FALSE(dialed->stream->write_all("x"));
}

TEST(Stream, WholeAndLargeTransfersArrive) {
  std::string received;
  {
    TestServer server([&received](Peer& peer) {
      received = peer.receive(8 << 20);
      peer.send(received);
    });
    auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
    ASSERT_TRUE(dialed);
    ASSERT_TRUE(dialed->stream->write_all(std::string(8 << 20, 'y')));
    EXPECT_EQ(read_all(*dialed->stream), std::string(8 << 20, 'y') + "<end>");
  }
  EXPECT_EQ(received.size(), 8u << 20);
}

TEST(Stream, DeadlineOfTheRunWinsOverTheStep) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  DialOptions options;
  options.run.expire_in(400ms);
  auto dialed = dial({.host = "127.0.0.1", .port = server.port()}, options);
  ASSERT_TRUE(dialed) << dialed.error().what;
  dialed->stream->set_deadline(60s);
  EXPECT_EQ(read_all(*dialed->stream), "<the deadline of 400 ms passed>");
}

TEST(Stream, InterruptEndsEveryCall) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  DialOptions options;
  options.run.interrupt_fd = ::eventfd(0, EFD_CLOEXEC);
  auto dialed = dial({.host = "127.0.0.1", .port = server.port()}, options);
  ASSERT_TRUE(dialed);
  std::thread signal([fd = options.run.interrupt_fd] {
    std::this_thread::sleep_for(20ms);
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(fd, &one, sizeof one), 8);
  });
  std::array<char, 10> buffer{};
  const auto count = dialed->stream->read_some(buffer);
  signal.join();
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(dialed->stream->write_all("x").error().kind,
            ErrorKind::interrupted);
  const auto again =
      dial({.host = "127.0.0.1", .port = server.port()}, options);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::interrupted);
  ::close(options.run.interrupt_fd);
}

TEST(Stream, GoodByeAfterAnInterruptedWait) {
  std::promise<std::string> heard;
  TestServer server([&](Peer& peer) { heard.set_value(peer.receive_all()); });
  DialOptions options;
  options.run.interrupt_fd = ::eventfd(0, EFD_CLOEXEC);
  auto dialed = dial({.host = "127.0.0.1", .port = server.port()}, options);
  ASSERT_TRUE(dialed);
  const std::uint64_t one = 1;
  EXPECT_EQ(::write(options.run.interrupt_fd, &one, sizeof one), 8);
  const auto waited = dialed->stream->await_readable(60s);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().kind, ErrorKind::interrupted);
  EXPECT_TRUE(dialed->stream->write_all("bye"));
  dialed->stream.reset();
  EXPECT_EQ(heard.get_future().get(), "bye");
  ::close(options.run.interrupt_fd);
}

TEST(Stream, NoTlsWithoutAPolicy) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  auto dialed = dial({.host = "127.0.0.1", .port = server.port()});
  ASSERT_TRUE(dialed);
  const auto secured = dialed->stream->start_tls();
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().kind, ErrorKind::insecure);
}

// A proxy that answers `reply` to the request and then speaks as the server.
Result<Dialed> through(const std::string& method, const std::string& reply,
                       std::string& request, const DialTarget& target) {
  TestServer proxy([&](Peer& peer) {
    peer.receive(3);
    peer.send(method);
    if (method != std::string("\5\0", 2)) return;
    const std::string head = peer.receive(5);
    const auto rest = head[3] == 3   ? static_cast<unsigned char>(head[4]) + 2u
                      : head[3] == 4 ? 17u
                                     : 5u;
    request = head + peer.receive(rest);
    peer.send(reply);
    if (reply.size() > 9 && reply[1] == 0) peer.send("220 behind\r\n");
  });
  DialOptions options;
  options.proxy =
      *parse_socks_proxy("socks5://" + proxy.endpoint().to_string());
  auto dialed = dial(target, options);
  if (dialed) {
    EXPECT_EQ(read_all(*dialed->stream), "220 behind\r\n<end>");
    EXPECT_FALSE(dialed->loopback);
    EXPECT_EQ(dialed->peer_text, "proxy " + proxy.endpoint().to_string());
  }
  return dialed;
}

TEST(Socks, NameIsLeftToTheProxy) {
  const std::string ok("\5\0", 2);
  std::string request;
  ASSERT_TRUE(through(ok, std::string("\5\0\0\1\1\2\3\4\5\6", 10), request,
                      {.host = "Mail.test", .port = 587}));
  EXPECT_EQ(request, std::string("\5\1\0\3\x9mail.test\2\x4b", 16));
  ASSERT_TRUE(through(ok, std::string("\5\0\0\3\3abc\0\0", 10), request,
                      {.host = "192.0.2.1", .port = 25}));
  EXPECT_EQ(request, std::string("\5\1\0\1\xc0\0\2\1\0\x19", 10));
}

TEST(Socks, Failures) {
  const std::string ok("\5\0", 2);
  const DialTarget target{.host = "mail.test", .port = 25};
  std::string request;
  const auto refused =
      through(ok, std::string("\5\5\0\1\0\0\0\0\0\0", 10), request, target);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unreachable);
  EXPECT_EQ(refused.error().what,
            "the proxy cannot connect: connection refused");
  EXPECT_EQ(through("\5\xff", "", request, target).error().kind,
            ErrorKind::no_auth);
  EXPECT_EQ(through("HTTP/1.1 400\r\n", "", request, target).error().kind,
            ErrorKind::protocol);
  EXPECT_EQ(through("\5", "", request, target).error().kind,
            ErrorKind::disconnected);
  EXPECT_EQ(
      through(ok, std::string("\5\0\0\7", 4), request, target).error().kind,
      ErrorKind::protocol);
}

}  // namespace
}  // namespace mailtool::net
