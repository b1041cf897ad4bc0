#include "mailtool/imap/sequence_set.h"

#include <gtest/gtest.h>

namespace mailtool::imap {
namespace {

struct Case {
  const char* why;
  const char* text;
  const char* wire;  // null: must be refused
};

// clang-format off
const Case kCases[] = {
  {"one number",            "7",                     "7"},
  {"RFC 9051 section 9",    "2,4:7,9,12:*",          "2,4:7,9,12:*"},
  {"neighbours merge",      "1,2,3,5",               "1:3,5"},
  {"unsorted",              "9,1,5",                 "1,5,9"},
  {"descending range",      "9:4",                   "4:9"},
  {"overlap",               "1:10,5:20",             "1:20"},
  {"star first",            "*:4",                   "4:*"},
  {"star alone",            "*",                     "*"},
  {"a range never expands", "1:4294967294",          "1:4294967294"},
  {"the largest is star",   "4294967295",            "*"},
  {"empty",                 "",                      nullptr},
  {"zero",                  "0",                     nullptr},
  {"zero in a range",       "0:4",                   nullptr},
  {"too large",             "4294967296",            nullptr},
  {"negative",              "-1",                    nullptr},
  {"blank",                 "1, 2",                  nullptr},
  {"comma at the end",      "1,",                    nullptr},
  {"half a range",          "1:",                    nullptr},
  {"three in a range",      "1:2:3",                 nullptr},
  {"letters",               "1a",                    nullptr},
};
// clang-format on

TEST(SequenceSet, Table) {
  for (const auto& c : kCases) {
    const auto set = parse_sequence_set(c.text);
    ASSERT_EQ(set.has_value(), c.wire != nullptr) << c.why;
    if (!set) continue;
    EXPECT_EQ(to_wire(*set), c.wire) << c.why;
    EXPECT_EQ(parse_sequence_set(to_wire(*set)), set) << c.why;
  }
}

TEST(SequenceSet, AddKeepsRangesInAnyOrder) {
  SequenceSet set;
  for (const std::uint32_t n : {5U, 7U, 6U, 1U, 5U, 9U, 2U, 8U}) set.add(n);
  EXPECT_EQ(to_wire(set), "1:2,5:9");
  EXPECT_EQ(set.count(), 7u);
  EXPECT_TRUE(set.contains(6));
  EXPECT_FALSE(set.contains(3));
  EXPECT_FALSE(set.contains(10));
}

TEST(SequenceSet, Algebra) {
  const auto a = *parse_sequence_set("1:10,20:30");
  const auto b = *parse_sequence_set("5:25,40");
  EXPECT_EQ(to_wire(a.intersect(b)), "5:10,20:25");
  EXPECT_EQ(to_wire(a.minus(b)), "1:4,26:30");
  EXPECT_EQ(to_wire(b.minus(a)), "11:19,40");
  EXPECT_TRUE(a.minus(*parse_sequence_set("1:*")).empty());
}

TEST(SequenceSet, FirstAndLast) {
  const auto set = *parse_sequence_set("1:3,10,20:22");
  EXPECT_EQ(to_wire(set.first(4)), "1:3,10");
  EXPECT_EQ(to_wire(set.last(4)), "10,20:22");
  EXPECT_EQ(to_wire(set.last(2)), "21:22");
  EXPECT_EQ(set.last(100), set);
  EXPECT_TRUE(set.first(0).empty());
}

TEST(SequenceSet, SplitsBelowTheLimitAndLosesNothing) {
  SequenceSet set;
  for (std::uint32_t n = 1; n < 20'000; n += 2) set.add(n);
  std::vector<Range> again;
  const auto lines = split_to_wire(set, 8000);
  EXPECT_GT(lines.size(), 5u);
  for (const auto& line : lines) {
    EXPECT_LE(line.size(), 8000u);
    const auto part = parse_sequence_set(line);
    ASSERT_TRUE(part);
    again.insert(again.end(), part->ranges().begin(), part->ranges().end());
  }
  EXPECT_EQ(SequenceSet(again), set);
}

TEST(SequenceSet, AMillionScatteredNumbers) {
  std::string text;
  for (std::uint32_t n = 1; n <= 1'000'000; ++n) {
    text += std::to_string(n * 2) + (n < 1'000'000 ? "," : "");
  }
  const auto set = parse_sequence_set(text);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->count(), 1'000'000u);
}

}  // namespace
}  // namespace mailtool::imap
