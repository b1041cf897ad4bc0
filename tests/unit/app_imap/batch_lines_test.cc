#include "app/imap_batch_lines.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mailtool::app {
namespace {

// Hands out so many octets at a time.
class Dripping : public Source {
 public:
  Dripping(std::string text, std::size_t step)
      : text_(std::move(text)), step_(step) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({into.size(), step_, text_.size() - at_});
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count,
                into.begin());
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

class BatchLinesTest : public testing::TestWithParam<std::size_t> {
 protected:
  // "1:folders 3:caps", and why it ended if not at the end.
  std::string read(std::string text) {
    Dripping source(std::move(text), GetParam());
    BatchLines lines(source);
    std::string all;
    while (true) {
      auto line = lines.next();
      if (!line) return all + "! " + line.error().one_line();
      if (!*line) return all;
      all += std::to_string(lines.number()) + ":" + **line + "|";
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, BatchLinesTest, testing::Values(4096, 7, 1));

TEST_P(BatchLinesTest, Lines) {
  struct Case {
    std::string_view why, text, lines;
  };
  const Case cases[] = {
      {"nothing", "", ""},
      {"no last line end", "folders\ncaps", "1:folders|2:caps|"},
      {"CRLF", "folders\r\ncaps\r\n", "1:folders|2:caps|"},
      {"blank lines and comments count", "\n # why\n\t\nfolders\n#\n",
       "4:folders|"},
      {"a comment is a whole line", "search #x\n", "1:search #x|"},
      {"blanks stay", "  folders \n", "1:  folders |"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(read(std::string(one.text)), one.lines) << one.why;
  }
}

TEST_P(BatchLinesTest, Limits) {
  const std::string longest(kBatchLineOctets, 'x');
  EXPECT_EQ(read(longest + "\ncaps\n"), "1:" + longest + "|2:caps|");
  EXPECT_EQ(read("caps\nx" + longest + "\ncaps\n"),
            "1:caps|! a line of more than 65536 octets");
  EXPECT_EQ(read("caps\nx" + longest),
            "1:caps|! a line of more than 65536 octets");
  EXPECT_EQ(read(std::string("caps\nfol\0ders\n", 13)),
            "1:caps|! NUL in a line");
}

}  // namespace
}  // namespace mailtool::app
