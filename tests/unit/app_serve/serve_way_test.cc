// What an earlier run has queued, and the way of this one.

#include "app/serve_way.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "app/queue_schedule.h"
#include "app/serve_readdress.h"
#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using std::chrono::seconds;

ServeWay way_at(std::uint16_t dns, std::uint16_t mx) {
  return {"mx.crepes.test", {*net::IpAddress::parse("127.0.0.1"), dns}, mx};
}

QueueState waiting(const ServeWay& way) {
  QueueState state;
  state.queued_at = 1'795'176'000;
  state.sender = "alice@crepes.test";
  state.config = kServedConfig;
  auto& sent = state.recipients.emplace_back();
  sent.address = "carol@hamburger.test";
  sent.outcome = QueueOutcome::sent;
  auto& left = state.recipients.emplace_back();
  left.address = "bob@hamburger.test";
  left.attempts = 3;
  left.next_try = state.queued_at + 3600;
  state.options = way_options(way, state);
  return state;
}

std::string option(const QueueState& state, std::string_view name) {
  std::string all;
  for (const auto& [known, value] : state.options) {
    if (known == name) all += value + " ";
  }
  return all;
}

TEST(ServeWay, WaitsNoLongerWhereTheServersHaveMoved) {
  auto state = waiting(way_at(2053, 2525));
  EXPECT_FALSE(readdress(state, way_at(2053, 2525)));
  EXPECT_EQ(state.recipients[1].next_try, state.queued_at + 3600);
  ASSERT_TRUE(readdress(state, way_at(3053, 3025)));
  EXPECT_EQ(option(state, "dns-server"), "127.0.0.1:3053 ");
  EXPECT_EQ(option(state, "mx-port"), "3025 ");
  EXPECT_TRUE(is_due(state, state.recipients[1], state.queued_at));
  EXPECT_EQ(state.recipients[0].outcome, QueueOutcome::sent);
  EXPECT_FALSE(readdress(state, way_at(3053, 3025)));
}

TEST(ServeWay, WhatSomebodyQueuedByHandGoesItsOwnWay) {
  auto state = waiting(way_at(2053, 2525));
  state.config = "";
  EXPECT_FALSE(readdress(state, way_at(3053, 3025)));
}

TEST(ServeWay, ServersAtPortsOfTheirOwn) {
  auto way = way_at(2053, 2525);
  const auto at = *net::Endpoint::parse("127.0.0.1:4025");
  way.servers = {{"crepes.test", at},
                 {"xn--bcher-kva.test", *net::Endpoint::parse("[::1]:25")},
                 {"other.test", at}};
  auto state = waiting(way);
  EXPECT_EQ(option(state, "resolve"),
            "mx.crepes.test:2525:127.0.0.1:4025 ");
  state.recipients[1].address = "bob@B\xc3\xbc" "cher.test";
  EXPECT_TRUE(readdress(state, way));
  EXPECT_EQ(option(state, "resolve"),
            "mx.crepes.test:2525:127.0.0.1:4025 "
            "mx.xn--bcher-kva.test:2525:[::1]:25 ");
}

class Readdress : public testing::Test {
 protected:
  void SetUp() override {
    auto opened =
        store::QueueFolder::open((dir.path() / "mailtool/queue").string());
    ASSERT_TRUE(opened);
    folder.emplace(*std::move(opened));
  }
  void TearDown() override { store::set_fault_hook(nullptr); }
  std::string add(const std::string& state) {
    auto addition = folder->add();
    EXPECT_TRUE(addition && addition->write("Subject: x\r\n\r\n"));
    EXPECT_TRUE(addition->commit(state));
    return addition->id();
  }
  std::unique_ptr<ServeReaddress> start() {
    auto started =
        ServeReaddress::start(dir.path().string(), way_at(3053, 3025));
    EXPECT_TRUE(started);
    EXPECT_TRUE((*started)->is_through(seconds(60)));
    return *std::move(started);
  }
  std::string server_of(const std::string& id) {
    return option(*parse_queue_state(*folder->peek(id)), "dns-server");
  }
  // Until then another look is taken, and another.
  bool comes_to(const std::string& id) {
    const auto until = std::chrono::steady_clock::now() + seconds(60);
    while (server_of(id) != "127.0.0.1:3053 ") {
      if (std::chrono::steady_clock::now() > until) return false;
    }
    return true;
  }

  test::TempDir dir;
  std::optional<store::QueueFolder> folder;
  std::string old = to_toml(waiting(way_at(2053, 2525)));
};

TEST_F(Readdress, AllThatNobodyHolds) {
  const auto one = add(old);
  const auto damaged = add("x");
  const auto two = add(old);
  (void)start();
  EXPECT_EQ(server_of(one), "127.0.0.1:3053 ");
  EXPECT_EQ(server_of(two), "127.0.0.1:3053 ");
  EXPECT_EQ(*folder->peek(damaged), "x");
}

// Who holds it may write what it knew before, and add a report of its own.
TEST_F(Readdress, WhatAnotherHoldsLater) {
  const auto id = add(old);
  auto held = folder->lock(id);
  ASSERT_TRUE(held);
  const auto readdressing = start();
  EXPECT_EQ(server_of(id), "127.0.0.1:2053 ");
  const auto report = add(old);
  EXPECT_TRUE(held->set_state(old));
  { const auto released = *std::move(held); }
  EXPECT_TRUE(comes_to(id));
  EXPECT_TRUE(comes_to(report));
}

TEST_F(Readdress, ADiskThatIsFullForAWhile) {
  const auto id = add(old);
  static std::atomic<bool> full = true;
  store::set_fault_hook([](const char*) { return full ? ENOSPC : 0; });
  const auto readdressing = start();
  full = false;
  EXPECT_TRUE(comes_to(id));
}

// At each call that matters: the message has one way or the other, and the next
// start goes on.
TEST_F(Readdress, Killed) {
  const auto id = add(old);
  bool ended = false;
  int call = 0;
  for (; !ended && call < 1'000; ++call) {
    SCOPED_TRACE(call);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      static std::atomic<int> left = call;
      store::set_fault_hook([](const char*) {
        return left-- > 0 ? 0 : ::raise(SIGKILL);
      });
      { const auto readdressing = start(); }
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ended = WIFEXITED(status);
    const auto server = server_of(id);
    EXPECT_TRUE(server == "127.0.0.1:3053 " ||
                (!ended && server == "127.0.0.1:2053 "))
        << server;
    (void)start();
    EXPECT_EQ(server_of(id), "127.0.0.1:3053 ");
    EXPECT_EQ(folder->ids()->size(), 1u);
    auto entry = folder->lock(id);
    ASSERT_TRUE(entry && entry->set_state(old));
  }
  EXPECT_TRUE(ended);
  EXPECT_GT(call, 3) << "calls are not seen";
}

}  // namespace
}  // namespace mailtool::app
