#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool {
namespace {

// The longest valid start, by the definition: one code point after another.
std::size_t by_definition(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto point = next_code_point(text.substr(at));
    if (!point.valid) break;
    at += point.octets;
  }
  return at;
}

void expect_equal_twins(std::string_view text) {
  const auto wanted = by_definition(text);
  ASSERT_EQ(valid_utf8_prefix(text, VectorLevel::scalar), wanted);
  ASSERT_EQ(valid_utf8_prefix(text), wanted) << "of " << text.size();
  std::size_t ascii = 0;
  while (ascii < text.size() && !is_8bit(text[ascii])) ++ascii;
  ASSERT_EQ(ascii_prefix(text, VectorLevel::scalar), ascii);
  ASSERT_EQ(ascii_prefix(text), ascii);
}

class Random {
 public:
  std::uint32_t below(std::uint32_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 33) % limit;
  }

 private:
  std::uint64_t state_ = 42;
};

std::string valid_text(Random& random, std::size_t size) {
  std::string text;
  while (text.size() < size) {
    switch (random.below(6)) {
      case 0: append_utf8(text, 0x80 + random.below(0x780)); break;
      case 1: append_utf8(text, 0x800 + random.below(0xd000)); break;
      case 2: append_utf8(text, 0x10000 + random.below(0x100000)); break;
      default: append_utf8(text, random.below(0x80)); break;
    }
  }
  return text;
}

// Every pair of octets and every lead with critical tails, at every place
// around the ends of the vectors' blocks.
TEST(Utf8Prefix, EveryPairOfOctetsAtEveryPlace) {
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    const char octets[] = {static_cast<char>(pair >> 8),
                           static_cast<char>(pair & 0xff)};
    for (const std::size_t before : {0u, 31u, 62u, 63u, 64u}) {
      std::string text(before, 'a');
      text.append(octets, 2);
      text.append(130 - before, 'b');
      expect_equal_twins(text);
    }
  }
}

TEST(Utf8Prefix, CriticalSequencesAtEveryPlace) {
  std::vector<std::string> sequences;
  const std::string tails("\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0", 8);
  for (unsigned first = 0xc0; first < 0x100; ++first) {
    for (const char second : tails) {
      for (const char third : tails) {
        sequences.push_back({static_cast<char>(first), second, third, '\x80'});
        sequences.push_back({static_cast<char>(first), second, third, 'a'});
      }
    }
  }
  for (const auto& sequence : sequences) {
    for (const std::size_t before : {28u, 29u, 30u, 31u, 60u, 61u, 62u, 63u}) {
      std::string text;
      while (text.size() + 2 <= before) text += "\xc3\xa9";
      text.resize(before, 'a');
      text += sequence;
      expect_equal_twins(text);  // cut off behind it
      text.append(140, 'b');
      expect_equal_twins(text);
    }
  }
}

TEST(Utf8Prefix, DamagedTextAtEveryAlignmentAndLength) {
  Random random;
  for (int round = 0; round < 400; ++round) {
    auto text = valid_text(random, 300);
    if (round % 4 != 0) {
      const auto where = random.below(static_cast<std::uint32_t>(text.size()));
      text[where] = static_cast<char>(random.below(256));
    }
    for (std::size_t begin = 0; begin < 66; begin += 1 + random.below(5)) {
      const std::string_view view = text;
      expect_equal_twins(view.substr(begin));
      expect_equal_twins(view.substr(begin, random.below(230)));
    }
  }
}

TEST(Utf8Prefix, EveryLengthOfWholeText) {
  Random random;
  const auto text = valid_text(random, 400);
  for (std::size_t size = 0; size <= 400; ++size) {
    expect_equal_twins(std::string_view(text).substr(0, size));
  }
}

// The examples of Unicode 3.9, tables 3-8 to 3-11, and their neighbours.
TEST(IllFormedPrefix, IsTheMaximalSubpart) {
  struct {
    std::string_view text;
    unsigned octets;
    bool incomplete;
  } const cases[] = {
      {"\x80", 1, false},
      {"\xc0\xaf", 1, false},
      {"\xc1", 1, false},
      {"\xc2", 1, true},
      {"\xc2\x41", 1, false},
      {"\xe0\x80\x80", 1, false},
      {"\xe0\xa0", 2, true},
      {"\xe1\x80\xe2", 2, false},
      {"\xed\xa0\x80", 1, false},
      {"\xed\x9f", 2, true},
      {"\xf0\x80", 1, false},
      {"\xf0\x90\x80", 3, true},
      {"\xf0\x91\x92\x41", 3, false},
      {"\xf1\xbf\x41", 2, false},
      {"\xf4\x8f\xbf", 3, true},
      {"\xf4\x90", 1, false},
      {"\xf5\x80", 1, false},
      {"\xff", 1, false},
  };
  for (const auto& c : cases) {
    const auto prefix = ill_formed_prefix(c.text);
    EXPECT_EQ(prefix.octets, c.octets) << testing::PrintToString(c.text);
    EXPECT_EQ(prefix.incomplete, c.incomplete)
        << testing::PrintToString(c.text);
  }
}

}  // namespace
}  // namespace mailtool
