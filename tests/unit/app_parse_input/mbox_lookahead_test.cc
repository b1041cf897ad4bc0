#include "app/mbox_lookahead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace mailtool::app {
namespace {

// Gives a text a few octets at a time, as pipes do.
class DrippingSource : public Source {
 public:
  DrippingSource(std::string_view text, std::mt19937& random)
      : rest_(text), random_(random) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto most = std::min(into.size(), rest_.size());
    const auto count =
        most == 0 ? 0 : rest_.copy(into.data(), 1 + random_() % most);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  std::mt19937& random_;
};

std::string counting_text(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + ' ';
  text.resize(size);
  return text;
}

TEST(PipeLookahead, LookingAheadChangesNothingOfWhatIsRead) {
  const auto text = counting_text(3'000'000);
  std::mt19937 random(1);
  for (int round = 0; round < 8; ++round) {
    DrippingSource source(text, random);
    PipeLookahead pipe(source, testing::TempDir());
    std::string read;
    std::string piece(100'000, '\0');
    for (;;) {
      if (random() % 4 == 0) {
        const auto at = read.size() + random() % 2'000'000;
        std::string ahead(1 + random() % 1000, '\0');
        const auto count = pipe.read_at(at, ahead);
        ASSERT_TRUE(count);
        const auto expected =
            at < text.size() ? text.substr(at, ahead.size()) : std::string();
        ASSERT_EQ(ahead.substr(0, *count), expected);
      }
      const auto count =
          pipe.read_some({piece.data(), 1 + random() % piece.size()});
      ASSERT_TRUE(count);
      if (*count == 0) break;
      read.append(piece, 0, *count);
    }
    EXPECT_EQ(read, text);
  }
}

TEST(PipeLookahead, TheEndIsReadAgainAsTheEnd) {
  StringSource source("abc");
  PipeLookahead pipe(source, testing::TempDir());
  std::string into(10, '\0');
  EXPECT_EQ(pipe.read_at(3, into).has_value(), true);
  EXPECT_EQ(*pipe.read_at(1, into), 2u);
  EXPECT_EQ(*pipe.read_some(into), 3u);
  EXPECT_EQ(*pipe.read_some(into), 0u);
  EXPECT_EQ(*pipe.read_at(7, into), 0u);
}

}  // namespace
}  // namespace mailtool::app
