// The loop over real sockets: too many clients, silent ones, deaf ones.

#include "app/serve_loop.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "app/serve_authority.h"
#include "app/served_tree.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

constexpr int kPatience = 60'000;  // ms: what should come at once

// Says "hello", then "0123456789ABCDEF\n" 64 times to each octet that it gets; a
// question mark it ponders for ever.
class Chatter : public serve::Session {
 public:
  Chatter(milliseconds patience, std::size_t& most)
      : patience_(patience), most_(most) {}
  void begin(std::string& out) override { out += "hello\n"; }
  std::size_t feed(std::string_view octets, std::string& out) override {
    for (std::size_t i = 0; i < octets.size() * 64; ++i) {
      out += "0123456789ABCDEF\n";
    }
    most_ = std::max(most_, out.size());
    if (octets.ends_with('?')) wait_ = serve::Wait::room;
    return octets.size();
  }
  void more(std::string&) override {}
  void settled(std::string&) override {}
  void secured(const TlsInfo&, std::string&) override {}
  void changed(std::string& out) override {
    out += std::string(100, '*');
    most_ = std::max(most_, out.size());
  }
  void dismiss(serve::Dismissal why, std::string& out) override {
    out += why == serve::Dismissal::silence ? "bye\n" : "closed\n";
    wait_ = serve::Wait::close;
  }
  milliseconds patience() const override { return patience_; }

 private:
  milliseconds patience_;
  std::size_t& most_;
};

// Answers later than it bears silence.
class Sluggard : public serve::Session {
 public:
  Sluggard(milliseconds delay, std::atomic<bool>& asked)
      : delay_(delay), asked_(asked) {}
  void begin(std::string&) override { wait_ = serve::Wait::delay; }
  std::size_t feed(std::string_view octets, std::string&) override {
    wait_ = serve::Wait::delay;
    asked_ = true;
    return octets.size();
  }
  void more(std::string&) override {}
  void settled(std::string&) override {}
  void secured(const TlsInfo&, std::string&) override {}
  // The first one is short.
  milliseconds delay() const override {
    return asked_ ? delay_ : milliseconds(200);
  }
  void elapsed(std::string& out) override {
    out += "at last\n";
    wait_ = serve::Wait::octets;
  }
  void dismiss(serve::Dismissal why, std::string& out) override {
    out += why == serve::Dismissal::silence ? "bye\n" : "closed\n";
    wait_ = serve::Wait::close;
  }
  milliseconds patience() const override { return delay_ / 2; }

 private:
  milliseconds delay_;
  std::atomic<bool>& asked_;
};

