#include "app/send_progress.h"

#include <gtest/gtest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

TEST(SendProgress, ALineSaysHowMuchOfAllHasGone) {
  EXPECT_EQ(send_progress_line(500'000, 2'000'000, milliseconds(1000)),
            "488.3 KB of 1.9 MB, 488.3 KB/s");
  // More than was expected: a message was sent to a second server.
  EXPECT_EQ(send_progress_line(3'000'000, 2'000'000, milliseconds(2000)),
            "2.9 MB of 2.9 MB, 1.4 MB/s");
  EXPECT_EQ(send_progress_line(0, 0, milliseconds(0)), "0 B of 0 B, 0 B/s");
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
    return count > 0 ? std::string(buffer.data(),
                                   static_cast<std::size_t>(count))
                     : "";
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(SendProgress, CountsWhatIsReadAndTakesTheLineAway) {
  const Pipe pipe;
  SendProgress progress(pipe.in(), milliseconds(0));
  progress.expect(10);
  auto source = progress.watch(std::make_unique<StringSource>("0123456789"));
  std::array<char, 100> octets;
  ASSERT_EQ(*source->read_some(octets), 10U);
  EXPECT_EQ(pipe.text().find("\r\x1b[K10 B of 10 B"), 0U);
  progress.clear();
  EXPECT_EQ(pipe.text(), "\r\x1b[K");
  progress.clear();
  EXPECT_EQ(pipe.text(), "");
}

TEST(SendProgress, ShowsNothingWhereItIsNotWanted) {
  SendProgress progress(-1, milliseconds(0));
  auto source = progress.watch(std::make_unique<StringSource>("x"));
  std::array<char, 10> octets;
  EXPECT_EQ(*source->read_some(octets), 1U);
  progress.clear();
}

TEST(SendProgress, WaitsBeforeItShowsAnything) {
  const Pipe pipe;
  SendProgress progress(pipe.in(), std::chrono::hours(1));
  progress.add(5);
  EXPECT_EQ(pipe.text(), "");
}

}  // namespace
}  // namespace mailtool::app
