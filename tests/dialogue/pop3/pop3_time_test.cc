// The time-out is the longest silence of the server, not the time for a whole
// message or listing. The clock is the server's own: nothing waits.

#include <gtest/gtest.h>

#include "dialogue/pop3/virtual_server.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::client {
namespace {

using test::maildrop_answers;
using test::VirtualServer;

constexpr std::chrono::seconds kTimeout{60};
constexpr std::int64_t kSecond = 1'000'000;

class Taker : public MessageReceiver {
 public:
  explicit Taker(std::uint64_t octets) : octets_(octets) {}
  std::optional<MessageRequest> next() override {
    if (asked_) return std::nullopt;
    asked_ = true;
    return MessageRequest{1, octets_, false};
  }
  Result<void> begin(std::uint32_t) override { return {}; }
  Result<void> write(std::string_view octets) override {
    received += octets.size();
    if (slow != nullptr) slow->pass(5 * 60 * kSecond);
    return {};
  }
  Result<void> end(std::uint32_t) override {
    ended = true;
    return {};
  }
  Result<void> refused(std::uint32_t, const Error&) override { return {}; }

  VirtualServer* slow = nullptr;
  std::uint64_t received = 0;
  bool ended = false;

 private:
  std::uint64_t octets_;
  bool asked_ = false;
};

TEST(Pop3Time, ALargeMessageMayTakeLong) {
  constexpr std::size_t kOctets = 50'000'000;
  VirtualServer server({kSecond / 10, 10'000},
                       maildrop_answers(1, kOctets, ""));
  Pop3Client client(server, kTimeout);
  ASSERT_TRUE(client.open());
  Taker taker(kOctets);
  ASSERT_TRUE(client.retrieve(taker));
  EXPECT_TRUE(taker.ended);
  EXPECT_GT(server.now(), 4900 * kSecond);
}

TEST(Pop3Time, ALargeListingMayTakeLong) {
  VirtualServer server({kSecond / 10, 1000}, maildrop_answers(50'000, 1, ""));
  Pop3Client client(server, kTimeout);
  ASSERT_TRUE(client.open());
  const auto maildrop = client.list();
  ASSERT_TRUE(maildrop) << maildrop.error().one_line();
  EXPECT_EQ(maildrop->count(), 50'000u);
  EXPECT_GT(server.now(), 1000 * kSecond);
}

TEST(Pop3Time, SilenceInAMessageEndsIt) {
  constexpr std::size_t kOctets = 1'000'000;
  VirtualServer server({kSecond / 10, 10'000},
                       maildrop_answers(1, kOctets, ""));
  Pop3Client client(server, kTimeout);
  ASSERT_TRUE(client.open());
  server.stall_after(kOctets / 2);
  Taker taker(kOctets);
  const auto brought = client.retrieve(taker);
  ASSERT_FALSE(brought);
  EXPECT_EQ(brought.error().kind, ErrorKind::timed_out);
  EXPECT_FALSE(taker.ended);
  EXPECT_FALSE(client.usable());
  // 50 s for half of it, and one time-out.
  EXPECT_LE(server.now(), 51 * kSecond + 60 * kSecond);
}

TEST(Pop3Time, ASlowDiskIsNoSilenceOfTheServer) {
  constexpr std::size_t kOctets = 100'000;
  VirtualServer server({kSecond / 10}, maildrop_answers(1, kOctets, ""));
  Pop3Client client(server, kTimeout);
  ASSERT_TRUE(client.open());
  Taker taker(kOctets);
  taker.slow = &server;
  const auto brought = client.retrieve(taker);
  EXPECT_TRUE(brought) << brought.error().one_line();
  EXPECT_TRUE(taker.ended);
}

// A trial is not worth a whole time-out.
TEST(Pop3Time, ATrialEndsSoon) {
  VirtualServer server(
      {kSecond / 10}, [noops = 0](const std::string& c) mutable {
        if (c == "STAT") return std::string("+OK 9 9\r\n");
        return std::string(c == "NOOP" && ++noops == 2 ? "" : "+OK\r\n");
      });
  Pop3Client client(server, kTimeout);
  ASSERT_TRUE(client.open());
  ASSERT_FALSE(client.list());
  EXPECT_TRUE(client.must_reconnect());
  EXPECT_FALSE(client.usable());
  EXPECT_EQ(client.memory().pipelines, Finding::no);
  EXPECT_LT(server.now(), 3 * kSecond);
}

}  // namespace
}  // namespace mailtool::client
