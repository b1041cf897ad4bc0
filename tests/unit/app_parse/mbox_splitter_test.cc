#include "app/mbox_splitter.h"

#include <gtest/gtest.h>

#include "support/mbox_messages.h"

namespace mailtool::app {
namespace {

using Messages = std::vector<test::MboxMessage>;

constexpr std::string_view kRd = "mboxrd";
constexpr std::string_view kCl = "mboxcl2";

struct Case {
  const char* why;
  std::string_view input;
  Messages expected;
};

const Case kCases[] = {
    {"no mbox",
     "A: b\n\nFrom x May 12:00\n",
     {{0, "", "A: b\n\nFrom x May 12:00\n", true}}},
    {"a From_ line without a date",
     "From x\nA: b\n\nFrom x May 12:00\n",
     {{0, "", "From x\nA: b\n\nFrom x May 12:00\n", true}}},
    {"one",
     "From a May 12:00\nA: b\n\nx\n\n",
     {{0, kRd, "From a May 12:00\nA: b\n\nx\n", true}}},
    {"two",
     "From a May 12:00\nA: b\n\nx\n\nFrom b May 12:01\nC: d\n\ny\n\n",
     {{0, kRd, "From a May 12:00\nA: b\n\nx\n", true},
      {26, kRd, "From b May 12:01\nC: d\n\ny\n", true}}},
    {"CRLF",
     "From a May 12:00\r\nA: b\r\n\r\nx\r\n\r\nFrom b May 12:01\r\n\r\n",
     {{0, kRd, "From a May 12:00\r\nA: b\r\n\r\nx\r\n", true},
      {31, kRd, "From b May 12:01\r\n", true}}},
    {"a sentence is no separator",
     "From a May 12:00\nA: b\n\nx\n\nFrom here on\n",
     {{0, kRd, "From a May 12:00\nA: b\n\nx\n\nFrom here on\n", true}}},
    {"no empty line before it",
     "From a May 12:00\nA: b\n\nx\nFrom b May 12:01\n",
     {{0, kRd, "From a May 12:00\nA: b\n\nx\nFrom b May 12:01\n", true}}},
    {"a line with a CR alone is not empty",
     "From a May 12:00\nA: b\n\nx\r\r\nFrom b May 12:01\n",
     {{0, kRd, "From a May 12:00\nA: b\n\nx\r\r\nFrom b May 12:01\n", true}}},
    {"several empty lines",
     "From a May 12:00\n\n\n\nFrom b May 12:01\n",
     {{0, kRd, "From a May 12:00\n\n\n", true},
      {20, kRd, "From b May 12:01\n", true}}},
    {"ends in mid-line",
     "From a May 12:00\nA: b",
     {{0, kRd, "From a May 12:00\nA: b", true}}},
    {"ends in a separator",
     "From a May 12:00\n\nFrom b May 12:01",
     {{0, kRd, "From a May 12:00\n", true},
      {18, kRd, "From b May 12:01", true}}},
    {"bare From_ lines, where the first is one",
     "From \nA: b\n\nx\n\nFrom \r\nC: d\n\n",
     {{0, kRd, "From \nA: b\n\nx\n", true},
      {15, kRd, "From \r\nC: d\n", true}}},
    {"a bare From_ line elsewhere is text",
     "From a May 12:00\nA: b\n\nx\n\nFrom \ny\n",
     {{0, kRd, "From a May 12:00\nA: b\n\nx\n\nFrom \ny\n", true}}},
    {"empty", "", {}},
};

const Case kCounted[] = {
    {"Content-Length leads over a From_ line",
     "From a May 12:00\nContent-Length: 21\n\nx\n\nFrom b May 12:01\n\n\nFrom "
     "c "
     "May 12:02\n\n",
     {{0, kCl,
       "From a May 12:00\nContent-Length: 21\n\nx\n\nFrom b May 12:01\n\n",
       true},
      {59, "mbox", "From c May 12:02\n", true}}},
    {"to the end",
     "From a May 12:00\ncontent-LENGTH:\t2 \n\nx\n",
     {{0, kCl, "From a May 12:00\ncontent-LENGTH:\t2 \n\nx\n", true}}},
    {"to the end, an empty line behind it",
     "From a May 12:00\r\nContent-Length: 3\r\n\r\nx\r\n\r\n",
     {{0, kCl, "From a May 12:00\r\nContent-Length: 3\r\n\r\nx\r\n", true}}},
    {"no body",
     "From a May 12:00\nContent-Length: 0\n\nFrom b May 12:01\n\n",
     {{0, kCl, "From a May 12:00\nContent-Length: 0\n\n", true},
      {36, "mbox", "From b May 12:01\n", true}}},
    {"a body without a line end",
     "From a May 12:00\nContent-Length: 1\n\nx\n\nFrom b May 12:01\n\n",
     {{0, kCl, "From a May 12:00\nContent-Length: 1\n\nx", true},
      {39, "mbox", "From b May 12:01\n", true}}},
    {"into the middle of a line",
     "From a May 12:00\nContent-Length: 1\n\nx From b May 12:01\n\nFrom b May "
     "12:01\n\n",
     {{0, kRd, "From a May 12:00\nContent-Length: 1\n\nx From b May 12:01\n",
       true},
      {56, kRd, "From b May 12:01\n", true}}},
    {"to what only looks like a From_ line",
     "From a May 12:00\nContent-Length: 2\n\nxFrom b May 12:01\n\n",
     {{0, kRd, "From a May 12:00\nContent-Length: 2\n\nxFrom b May 12:01\n",
       true}}},
    {"too short",
     "From a May 12:00\nContent-Length: 2\n\nx\ny\n\nFrom b May 12:01\n\n",
     {{0, kRd, "From a May 12:00\nContent-Length: 2\n\nx\ny\n", true},
      {41, kRd, "From b May 12:01\n", true}}},
    {"beyond the end",
     "From a May 12:00\nContent-Length: 9\n\nx\n\n",
     {{0, kRd, "From a May 12:00\nContent-Length: 9\n\nx\n", true}}},
    {"absurd",
     "From a May 12:00\nContent-Length: 18446744073709551615\n\nx\n\n",
     {{0, kRd, "From a May 12:00\nContent-Length: 18446744073709551615\n\nx\n",
       true}}},
    {"not of the header",
     "From a May 12:00\nA: b\n\nx\nContent-Length: 0\n\n\nFrom b May 12:00\n",
     {{0, kRd, "From a May 12:00\nA: b\n\nx\nContent-Length: 0\n\n", true},
      {45, kRd, "From b May 12:00\n", true}}},
    {"without a Content-Length after one that was right",
     "From a May 12:00\nContent-Length: 2\n\nx\n\nFrom b May 12:01\nA: "
     "b\n\n\nFrom c May 12:02\nContent-Length: 0\n\n",
     {{0, kCl, "From a May 12:00\nContent-Length: 2\n\nx\n", true},
      {39, "mbox", "From b May 12:01\nA: b\n\n", true},
      {63, kCl, "From c May 12:02\nContent-Length: 0\n\n", true}}},
};

void expect_at_any_split(const Case& c) {
  for (std::size_t piece = 1; piece <= c.input.size() + 1; ++piece) {
    EXPECT_EQ(test::split_mbox(c.input, piece), c.expected)
        << c.why << ", pieces of " << piece;
  }
}

TEST(MboxSplitter, AnyPiecesGiveTheSameMessages) {
  for (const auto& c : kCases) expect_at_any_split(c);
}

TEST(MboxSplitter, AContentLengthIsBelievedWhereItLeadsToTheNext) {
  for (const auto& c : kCounted) expect_at_any_split(c);
}

TEST(MboxSplitter, ALongFromLineIsJudgedByItsStart) {
  const auto line = "From a May 12:00 " + std::string(100'000, 'x') + "\n";
  const auto late = "From a " + std::string(600, 'x') + " May 12:00\n";
  EXPECT_EQ(test::split_mbox(line + "\n" + line, 777).size(), 2u);
  EXPECT_EQ(test::split_mbox(line + "\n" + late, 777).size(), 1u);
}

TEST(MboxSplitter, ALongHeaderHidesItsContentLength) {
  const std::string_view from = "From a May 12:00\n";
  const std::string_view rest = "Content-Length: 2\n\nx\n";
  for (const std::size_t room : {0u, 1u, 2u, 3u, 20u}) {
    auto input = std::string(from) + "X: ";
    input.append(MboxSplitter::kHeaderLook - input.size() - room, 'x');
    input.append("\n").append(rest);
    const auto flavour = room == 20 ? kCl : kRd;
    for (const std::size_t piece : {100u, 1000u, 33'000u, 100'000u}) {
      const auto messages = test::split_mbox(input, piece);
      ASSERT_EQ(messages.size(), 1u);
      EXPECT_EQ(messages[0].flavour, flavour) << room << ' ' << piece;
    }
  }
}

TEST(MboxSplitter, HoldsBackLessThanAWindow) {
  test::MboxRecorder recorder;
  MboxSplitter splitter(recorder, nullptr);
  const auto header =
      "From a May 12:00\n" + std::string(MboxSplitter::kMinWindow, 'c');
  const auto taken = splitter.take(header, false);
  ASSERT_TRUE(taken);
  EXPECT_GT(*taken, MboxSplitter::kMinWindow / 2);
}

TEST(MboxSplitter, BelievesNothingItCannotSee) {
  test::MboxRecorder recorder;
  MboxSplitter splitter(recorder, nullptr);
  ASSERT_TRUE(splitter.take("From a May 12:00\nContent-Length: 0\n\n", true));
  ASSERT_EQ(recorder.messages.size(), 1u);
  EXPECT_EQ(recorder.messages[0].flavour, kRd);
}

}  // namespace
}  // namespace mailtool::app
