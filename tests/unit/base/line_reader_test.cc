#include "mailtool/base/line_reader.h"

#include <gtest/gtest.h>

#include "support/dialogue_stream.h"

namespace mailtool {
namespace {

using test::DialogueStream;
using test::parse_dialogue;

class LineReaderTest : public testing::TestWithParam<std::size_t> {
 protected:
  static DialogueStream play(std::string_view text) {
    return DialogueStream(parse_dialogue(text), GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, LineReaderTest, testing::Values(4096, 1, 3));

TEST_P(LineReaderTest, CrlfAndBareLf) {
  auto server = play("S: one\nS- two\\x0a\nS:\nS- x\\x0dy\\x0d\\x0a\n");
  LineReader lines(server);
  EXPECT_EQ(*lines.read_line(10), "one");
  EXPECT_FALSE(lines.bare_lf());
  EXPECT_EQ(*lines.read_line(10), "two");
  EXPECT_TRUE(lines.bare_lf());
  EXPECT_EQ(*lines.read_line(10), "");
  EXPECT_FALSE(lines.bare_lf());
  EXPECT_EQ(*lines.read_line(10), "x\ry");
  EXPECT_EQ(lines.read_line(10).error().kind, ErrorKind::disconnected);
}

TEST_P(LineReaderTest, TheLimitCountsTheLineWithoutItsEnd) {
  auto fits = play("S: 12345\n");
  EXPECT_EQ(*LineReader(fits).read_line(5), "12345");
  auto too_long = play("S: 123456\n");
  EXPECT_EQ(LineReader(too_long).read_line(5).error().kind,
            ErrorKind::protocol);
  auto endless = play("S- 1234567890123456789012345678901234567890\n");
  EXPECT_EQ(LineReader(endless).read_line(5).error().kind,
            ErrorKind::protocol);
}

TEST_P(LineReaderTest, EndInMidLineIsNoLine) {
  auto server = play("S- +OK\n<server closes>\n");
  EXPECT_EQ(LineReader(server).read_line(10).error().kind,
            ErrorKind::disconnected);
}

TEST_P(LineReaderTest, PeekAndConsumeGoOnWhereLinesEnd) {
  auto server = play("S: {5}\nS: abcdef\n");
  LineReader lines(server);
  ASSERT_EQ(*lines.read_line(10), "{5}");
  std::string literal;
  while (literal.size() < 5) {
    const auto chunk = lines.peek();
    ASSERT_TRUE(chunk);
    const auto part = chunk->substr(0, 5 - literal.size());
    literal += part;
    lines.consume(part.size());
  }
  EXPECT_EQ(literal, "abcde");
  EXPECT_EQ(*lines.read_line(10), "f");
  EXPECT_FALSE(lines.has_unread());
}

}  // namespace
}  // namespace mailtool
