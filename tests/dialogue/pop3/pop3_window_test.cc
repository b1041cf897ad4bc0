// How far RETR and DELE run ahead, and what a failing receiver costs.

#include <gtest/gtest.h>

#include <algorithm>

#include "mailtool/client/pop3_client.h"
#include "support/dialogue_stream.h"

namespace mailtool::client {
namespace {

// Answers every command at once, and counts what was not yet read.
class EagerServer : public Stream {
 public:
  explicit EagerServer(std::size_t body_octets) : body_(body_octets, 'x') {}

  Result<std::size_t> read_some(std::span<char> into) override {
    const auto rest = std::string_view(answers_).substr(read_);
    const auto count = std::min(into.size(), rest.size());
    std::copy_n(rest.begin(), count, into.begin());
    read_ += count;
    if (read_ == answers_.size()) {
      answers_.clear();
      read_ = 0;
    }
    return count;
  }
  Result<void> write_all(std::string_view octets) override {
    ++flights;
    commands_ += octets;
    for (std::size_t end; (end = commands_.find("\r\n")) != commands_.npos;) {
      answer(commands_.substr(0, end));
      commands_.erase(0, end + 2);
    }
    outstanding = std::max(outstanding, answers_.size() - read_);
    return {};
  }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}

  void set_body(std::size_t octets) { body_.assign(octets, 'x'); }
  [[nodiscard]] std::size_t unread() const { return answers_.size() - read_; }

  std::size_t outstanding = 0;
  std::size_t flights = 0;
  std::vector<std::string> seen;

 private:
  void answer(const std::string& command) {
    seen.push_back(command);
    answers_ += command == "CAPA" ? "+OK\r\nPIPELINING\r\n.\r\n" : "+OK\r\n";
    const bool message =
        command.starts_with("RETR") || command.starts_with("TOP");
    if (message) answers_ += body_ + "\r\n.\r\n";
  }
  std::string body_;
  std::string commands_;
  std::size_t read_ = 0;
  std::string answers_ = "+OK\r\n";
};

class CountingReceiver : public MessageReceiver {
 public:
  CountingReceiver(std::uint32_t count, std::uint64_t octets)
      : count_(count), octets_(octets) {}
  std::optional<MessageRequest> next() override {
    if (asked_ == count_) return std::nullopt;
    return MessageRequest{++asked_, octets_, headers_only};
  }
  Result<void> begin(std::uint32_t) override { return {}; }
  Result<void> write(std::string_view octets) override {
    received += octets.size();
    if (received > fail_after) return Error{ErrorKind::local_io, "disk full"};
    return {};
  }
  Result<void> end(std::uint32_t) override {
    ++arrived;
    return {};
  }
  Result<void> refused(std::uint32_t, const Error&) override { return {}; }

  std::uint64_t received = 0;
  std::uint64_t fail_after = UINT64_MAX;
  std::uint32_t arrived = 0;
  bool headers_only = false;

