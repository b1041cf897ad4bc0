#include "mailtool/base/sink.h"

#include <gtest/gtest.h>

#include <array>

namespace mailtool {
namespace {

TEST(AppendSink, AppendsToWhatIsThere) {
  std::string text = "one";
  AppendSink sink(text);
  EXPECT_TRUE(sink.write(" two"));
  EXPECT_TRUE(sink.write(""));
  EXPECT_TRUE(sink.write(std::string_view(" \0\r\n", 4)));
  EXPECT_EQ(text, std::string("one two \0\r\n", 11));
}

TEST(StringSink, KeepsToItsLimit) {
  StringSink sink(5);
  EXPECT_TRUE(sink.write("one"));
  EXPECT_TRUE(sink.write("23"));
  EXPECT_TRUE(sink.write(""));
  const auto more = sink.write("4");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(sink.text(), "one23");
  EXPECT_EQ(sink.take(), "one23");
}

TEST(StringSource, InPortions) {
  StringSource source("one two");
  std::array<char, 4> portion{};
  EXPECT_EQ(*source.read_some(portion), 4u);
  EXPECT_EQ(std::string_view(portion.data(), 4), "one ");
  EXPECT_EQ(*source.read_some(portion), 3u);
  EXPECT_EQ(std::string_view(portion.data(), 3), "two");
  EXPECT_EQ(*source.read_some(portion), 0u);
}

TEST(CopyAll, FailsAsTheSinkDoes) {
  const std::string large(200'000, 'a');
  StringSource whole(large);
  std::string text;
  AppendSink all(text);
  EXPECT_TRUE(copy_all(whole, all));
  EXPECT_EQ(text, large);
  StringSource again(large);
  StringSink small(100'000);
  EXPECT_EQ(copy_all(again, small).error().kind, ErrorKind::bad_input);
}

}  // namespace
}  // namespace mailtool
