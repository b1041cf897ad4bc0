#include "app/parse_progress.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <array>
#include <thread>

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

TEST(ParseProgress, Line) {
  EXPECT_EQ(progress_line(0, 0, milliseconds(0)), "0 messages, 0 B, 0 B/s");
  EXPECT_EQ(progress_line(1, 2048, milliseconds(1000)),
            "1 message, 2.0 KB, 2.0 KB/s");
  EXPECT_EQ(progress_line(1234567, 3 << 20, milliseconds(1500)),
            "1,234,567 messages, 3.0 MB, 2.0 MB/s");
}

TEST(ParseProgress, IsShownNowAndThenAndTakenAway) {
  std::array<int, 2> ends;
  ASSERT_EQ(::pipe(ends.data()), 0);
  const auto begin = ProgressLine::Clock::now();
  {
    ParseProgress progress(ends[1]);
    while (ProgressLine::Clock::now() - begin < milliseconds(150)) {
      for (int i = 0; i < 1000; ++i) progress.add(1, 1);
    }
  }
  const auto time = ProgressLine::Clock::now() - begin;
  ::close(ends[1]);
  std::string text(100'000, '\0');
  const auto count = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  ASSERT_GT(count, 0);
  text.resize(static_cast<std::size_t>(count));
  std::size_t lines = 0;
  for (auto at = text.find('\r'); at != text.npos;
       at = text.find('\r', at + 1)) {
    ++lines;
  }
  // One more takes it away.
  EXPECT_GE(lines, 2u);
  EXPECT_LE(static_cast<std::int64_t>(lines), 1 + time / milliseconds(100));
  EXPECT_TRUE(text.ends_with("\r\x1b[K"));
}

TEST(ParseProgress, IsSilentWithoutATerminal) {
  ParseProgress progress(-1);
  progress.add(1, 1);
  progress.clear();
}

}  // namespace
}  // namespace mailtool::app
