#include <gtest/gtest.h>

#include "app/lf_sink.h"

namespace mailtool::app {
namespace {

TEST(LfSink, AnyDivisionGivesTheSame) {
  const std::string text = "a\r\nb\rc\n\r\r\nd\r";
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    StringSink out(100);
    LfSink lines(out);
    for (std::size_t i = 0; i < text.size(); i += chunk) {
      ASSERT_TRUE(lines.write(std::string_view(text).substr(i, chunk)));
    }
    ASSERT_TRUE(lines.finish());
    EXPECT_EQ(out.text(), "a\nb\rc\n\r\nd\r") << chunk;
  }
}

}  // namespace
}  // namespace mailtool::app
