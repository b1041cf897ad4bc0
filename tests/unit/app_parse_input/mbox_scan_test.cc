#include "app/mbox_scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace mailtool::app {
namespace {

constexpr auto kNone = std::string_view::npos;

// The octets that matter, and little else: marks at every place in a block.
std::string dense_text(std::mt19937& random, std::size_t size) {
  constexpr std::string_view kPieces[] = {
      "\n",
      "\n",
      "\nFrom ",
      "\nFro",
      "F",
      "From ",
      "\r",
      "c",
      "C",
      "x",
      "0123456789abdefghijklmnopqrstuvwxyz0123456789"};
  std::string text;
  while (text.size() < size) text += kPieces[random() % std::size(kPieces)];
  text.resize(size);
  return text;
}

template <class Find>
void expect_twins_agree(Find find) {
  std::mt19937 random(1);
  for (int round = 0; round < 4000; ++round) {
    const auto text = dense_text(random, random() % 400);
    // A copy that ends where its memory ends, at any alignment.
    const auto skip =
        text.empty() ? 0 : random() % std::min<std::size_t>(text.size(), 64);
    const std::vector<char> exact(text.begin() + static_cast<long>(skip),
                                  text.end());
    const std::string_view view(exact.data(), exact.size());
    for (std::size_t from = 0; from <= view.size(); ++from) {
      ASSERT_EQ(find(view, from, vector_level()),
                find(view, from, VectorLevel::scalar))
          << text << " from " << from;
    }
  }
}

TEST(MboxScan, TwinsAgree) {
  expect_twins_agree([](auto... all) { return find_from_line(all...); });
  expect_twins_agree([](auto... all) { return find_header_mark(all...); });
}

TEST(MboxScan, FindsAtEveryPlace) {
  for (const auto level : {VectorLevel::scalar, vector_level()}) {
    for (std::size_t at = 0; at < 200; ++at) {
      for (std::size_t behind = 0; behind < 70; behind += 3) {
        std::string text(at, 'F');
        text += "\nFrom " + std::string(behind, 'r');
        EXPECT_EQ(find_from_line(text, 0, level), at);
        EXPECT_EQ(find_from_line(text, at, level), at);
        EXPECT_EQ(find_from_line(text, at + 1, level), kNone);
        text[at + 1] = 'c';
        EXPECT_EQ(find_header_mark(text, 0, level), at);
        EXPECT_EQ(find_from_line(text, 0, level), kNone);
      }
    }
  }
}

TEST(MboxScan, TellsNothingOfWhatIsCutOff) {
  EXPECT_EQ(find_from_line("\nFrom", 0), kNone);
  EXPECT_EQ(find_header_mark("\n", 0), kNone);
  EXPECT_EQ(find_header_mark("", 0), kNone);
  EXPECT_EQ(find_from_line("", 0), kNone);
}

}  // namespace
}  // namespace mailtool::app
