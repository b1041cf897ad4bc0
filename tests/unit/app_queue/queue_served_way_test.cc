// The way of what a server queues, and what another way means for what waits.

#include "app/queue_served_way.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <optional>

#include "app/queue_schedule.h"
#include "app/queue_way.h"
#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

constexpr std::int64_t kNow = 1'795'176'000;

Options options_of(const std::string& port) {
  return {{"mx", ""},
          {"mx-port", port},
          {"mx-tls-policy", "none"},
          {"dns-server", "127.0.0.1:" + port}};
}

ServedWay at_port(const std::string& port, std::int64_t since = 0) {
  return {since,
          options_of(port),
          {{"crepes.test", *net::Endpoint::parse("127.0.0.1:2525")}}};
}

QueueState waiting() {
  QueueState state;
  state.queued_at = kNow;
  state.served = true;
  state.sender = "alice@crepes.test";
  auto& sent = state.recipients.emplace_back();
  sent.address = "carol@hamburger.test";
  sent.outcome = QueueOutcome::sent;
  auto& left = state.recipients.emplace_back();
  left.address = "bob@hamburger.test";
  left.attempts = 3;
  left.next_try = kNow + 3600;
  return state;
}

class QueueServedWay : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::QueueFolder::open(dir.path() / "queue");
    ASSERT_TRUE(opened);
    folder.emplace(*std::move(opened));
  }
  void TearDown() override { store::set_fault_hook(nullptr); }
  ServedWay way() { return *read_served_way(*folder); }

  test::TempDir dir;
  std::optional<store::QueueFolder> folder;
};

TEST_F(QueueServedWay, IsWrittenWhereItIsAnother) {
  EXPECT_EQ(way().since, 0);
  ASSERT_TRUE(write_served_way(*folder, at_port("2525"), kNow));
  EXPECT_EQ(way().since, kNow);
  EXPECT_EQ(way().options, options_of("2525"));
  ASSERT_TRUE(write_served_way(*folder, at_port("2525"), kNow + 60));
  EXPECT_EQ(way().since, kNow);
  ASSERT_TRUE(write_served_way(*folder, at_port("3025"), kNow + 60));
  EXPECT_EQ(way().since, kNow + 60);
  EXPECT_EQ(way().options, options_of("3025"));
  EXPECT_TRUE(folder->ids()->empty());
}

TEST_F(QueueServedWay, OwnDomainsGoAlong) {
  auto way_of_now = at_port("2525");
  ASSERT_TRUE(write_served_way(*folder, way_of_now, kNow));
  EXPECT_EQ(way().own, way_of_now.own);
  way_of_now.own.push_back({"localhost", *net::Endpoint::parse("[::1]:2525")});
  ASSERT_TRUE(write_served_way(*folder, way_of_now, kNow + 60));
  EXPECT_EQ(way().since, kNow + 60);
  EXPECT_EQ(way().own, way_of_now.own);
  const auto resolved = resolve_way({}, waiting(), way());
  ASSERT_TRUE(resolved) << resolved.error().one_line();
  EXPECT_EQ(resolved->servers.at("localhost").to_string(), "[::1]:2525");
  // What somebody queues by hand for these domains goes as for any.
  auto by_hand = waiting();
  by_hand.served = false;
  by_hand.options = options_of("2525");
  EXPECT_TRUE(resolve_way({}, by_hand, way())->servers.empty());
}

