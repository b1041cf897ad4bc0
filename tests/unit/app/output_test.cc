#include "app/output.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace mailtool::app {
namespace {

TEST(Output, AFullDiskIsAnErrorAndStaysOne) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  Output out(full);
  EXPECT_TRUE(out.write("fits the buffer"));
  const auto flushed = out.flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().kind, ErrorKind::local_io);
  EXPECT_EQ(flushed.error().one_line(),
            "cannot write to stdout: No space left on device");
  EXPECT_FALSE(out.write("more"));
  ::close(full);
}

TEST(Output, AReaderThatLeftEndsUsBySigpipe) {
  EXPECT_EXIT(
      {
        int ends[2];
        (void)!::pipe(ends);
        ::close(ends[0]);
        std::signal(SIGPIPE, SIG_IGN);
        Output out(ends[1]);
        (void)out.write("x");
        (void)out.flush();
      },
      testing::KilledBySignal(SIGPIPE), "");
}

}  // namespace
}  // namespace mailtool::app