 private:
  std::uint32_t count_;
  std::uint64_t octets_;
  std::uint32_t asked_ = 0;
};

TEST(Pop3Window, ManySmallMessagesTakeFewFlights) {
  EagerServer server(100);
  Pop3Client client(server, std::chrono::seconds(1));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(1000, 102);
  ASSERT_TRUE(client.retrieve(receiver));
  EXPECT_EQ(receiver.arrived, 1000u);
  EXPECT_EQ(receiver.received, 1000u * 102);
  EXPECT_EQ(server.flights, 2u);  // CAPA, and all of RETR
  std::vector<std::uint32_t> numbers(900);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = i + 1;
  ASSERT_TRUE(client.delete_and_quit(numbers));
  EXPECT_EQ(server.seen.back(), "QUIT");
}

TEST(Pop3Window, IsBoundedByWhatIsOutstanding) {
  EagerServer server(10'000);
  Pop3Client client(server, std::chrono::seconds(1), {50'000, 1024});
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(200, 10'000);
  ASSERT_TRUE(client.retrieve(receiver));
  EXPECT_EQ(receiver.arrived, 200u);
  EXPECT_LE(server.outstanding, 7u * 10'100);
}

TEST(Pop3Window, SizesThatLieOpenNoMoreThanTheWindow) {
  EagerServer server(10);
  Pop3Client client(server, std::chrono::seconds(1), {50'000, 8});
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(100, UINT64_MAX);
  ASSERT_TRUE(client.retrieve(receiver));
  EXPECT_EQ(receiver.arrived, 100u);
}

TEST(Pop3Window, AFullDiskLeavesTheSessionUsable) {
  EagerServer server(1000);
  Pop3Client client(server, std::chrono::seconds(1), {10'000, 1024});
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(1000, 1000);
  receiver.fail_after = 5000;
  const auto brought = client.retrieve(receiver);
  ASSERT_FALSE(brought);
  EXPECT_EQ(brought.error().kind, ErrorKind::local_io);
  EXPECT_EQ(receiver.arrived, 4u);
  EXPECT_TRUE(client.usable());
  EXPECT_LT(server.seen.size(), 50u);  // and no more was asked for
  EXPECT_TRUE(client.quit());
}

TEST(Pop3Window, AMessageThatNobodyWantsIsNotReadForEver) {
  EagerServer server(64 * 1024 * 1024);
  Pop3Client client(server, std::chrono::seconds(1));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(1, 10);
  receiver.fail_after = 100;
  const auto brought = client.retrieve(receiver);
  ASSERT_FALSE(brought);
  EXPECT_EQ(brought.error().kind, ErrorKind::local_io);
  EXPECT_FALSE(client.usable());
}

// Both directions hold so many octets; whoever writes more waits for the other
// to read. A server of one thread: it reads no command while it writes.
class NarrowServer : public EagerServer {
 public:
  NarrowServer(std::size_t body_octets, std::size_t up, std::size_t down)
      : EagerServer(body_octets), up_(up), down_(down) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    serve();
    return EagerServer::read_some(into);
  }
  [[nodiscard]] bool readable() override {
    serve();
    return unread() > 0;
  }
  Result<void> write_all(std::string_view octets) override {
    while (!octets.empty()) {
      serve();
      const auto room = up_ - std::min(up_, waiting_.size());
      if (room == 0) return Error{ErrorKind::timed_out, "deadlock"};
      const auto part = octets.substr(0, room);
      waiting_ += part;
      octets.remove_prefix(part.size());
    }
    return {};
  }

 private:
  void serve() {
    while (unread() < down_) {
      const auto end = waiting_.find("\r\n");
      if (end == waiting_.npos) return;
      (void)EagerServer::write_all(waiting_.substr(0, end + 2));
      waiting_.erase(0, end + 2);
    }
  }
  std::size_t up_;
  std::size_t down_;
  std::string waiting_;
};

// 64 KiB is what the receive buffer of a server takes at the least; the server
// stands still after one message.
TEST(Pop3Window, CommandsNeverWaitForAServerThatWaitsForUs) {
  NarrowServer server(1000, 64 * 1024, 1);
  Pop3Client client(server, std::chrono::seconds(1));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(20'000, 10);
  const auto brought = client.retrieve(receiver);
  ASSERT_TRUE(brought) << brought.error().one_line();
  EXPECT_EQ(receiver.arrived, 20'000u);
}

// A server with hardly any room in either direction.
TEST(Pop3Window, DeletionsNeverWaitForAServerThatWaitsForUs) {
  NarrowServer server(10, 4096, 4096);
  Pop3Client client(server, std::chrono::seconds(1));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  std::vector<std::uint32_t> numbers(20'000);
  for (std::uint32_t i = 0; i < numbers.size(); ++i) numbers[i] = i + 1;
  const auto report = client.delete_and_quit(numbers);
  ASSERT_TRUE(report) << report.error().one_line();
  EXPECT_EQ(server.seen.size(), 20'002u);  // CAPA and QUIT, too
}

// A message without end does not fill the disk.
TEST(Pop3Window, AMessageFarBeyondItsSizeIsGivenUp) {
  EagerServer server(40 * 1024 * 1024);
  Pop3Client client(server, std::chrono::seconds(1));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(2, 1000);
  const auto brought = client.retrieve(receiver);
  ASSERT_FALSE(brought);
  EXPECT_EQ(brought.error().kind, ErrorKind::protocol);
  EXPECT_EQ(receiver.arrived, 0u);
  EXPECT_LT(receiver.received, 37u * 1024 * 1024);
  EXPECT_FALSE(client.usable());
}

// Sizes in kilobytes, say: once a message has shown it, they bound nothing.
TEST(Pop3Window, SizesThatAreNoneBoundNothing) {
  EagerServer server(3000);
  Pop3Client client(server, std::chrono::seconds(1));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver small(1, 3);
  ASSERT_TRUE(client.retrieve(small));
  server.set_body(40 * 1024 * 1024);
  CountingReceiver large(1, 2048);
  EXPECT_TRUE(client.retrieve(large));
  EXPECT_EQ(large.arrived, 1u);
}

// Headers are shorter than their message; that is no sign of a cut.
TEST(Pop3Window, HeadersAloneNeedNoConfirmation) {
  EagerServer server(100);
  Pop3Client client(server, std::chrono::seconds(1));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  CountingReceiver receiver(3, 1'000'000);
  receiver.headers_only = true;
  ASSERT_TRUE(client.retrieve(receiver));
  EXPECT_EQ(receiver.arrived, 3u);
  EXPECT_EQ(server.seen.back(), "TOP 3 0");
}

}  // namespace
}  // namespace mailtool::client
