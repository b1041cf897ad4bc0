// Round trips of whole sessions, on a clock that only waiting moves.

#include <gtest/gtest.h>

#include "dialogue/pop3/virtual_server.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::client {
namespace {

using test::maildrop_answers;
using test::VirtualServer;

constexpr std::int64_t kRoundTrip = 50'000;  // microseconds

class Counter : public MessageReceiver {
 public:
  explicit Counter(const pop3::Maildrop& maildrop) : maildrop_(maildrop) {}
  std::optional<MessageRequest> next() override {
    if (asked_ == maildrop_.size()) return std::nullopt;
    ++asked_;
    return MessageRequest{asked_, maildrop_.octets(asked_).value_or(0), false};
  }
  Result<void> begin(std::uint32_t) override { return {}; }
  Result<void> write(std::string_view octets) override {
    received += octets.size();
    return {};
  }
  Result<void> end(std::uint32_t number) override {
    arrived.push_back(number);
    return {};
  }
  Result<void> refused(std::uint32_t, const Error&) override { return {}; }

  std::vector<std::uint32_t> arrived;
  std::uint64_t received = 0;

 private:
  const pop3::Maildrop& maildrop_;
  std::uint32_t asked_ = 0;
};

void fetch_and_delete(VirtualServer& server, Pop3Client& client,
                      std::uint32_t count) {
  static const Secret kPassword("tanstaaf");
  sasl::Credentials credentials;
  credentials.user = "bob";
  credentials.password = &kPassword;
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.authenticate(credentials, {server.tls(), false, {}}));
  const auto maildrop = client.list();
  ASSERT_TRUE(maildrop);
  ASSERT_EQ(maildrop->count(), count);
  Counter counter(*maildrop);
  ASSERT_TRUE(client.retrieve(counter));
  ASSERT_EQ(counter.arrived.size(), count);
  const auto report = client.delete_and_quit(counter.arrived);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->refused.empty());
}

pop3::Capabilities pipelining() {
  pop3::Capabilities listed;
  EXPECT_TRUE(listed.feed_line("USER"));
  EXPECT_TRUE(listed.feed_line("PIPELINING"));
  return listed;
}

// What TCP and TLS take is not of the protocol: 2 round trips come on top.
TEST(Pop3Flights, AreAsManyForAnyNumberOfMessages) {
  for (const std::uint32_t count : {1u, 10u, 100u, 1000u, 5000u}) {
    for (const bool warm : {false, true}) {
      VirtualServer server(
          {kRoundTrip},
          maildrop_answers(count, 8000, "USER\r\nPIPELINING\r\n"));
      Pop3Client client(server, std::chrono::seconds(60));
      if (warm) client.recall({true, pipelining()});
      fetch_and_delete(server, client, count);
      EXPECT_EQ(server.now(), (warm ? 5 : 6) * kRoundTrip) << count;
    }
  }
}

TEST(Pop3Flights, DeletionsAreOne) {
  const std::uint32_t count = 20'000;
  VirtualServer server({kRoundTrip},
                       maildrop_answers(count, 10, "USER\r\nPIPELINING\r\n"));
  Pop3Client client(server, std::chrono::seconds(60));
  ASSERT_TRUE(client.open());
  ASSERT_TRUE(client.capa());
  std::vector<std::uint32_t> numbers(count);
  for (std::uint32_t i = 0; i < count; ++i) numbers[i] = i + 1;
  const auto start = server.now();
  ASSERT_TRUE(client.delete_and_quit(numbers));
  EXPECT_EQ(server.now() - start, kRoundTrip);
  EXPECT_EQ(server.seen().back(), "QUIT");
}

// 100 Mbit/s, 40 MB: what the messages take on the line, and the round trips.
TEST(Pop3Flights, TheLineIsNeverIdle) {
  constexpr double kRate = 12.5e6;
  const std::uint32_t count = 5000;
  VirtualServer server({kRoundTrip, kRate},
                       maildrop_answers(count, 8000, "USER\r\nPIPELINING\r\n"));
  Pop3Client client(server, std::chrono::seconds(60));
  fetch_and_delete(server, client, count);
  const auto on_the_line = static_cast<std::int64_t>(
      static_cast<double>(count) * 8064 / kRate * 1e6);
  EXPECT_LT(server.now(), on_the_line + on_the_line / 50 + 6 * kRoundTrip);
}

// Nothing announced: STAT, the trial, and windows of few commands.
TEST(Pop3Flights, AServerThatDoesNotSayThatItPipelines) {
  const std::uint32_t count = 100;
  VirtualServer server({kRoundTrip}, maildrop_answers(count, 500, "USER\r\n"));
  Pop3Client client(server, std::chrono::seconds(60));
  fetch_and_delete(server, client, count);
  EXPECT_TRUE(client.pipelines_unannounced());
  // Greeting, CAPA, USER, PASS, STAT, trial, listings; 32 RETR or DELE a time.
  EXPECT_EQ(server.now(), (7 + 4 + 4) * kRoundTrip);
  EXPECT_LT(server.most_outstanding(), 33u * 600);
}

}  // namespace
}  // namespace mailtool::client
