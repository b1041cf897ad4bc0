#include "app/session_log.h"

#include <gtest/gtest.h>

#include <thread>

namespace mailtool::app {
namespace {

// A server that has said nothing and takes everything.
class Silent : public Stream {
 public:
  Result<std::size_t> read_some(std::span<char>) override {
    return std::size_t{0};
  }
  Result<void> write_all(std::string_view) override { return {}; }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}
};

void say(Stream& stream, std::string_view line) {
  ASSERT_TRUE(stream.write_all(std::string(line) + "\r\n"));
}

// Runs `work` in a thread of its own, to its end.
template <class Work>
void elsewhere(Work work) {
  std::thread(work).join();
}

class Log : public testing::Test {
 protected:
  std::unique_ptr<Stream> open(std::string_view title) {
    return log_.watch(std::make_unique<Silent>(), title, false);
  }
  StringSink sink_{10'000'000};
  SessionLog log_{sink_, 0};
};

TEST_F(Log, OneSessionIsWrittenAsItGoes) {
  auto one = open("one at 192.0.2.1:25");
  EXPECT_EQ(sink_.text(), "# one at 192.0.2.1:25\n");
  say(*one, "EHLO x");
  ASSERT_TRUE(one->write_secret("secret\r\n", "****\r\n"));
  EXPECT_EQ(sink_.text(), "# one at 192.0.2.1:25\nC: EHLO x\nC: ****\n");
}

TEST_F(Log, ImplicitTlsIsTold) {
  auto one = log_.watch(std::make_unique<Silent>(), "one", true);
  EXPECT_EQ(sink_.text(), "# one\n<TLS negotiation>\n");
}

TEST_F(Log, OneThreadWithTwoSessions) {
  auto one = open("one");
  auto two = open("two");
  say(*one, "A");
  say(*two, "B");
  say(*two, "C");
  EXPECT_EQ(sink_.text(),
            "# one\n# two\n# one, again\nC: A\n# two, again\nC: B\nC: C\n");
}

TEST_F(Log, OthersWaitForTheEndOfATurn) {
  auto one = open("one");
  say(*one, "A");
  elsewhere([this] {
    auto two = open("two");
    say(*two, "X");
    say(*two, "Y");
    two.reset();
    log_.end_turn();
  });
  say(*one, "B");
  EXPECT_EQ(sink_.text(), "# one\nC: A\nC: B\n");
  log_.end_turn();
  EXPECT_EQ(sink_.text(), "# one\nC: A\nC: B\n# two\nC: X\nC: Y\n");
}

TEST_F(Log, TheWordGoesToWhoIsStillTalking) {
  auto one = open("one");
  std::unique_ptr<Stream> two;
  std::thread talking;
  // The second thread says a line before, and one after, the first gives up.
  std::mutex mutex;
  std::unique_lock held(mutex);
  std::atomic<bool> waits{false};
  talking = std::thread([&] {
    two = open("two");
    say(*two, "X");
    waits = true;
    const std::lock_guard wait(mutex);
    say(*two, "Y");
    log_.end_turn();
  });
  while (!waits) std::this_thread::yield();
  say(*one, "A");
  log_.end_turn();
  say(*one, "B");  // has no turn now
  EXPECT_EQ(sink_.text(), "# one\nC: A\n# two\nC: X\n");
  held.unlock();
  talking.join();
  EXPECT_EQ(sink_.text(),
            "# one\nC: A\n# two\nC: X\nC: Y\n# one, again\nC: B\n");
}

TEST_F(Log, ALongBodyDoesNotFillMemory) {
  auto one = open("one");
  say(*one, "A");
  elsewhere([this] {
    auto two = open("two");
    for (int i = 0; i < 100; ++i) say(*two, std::string(1000, 'x'));
    EXPECT_GT(sink_.text().size(), SessionLog::kWaiting);
  });
  say(*one, "B");
  const auto text = sink_.text();
  EXPECT_NE(text.find("# one, again\nC: B\n"), std::string::npos);
}

TEST_F(Log, NotesStandForThemselves) {
  log_.note("a note\x1b[31m");
  EXPECT_EQ(sink_.text(), "# a note\\x1b[31m\n");
}

TEST(LogEnd, NothingIsLost) {
  StringSink sink(10'000);
  {
    SessionLog log(sink, 0);
    auto one = log.watch(std::make_unique<Silent>(), "one", false);
    say(*one, "A");
    elsewhere([&log] {
      auto two = log.watch(std::make_unique<Silent>(), "two", false);
      say(*two, "X");
    });
    one.reset();
  }
  EXPECT_EQ(sink.text(), "# one\nC: A\n# two\nC: X\n");
}

TEST(LogThreads, EverySessionIsWhole) {
  StringSink sink(10'000'000);
  SessionLog log(sink, 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&log, i] {
      for (int session = 0; session < 20; ++session) {
        const auto name = std::to_string(i) + "-" + std::to_string(session);
        auto stream = log.watch(std::make_unique<Silent>(), name, false);
        for (int line = 0; line < 5; ++line) say(*stream, name);
        stream.reset();
        log.end_turn();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::string expected;
  for (int i = 0; i < 8; ++i)
    for (int session = 0; session < 20; ++session) {
      const auto name = std::to_string(i) + "-" + std::to_string(session);
      std::string whole = "# " + name + "\n";
      for (int line = 0; line < 5; ++line) whole += "C: " + name + "\n";
      EXPECT_NE(sink.text().find(whole), std::string::npos) << name;
    }
  EXPECT_EQ(sink.text().find("again"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::app