class Client {
 public:
  explicit Client(std::uint16_t port)
      : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(
        ::connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  ~Client() { ::close(descriptor_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // All up to the end of the connection, or so many octets.
  std::string read(std::size_t most = 1'000'000'000) {
    std::string all;
    std::array<char, 4096> piece;
    while (all.size() < most) {
      pollfd one{descriptor_, POLLIN, 0};
      if (::poll(&one, 1, kPatience) != 1) return all + "(nothing comes)";
      const auto count = ::recv(descriptor_, piece.data(),
                                std::min(piece.size(), most - all.size()), 0);
      if (count <= 0) break;
      all.append(piece.data(), static_cast<std::size_t>(count));
    }
    return all;
  }
  // Without waiting for room: how much was taken.
  std::size_t push(std::size_t octets, char each = 'x') {
    const std::string all(octets, each);
    const auto count = ::send(descriptor_, all.data(), all.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  // As much as the other takes, for so long.
  void fill(milliseconds patience) {
    pollfd one{descriptor_, POLLOUT, 0};
    while (::poll(&one, 1, static_cast<int>(patience.count())) == 1 &&
           push(65'536) > 0) {
    }
  }
  [[nodiscard]] bool cut() {
    pollfd one{descriptor_, POLLRDHUP, 0};
    return ::poll(&one, 1, kPatience) == 1;
  }

 private:
  int descriptor_;
};

class Loop : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(stop_), 0); }
  void TearDown() override {
    ::close(stop_[1]);
    if (thread_.joinable()) thread_.join();
    ::close(stop_[0]);
  }
  void start(const ServeLimits& limits, milliseconds patience,
             bool implicit_tls = false) {
    loop_.emplace(disk_, limits);
    auto listener =
        net::Listener::open({*net::IpAddress::parse("127.0.0.1"), 0});
    ASSERT_TRUE(listener);
    port_ = listener->port();
    loop_->listen(
        *std::move(listener),
        [this, patience](
            const std::string& peer) -> std::unique_ptr<serve::Session> {
          EXPECT_EQ(peer, "127.0.0.1");
          if (late_) {
            return std::make_unique<Sluggard>(delay_, asked_);
          }
          return std::make_unique<Chatter>(patience, most_);
        },
        "busy\n", implicit_tls);
    if (changes_ > 0) tell_of_changes();
    if (implicit_tls) {
      auto identity =
          server_identity(dir_.path(), {{"localhost"}, {}}, 1'795'176'000);
      ASSERT_TRUE(identity) << identity.error().one_line();
      loop_->identity([one = *std::move(identity)] { return one; });
    }
    thread_ = std::thread([this] {
      loop_->run(stop_[0]);
      loop_->dismiss_all();
    });
  }
  // One after the other, as other sessions' doings would be.
  void tell_of_changes() {
    auto folders = tree_.user("alice");
    ASSERT_TRUE(folders);
    box_ = *(*folders)->inbox();
    loop_->upkeep([this] {
      if (changes_ > 0 && --changes_ % 2 == 1) disk_.mark(*box_);
    });
  }
  void stop() {
    ::close(std::exchange(stop_[1], -1));
    thread_.join();
  }

  test::TempDir dir_;
  ServeDisk disk_{dir_.path()};
  std::optional<ServeLoop> loop_;
  std::thread thread_;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::size_t most_ = 0;  // held for a client; read once the loop has ended
  ServedTree tree_{disk_, (dir_.path() / "mail").string(),
                   [] { return 1'795'176'000; }};
  std::shared_ptr<ServedBox> box_;
  int changes_ = 0;
  bool late_ = false;  // a Sluggard serves
  milliseconds delay_{200};
  std::atomic<bool> asked_ = false;
};

TEST_F(Loop, TooManyClientsAreTold) {
  start({.connections = 2}, milliseconds(kPatience));
  Client one(port_);
  Client two(port_);
  EXPECT_EQ(one.read(6), "hello\n");
  EXPECT_EQ(two.read(6), "hello\n");
  EXPECT_EQ(Client(port_).read(), "busy\n");
  EXPECT_EQ(Client(port_).read(), "busy\n");
  EXPECT_EQ(one.push(1), 1u);
  EXPECT_EQ(one.read(17), "0123456789ABCDEF\n");
}

// Before TLS nothing can be said; it is an end, not silence.
TEST_F(Loop, TooManyClientsOfTls) {
  start({.connections = 0}, milliseconds(kPatience), true);
  EXPECT_EQ(Client(port_).read(), "");
}

// Who came while there was none got no answer, and had to wait for one.
TEST_F(Loop, WithoutDescriptors) {
  start({}, milliseconds(kPatience));
  Client first(port_);
  EXPECT_EQ(first.read(6), "hello\n");
  Client second(port_);  // has its own; the server has to find one
  EXPECT_EQ(second.read(6), "hello\n");
  const int third = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(third, 0);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(third + 1);
  // All below are in use, so that accept() finds none.
  std::vector<int> held;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  for (int fd = ::dup(third); fd >= 0; fd = ::dup(third)) held.push_back(fd);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port_);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(third, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  std::array<char, 16> said{};
  pollfd one{third, POLLIN, 0};
  EXPECT_EQ(::poll(&one, 1, kPatience), 1);
  EXPECT_EQ(::recv(third, said.data(), said.size(), 0), 5);
  EXPECT_STREQ(said.data(), "busy\n");
  for (const int fd : held) ::close(fd);
  ::close(third);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  // Those that were there are served, and so are those that come now.
  EXPECT_EQ(first.push(1), 1u);
  EXPECT_EQ(first.read(17), "0123456789ABCDEF\n");
  EXPECT_EQ(Client(port_).read(6), "hello\n");
}

TEST_F(Loop, HandshakeThatIsNone) {
  start({.handshake = milliseconds(30)}, milliseconds(kPatience), true);
  Client client(port_);
  EXPECT_EQ(client.read(), "");
}

TEST_F(Loop, SilentClient) {
  start({}, milliseconds(30));
  Client client(port_);
  EXPECT_EQ(client.read(), "hello\nbye\n");
}

// A delay is no silence of the client: whoever waits for an answer gets it.
TEST_F(Loop, DelaysBeyondItsPatience) {
  late_ = true;
  start({}, milliseconds(0));
  Client client(port_);
  EXPECT_EQ(client.read(), "at last\nbye\n");
}

// It sends, and takes nothing of the answers: no more is held for it than what
// makes the loop stop listening, and then it is cut.
TEST_F(Loop, DeafClient) {
  start({}, milliseconds(200));
  Client client(port_);
  std::size_t sent = 0;
  for (std::size_t more = 1; more > 0 && sent < 64'000'000; sent += more) {
    more = client.push(65'536);
  }
  EXPECT_TRUE(client.cut());
  stop();
  // What is held, and the answer to one portion.
  EXPECT_LE(most_, 256u * 1024 + 1024 * 64 * 17);
}

TEST_F(Loop, ChangesAreNotHeldForADeafClient) {
  changes_ = 20'000;
  start({}, milliseconds(kPatience));
  Client client(port_);
  EXPECT_EQ(client.read(6), "hello\n");
  EXPECT_EQ(client.read(1), "*");
  stop();
  EXPECT_EQ(changes_, 0);
  EXPECT_LE(most_, 256u * 1024 + 100);
}

// Its sessions just got an end, whatever the protocol has to say then.
TEST_F(Loop, AllAreToldOfTheEnd) {
  start({}, milliseconds(kPatience));
  Client one(port_);
  Client other(port_);
  EXPECT_EQ(one.read(6), "hello\n");
  EXPECT_EQ(other.read(6), "hello\n");
  stop();
  EXPECT_EQ(one.read(), "closed\n");
  EXPECT_EQ(other.read(), "closed\n");
}

// What is late on purpose is not waited for, and said all the same.
TEST_F(Loop, WhatIsOwedIsSaidBeforeTheEnd) {
  late_ = true;
  delay_ = milliseconds(100 * kPatience);
  start({}, milliseconds(0));
  Client client(port_);
  EXPECT_EQ(client.read(8), "at last\n");
  EXPECT_EQ(client.push(1), 1u);
  while (!asked_) std::this_thread::yield();
  stop();
  EXPECT_EQ(client.read(), "at last\nclosed\n");
}

// They have what they do not read for as long as they like.
TEST_F(Loop, NoDeafClientHoldsUpTheEnd) {
  start({}, milliseconds(100 * kPatience));
  Client client(port_);
  client.fill(milliseconds(300));
  stop();
  EXPECT_TRUE(client.cut());
}

TEST_F(Loop, NoLongAnswerHoldsUpTheEnd) {
  start({}, milliseconds(kPatience));
  Client client(port_);
  EXPECT_EQ(client.push(1, '?'), 1u);
  EXPECT_EQ(client.read(6 + 64 * 17).size(), 6u + 64 * 17);
  Client other(port_);
  EXPECT_EQ(other.read(6), "hello\n");
  stop();
  EXPECT_EQ(client.read(), "");
  EXPECT_EQ(other.read(), "closed\n");
}

TEST_F(Loop, NoHandshakeHoldsUpTheEnd) {
  start({}, milliseconds(kPatience), true);
  Client client(port_);
  EXPECT_EQ(client.push(1), 1u);
  stop();
  EXPECT_EQ(client.read(), "");
}

}  // namespace
}  // namespace mailtool::app
