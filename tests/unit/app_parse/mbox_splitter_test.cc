#include "app/mbox_splitter.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace mailtool::app {
namespace {

using Messages = std::vector<std::pair<std::uint64_t, std::string>>;

Messages split_in_pieces(std::string_view input, std::size_t piece) {
  Messages messages;
  int ended = 0;
  MboxSplitter splitter({
      .begin = [&](std::uint64_t at) { messages.push_back({at, ""}); },
      .octets = [&](std::string_view part) { messages.back().second += part; },
      .end = [&]() -> Result<void> {
        ++ended;
        return {};
      },
  });
  for (std::size_t at = 0; at < input.size(); at += piece) {
    EXPECT_TRUE(splitter.feed(input.substr(at, piece)));
  }
  EXPECT_TRUE(splitter.finish());
  EXPECT_EQ(ended, static_cast<int>(messages.size()));
  return messages;
}

struct Case {
  const char* why;
  std::string_view input;
  Messages expected;
};

const Case kCases[] = {
    {"no mbox", "A: b\n\nFrom x 12:00\n", {{0, "A: b\n\nFrom x 12:00\n"}}},
    {"one", "From a 12:00\nA: b\n\nx\n\n", {{0, "From a 12:00\nA: b\n\nx\n"}}},
    {"two",
     "From a 12:00\nA: b\n\nx\n\nFrom b 12:01\nC: d\n\ny\n\n",
     {{0, "From a 12:00\nA: b\n\nx\n"}, {22, "From b 12:01\nC: d\n\ny\n"}}},
    {"CRLF",
     "From a 12:00\r\nA: b\r\n\r\nx\r\n\r\nFrom b 12:01\r\n\r\n",
     {{0, "From a 12:00\r\nA: b\r\n\r\nx\r\n"}, {27, "From b 12:01\r\n"}}},
    {"a sentence is no separator",
     "From a 12:00\nA: b\n\nx\n\nFrom here on\n",
     {{0, "From a 12:00\nA: b\n\nx\n\nFrom here on\n"}}},
    {"no empty line before it",
     "From a 12:00\nA: b\n\nx\nFrom b 12:01\n",
     {{0, "From a 12:00\nA: b\n\nx\nFrom b 12:01\n"}}},
    {"several empty lines",
     "From a 12:00\n\n\n\nFrom b 12:01\n",
     {{0, "From a 12:00\n\n\n"}, {16, "From b 12:01\n"}}},
    {"ends in mid-line", "From a 12:00\nA: b", {{0, "From a 12:00\nA: b"}}},
    {"ends in a separator",
     "From a 12:00\n\nFrom b 12:01",
     {{0, "From a 12:00\n"}, {14, "From b 12:01"}}},
    {"empty", "", {}},
};

TEST(MboxSplitter, AnyPiecesGiveTheSameMessages) {
  for (const auto& c : kCases) {
    for (std::size_t piece = 1; piece <= c.input.size() + 1; ++piece) {
      EXPECT_EQ(split_in_pieces(c.input, piece), c.expected)
          << c.why << ", pieces of " << piece;
    }
  }
}

TEST(MboxSplitter, ALongFromLineIsJudgedByItsStart) {
  const auto line = "From a 12:00 " + std::string(100'000, 'x') + "\n";
  const auto messages = split_in_pieces(line + "\n" + line, 777);
  EXPECT_EQ(messages.size(), 2u);
}

}  // namespace
}  // namespace mailtool::app