TEST_F(QueueServedWay, IsLaterThanTheOneBeforeWhateverTheClockSays) {
  ASSERT_TRUE(write_served_way(*folder, at_port("2525"), kNow));
  ASSERT_TRUE(write_served_way(*folder, at_port("3025"), kNow));
  EXPECT_EQ(way().since, kNow + 1);
  ASSERT_TRUE(write_served_way(*folder, at_port("2525"), kNow - 86'400));
  EXPECT_EQ(way().since, kNow + 2);
}

TEST_F(QueueServedWay, OneThatMakesNoSenseIsReplaced) {
  for (const auto* damaged :
       {"x", "mailtool-way = 2\nsince = 1\n", "mailtool-way = 1\n",
        "mailtool-way = 1\nsince = -1\n", "mailtool-way = 1\nsince = \"1\"\n",
        "mailtool-way = 1\nsince = 253402300799000001\n",
        "mailtool-way = 1\nsince = 1\noption = 1\n",
        "mailtool-way = 1\nsince = 1\n[[option]]\nvalue = \"x\"\n",
        "mailtool-way = 1\nsince = 1\n[[own]]\ndomain = \"x\"\n",
        "mailtool-way = 1\nsince = 1\n[[own]]\nserver = \"[::1]:25\"\n",
        "mailtool-way = 1\nsince = 1\n[[own]]\ndomain = \"x\"\n"
        "server = \"127.0.0.1\"\n"}) {
    SCOPED_TRACE(damaged);
    ASSERT_TRUE(folder->set_way(damaged));
    const auto read = read_served_way(*folder);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::config);
    ASSERT_TRUE(write_served_way(*folder, at_port("2525"), kNow));
    EXPECT_EQ(way().since, kNow);
  }
}

// At each call that matters: there is one way or the other, whole, and the next
// start goes on.
TEST_F(QueueServedWay, Killed) {
  bool ended = false;
  int call = 0;
  for (; !ended && call < 1'000; ++call) {
    SCOPED_TRACE(call);
    ASSERT_TRUE(write_served_way(*folder, at_port("2525"), kNow));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      static std::atomic<int> left = call;
      store::set_fault_hook([](const char*) {
        return left-- > 0 ? 0 : ::raise(SIGKILL);
      });
      ::_exit(write_served_way(*folder, at_port("3025"), kNow) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ended = WIFEXITED(status);
    EXPECT_TRUE(!ended || WEXITSTATUS(status) == 0);
    const auto found = read_served_way(*folder);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->options == options_of("3025") ||
                (!ended && found->options == options_of("2525")));
    ASSERT_TRUE(write_served_way(*folder, at_port("3025"), kNow));
    EXPECT_EQ(way().options, options_of("3025"));
  }
  EXPECT_TRUE(ended);
  EXPECT_GT(call, 3) << "calls are not seen";
}

TEST_F(QueueServedWay, ADiskThatIsFullLeavesTheOneBefore) {
  ASSERT_TRUE(write_served_way(*folder, at_port("2525"), kNow));
  store::set_fault_hook([](const char* call) {
    return std::string_view(call) == "write" ? ENOSPC : 0;
  });
  EXPECT_FALSE(write_served_way(*folder, at_port("3025"), kNow));
  // To find that it is there already takes no room.
  EXPECT_TRUE(write_served_way(*folder, at_port("2525"), kNow));
  store::set_fault_hook(nullptr);
  EXPECT_EQ(way().options, options_of("2525"));
}

TEST_F(QueueServedWay, WhatWaitsIsDueOnceItIsAnother) {
  auto state = waiting();
  state.tried_way = kNow;
  due_by_new_way(state, kNow);
  EXPECT_EQ(state.recipients[1].next_try, kNow + 3600);
  // A process that read the way before another wrote the one it was tried by.
  due_by_new_way(state, kNow - 1);
  EXPECT_EQ(state.recipients[1].next_try, kNow + 3600);
  due_by_new_way(state, kNow + 1);
  EXPECT_TRUE(is_due(state, state.recipients[1], kNow));
  EXPECT_EQ(state.recipients[0].outcome, QueueOutcome::sent);
}

TEST_F(QueueServedWay, WhatSomebodyQueuedByHandGoesItsOwnWay) {
  auto state = waiting();
  state.served = false;
  state.options = options_of("2525");
  due_by_new_way(state, kNow + 1);
  EXPECT_EQ(state.recipients[1].next_try, kNow + 3600);
  const auto own = resolve_way({}, state, at_port("3025", kNow));
  ASSERT_TRUE(own) << own.error().one_line();
  EXPECT_EQ(own->since, 0);
  EXPECT_EQ(own->invocation.options.get("mx-port"), "2525");
}

// What the user has configured for mail of his own is left out of it.
TEST_F(QueueServedWay, AllOfAServerGoesOneWay) {
  auto state = waiting();
  state.options = options_of("2525");
  state.account = "work";
  state.config = "/nonexistent";
  ::setenv("MAILTOOL_HELO", "laptop.test", 1);
  const auto way = resolve_way({}, state, at_port("3025", kNow));
  ::unsetenv("MAILTOOL_HELO");
  ASSERT_TRUE(way) << way.error().one_line();
  EXPECT_EQ(way->since, kNow);
  EXPECT_FALSE(way->url);
  EXPECT_EQ(way->invocation.options.get("mx-port"), "3025");
  EXPECT_EQ(way->invocation.options.get("helo"), std::nullopt);
  auto other = waiting();
  other.recipients[1].address = "dave@elsewhere.test";
  EXPECT_EQ(way_key(other), way_key(state));
}

// What the server is called, not its machine.
TEST_F(QueueServedWay, ReportsAreOfTheServer) {
  auto named = at_port("3025", kNow);
  named.options.emplace_back("helo", "crepes.test");
  EXPECT_EQ(resolve_way({}, waiting(), named)->reporting_host(), "crepes.test");
  auto by_hand = waiting();
  by_hand.served = false;
  by_hand.options = named.options;
  EXPECT_EQ(resolve_way({}, by_hand, named)->reporting_host(), "");
}

TEST_F(QueueServedWay, WithoutOneItWaits) {
  const auto none = resolve_way({}, waiting(), ServedWay{});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::config);
  const auto damaged =
      resolve_way({}, waiting(), Error{ErrorKind::bad_input, "makes no sense"});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().what, "makes no sense");
}

}  // namespace
}  // namespace mailtool::app
