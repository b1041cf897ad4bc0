// Known messages under new unique-ids: what is matched, and what must not be.

#include "app/fetch_rebase_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mailtool::app {
namespace {

constexpr std::uint64_t kUnknown = UINT64_MAX;

// Odd digests are of headers with a Message-ID.
struct Side {
  std::uint64_t digest;
  std::uint64_t size;
};

// "known>arrived" for each match, in the order of known, with h for a header
// alone and s for a size alone.
std::string matches(const std::vector<Side>& known,
                    const std::vector<Side>& arrived) {
  const auto numbered = [](const std::vector<Side>& side) {
    std::vector<RebaseMessage> messages;
    for (const auto& one : side) {
      messages.push_back(
          {one.digest, one.size, static_cast<std::uint32_t>(messages.size())});
    }
    return messages;
  };
  auto found = match_renamed(numbered(known), numbered(arrived));
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.known < b.known; });
  std::string text;
  for (const auto& match : found) {
    text += (text.empty() ? "" : " ") + std::to_string(match.known) + ">" +
            std::to_string(match.arrived);
    if (match.by == RebaseMatch::By::header) text += "h";
    if (match.by == RebaseMatch::By::size) text += "s";
  }
  return text;
}

TEST(RebaseMatch, ByHeaderAndSize) {
  EXPECT_EQ(matches({{11, 100}, {13, 100}}, {{13, 100}, {11, 100}}), "0>1 1>0");
  EXPECT_EQ(matches({{11, 100}}, {{13, 100}}), "");
  EXPECT_EQ(matches({}, {{13, 100}}), "");
  EXPECT_EQ(matches({{11, 100}}, {}), "");
}

TEST(RebaseMatch, TheSizeBreaksTies) {
  EXPECT_EQ(matches({{11, 100}, {11, 200}}, {{11, 200}, {11, 100}}), "0>1 1>0");
}

TEST(RebaseMatch, ACopyMoreThanIsKnownIsNew) {
  EXPECT_EQ(matches({{11, 100}}, {{11, 100}, {11, 100}}), "0>0");
  EXPECT_EQ(matches({{11, 100}, {11, 100}}, {{11, 100}}), "0>0");
  EXPECT_EQ(matches({{11, 100}}, {{11, 200}, {11, 100}}), "0>1");
}

TEST(RebaseMatch, OtherSizesNeedAMessageId) {
  EXPECT_EQ(matches({{11, 100}, {13, 50}}, {{11, 105}, {13, 55}}), "0>0h 1>1h");
  EXPECT_EQ(matches({{12, 100}}, {{12, 105}}), "");
  EXPECT_EQ(matches({{12, 100}}, {{12, 100}}), "0>0");
  EXPECT_EQ(matches({{11, kUnknown}}, {{11, 100}}), "0>0h");
  EXPECT_EQ(matches({{11, 100}}, {{11, kUnknown}}), "0>0h");
  EXPECT_EQ(matches({{12, kUnknown}}, {{12, kUnknown}}), "");
}

TEST(RebaseMatch, BySizeOnlyWhereItIsAloneOnBothSides) {
  EXPECT_EQ(matches({{0, 100}, {0, 200}}, {{11, 200}, {11, 100}}), "0>1s 1>0s");
  EXPECT_EQ(matches({{11, 100}}, {{0, 100}}), "0>0s");
  EXPECT_EQ(matches({{0, 100}, {0, 100}}, {{0, 100}}), "");
  EXPECT_EQ(matches({{0, 100}}, {{0, 100}, {0, 100}}), "");
  EXPECT_EQ(matches({{0, kUnknown}}, {{0, kUnknown}}), "");
  // The other of that size is known by its header, and speaks against it too.
  EXPECT_EQ(matches({{0, 100}, {11, 100}}, {{13, 100}}), "");
}

TEST(RebaseMatch, WhatIsMatchedByHeaderLeavesASizeAlone) {
  EXPECT_EQ(matches({{0, 100}, {11, 100}}, {{11, 100}, {13, 100}}), "0>1s 1>0");
}

TEST(RebaseMatch, AMillionOfOneHeaderAndSize) {
  const std::vector<Side> all(1'000'000, {11, 100});
  const auto found = matches(all, all);
  EXPECT_EQ(std::count(found.begin(), found.end(), '>'), 1'000'000);
}

TEST(SharedSizes, CountsEachAsOftenAsBothHaveIt) {
  EXPECT_EQ(shared_sizes({}, {}), 0u);
  EXPECT_EQ(shared_sizes({3, 1, 2}, {2, 4, 3}), 2u);
  EXPECT_EQ(shared_sizes({1, 1, 1}, {1, 1}), 2u);
}

}  // namespace
}  // namespace mailtool::app
