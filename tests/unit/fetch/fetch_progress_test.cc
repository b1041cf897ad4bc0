#include "app/fetch_progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "app/fetch_counts.h"
#include "app/line_sink.h"
#include "app/session_logs.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

FetchProgressState state(std::uint64_t messages, std::uint64_t octets,
                         milliseconds time) {
  return {messages, 12, octets, 4'000'000, time};
}

TEST(FetchProgress, ALineSaysWhatHasComeAndWhatIsLeft) {
  EXPECT_EQ(
      fetch_progress_line(state(3, 1'000'000, milliseconds(2000)), 100),
      "[#####---------------]  25%  3 of 12 messages, 976.6 KB of 3.8 MB, "
      "488.3 KB/s, 7 s left");
  EXPECT_EQ(fetch_progress_line(state(12, 4'000'000, milliseconds(2000)), 100),
            "[####################] 100%  12 of 12 messages, 3.8 MB of 3.8 MB, "
            "1.9 MB/s");
  // A rate of the first moments is chance.
  EXPECT_EQ(fetch_progress_line(state(0, 10, milliseconds(100)), 100),
            "[--------------------]   0%  0 of 12 messages, 10 B of 3.8 MB");
  EXPECT_EQ(fetch_progress_line({0, 1, 0, 0, milliseconds(900)}, 100),
            "[--------------------]   0%  0 of 1 message, 0 B");
}

TEST(FetchProgress, TimeLeft) {
  const auto left = [](std::uint64_t octets) {
    const auto line =
        fetch_progress_line({0, 1, 1000, octets, milliseconds(1000)}, 200);
    return line.substr(line.rfind(", ") + 2);
  };
  EXPECT_EQ(left(1001), "1 s left");
  EXPECT_EQ(left(61'500), "1 min 1 s left");
  EXPECT_EQ(left(7'261'000), "2 h 1 min left");
  EXPECT_EQ(left(UINT64_MAX), "1000 B/s");  // a size that lies
}

TEST(FetchProgress, SizesThatLie) {
  EXPECT_EQ(fetch_progress_line({2, 1, 5000, 10, milliseconds(1000)}, 100),
            "[####################] 100%  2 of 2 messages, 4.9 KB of 4.9 KB, "
            "4.9 KB/s");
}

// No bar stands still until all has come at once.
TEST(FetchProgress, OneOfWhichNothingIsKnown) {
  EXPECT_EQ(fetch_progress_line({0, 1, 9000, 0, milliseconds(3000)}, 100),
            "0 of 1 message, 8.8 KB, 2.9 KB/s");
}

TEST(FetchProgress, OtherThingsThanMessages) {
  EXPECT_EQ(fetch_progress_line(
                {1, 4, 512, 2048, milliseconds(100), "attachment"}, 100),
            "[#####---------------]  25%  1 of 4 attachments, 512 B of 2.0 KB");
}

TEST(FetchProgress, FitsIntoWhateverWidthThereIs) {
  const auto all = state(3, 1'000'000, milliseconds(2000));
  for (std::size_t columns = 0; columns <= 100; ++columns) {
    const auto line = fetch_progress_line(all, columns);
    EXPECT_LT(line.size(), std::max<std::size_t>(columns, 1)) << line;
  }
  EXPECT_EQ(fetch_progress_line(all, 70),
            "3 of 12 messages, 976.6 KB of 3.8 MB, 488.3 KB/s, 7 s left");
  EXPECT_EQ(fetch_progress_line(all, 30), "3 of 12 messages");
}

TEST(FetchProgress, WithoutSizesTheMessagesTell) {
  EXPECT_EQ(fetch_progress_line({3, 12, 9000, 0, milliseconds(3000)}, 100),
            "[#####---------------]  25%  3 of 12 messages, 8.8 KB, 2.9 KB/s, "
            "10 s left");
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_NONBLOCK | O_CLOEXEC), 0); }
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  [[nodiscard]] int in() const { return ends_[1]; }
  [[nodiscard]] std::string text() const {
    std::array<char, 4096> buffer;
    const auto count = ::read(ends_[0], buffer.data(), buffer.size());
    return count > 0
               ? std::string(buffer.data(), static_cast<std::size_t>(count))
               : "";
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(FetchProgress, GivesWayToOtherLines) {
  const Pipe pipe;
  FetchProgress progress(pipe.in(), 80, milliseconds(0));
  progress.expect(1, 100);
  progress.received(50);
  EXPECT_EQ(
      pipe.text(),
      "\r\x1b[K[##########----------]  50%  0 of 1 message, 50 B of 100 B");
  std::string said;
  progress.aside([&] { said = pipe.text(); });
  EXPECT_EQ(said, "\r\x1b[K");
}

TEST(FetchProgress, SaysNothingBeforeItsTimeOrWithoutATerminal) {
  const Pipe pipe;
  {
    FetchProgress progress(pipe.in(), 80, milliseconds(3'600'000));
    progress.received(50);
    progress.aside([] {});
  }
  FetchProgress(-1, 80, milliseconds(0)).received(50);
  EXPECT_EQ(pipe.text(), "");
}

TEST(FetchCounts, Texts) {
  FetchCounts counts;
  EXPECT_FALSE(counts.any());
  counts.fetched = 12;
  counts.octets = 3'565'158;
  counts.deleted = 12;
  counts.skipped = 1;
  counts.to_fetch = 2;
  counts.to_fetch_octets = 2048;
  counts.to_keep = 40;
  EXPECT_TRUE(counts.any());
  EXPECT_EQ(counts.done_text(2.34),
            "12 fetched (3.4 MB), 12 deleted, 1 skipped, 0 failed in 2.3 s");
  EXPECT_EQ(counts.foretold_text(),
            "would fetch 2 (2.0 KB), delete 0, skip 0, keep 40");
  auto sum = counts;
  sum += counts;
  EXPECT_EQ(sum.fetched + sum.deleted + sum.skipped, 50u);
  EXPECT_EQ(sum.to_keep, 80u);
}

TEST(LineSink, LinesOfSeveralWritersAreWhole) {
  StringSink out(1 << 20);
  std::mutex mutex;
  const auto write = [&](char c) {
    LineSink lines(out, mutex);
    for (int i = 0; i < 500; ++i) {
      for (int n = 0; n < 5; ++n) EXPECT_TRUE(lines.write(std::string(3, c)));
      EXPECT_TRUE(lines.write("\n"));
    }
  };
  std::thread other([&] { write('b'); });
  write('a');
  other.join();
  std::size_t lines = 0;
  std::string_view rest = out.text();
  for (; !rest.empty(); ++lines) {
    const auto line = rest.substr(0, rest.find('\n'));
    EXPECT_EQ(line, std::string(15, line.empty() ? '?' : line[0]));
    rest.remove_prefix(line.size() + 1);
  }
  EXPECT_EQ(lines, 1000u);
}

TEST(SessionLogs, OneLogAFile) {
  const test::TempDir folder;
  const auto path = (folder.path() / "log").string();
  SessionLogs logs;
  const auto first = logs.transcript(path);
  ASSERT_TRUE(first);
  (*first)->note("one");
  const auto again = logs.transcript(path);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *first);
  EXPECT_NE(*logs.transcript(path + "2"), *first);
  EXPECT_FALSE(logs.transcript("/nonexistent/log"));
  EXPECT_EQ(&logs.verbose(), &logs.verbose());
}

}  // namespace
}  // namespace mailtool::app
