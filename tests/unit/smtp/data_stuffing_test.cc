#include "mailtool/smtp/data_stuffing.h"

#include <gtest/gtest.h>

namespace mailtool::smtp {
namespace {

const TextRules kMend{.refuse_bare_cr = false};

// The wire form, fed `chunk` octets at a time; nullopt when refused.
std::optional<std::string> stuff(std::string_view message, std::size_t chunk,
                                 const TextRules& rules = {}) {
  DataStuffer stuffer(rules);
  std::string wire;
  for (std::size_t i = 0; i < message.size(); i += chunk) {
    if (!stuffer.feed(message.substr(i, chunk), wire)) return std::nullopt;
  }
  if (!stuffer.finish(wire)) return std::nullopt;
  return wire;
}

std::string unstuff(std::string_view wire, std::size_t chunk,
                    std::size_t* used = nullptr) {
  DataUnstuffer unstuffer;
  std::string message;
  std::size_t total = 0;
  for (std::size_t i = 0; i < wire.size() && !unstuffer.done(); i += chunk) {
    total += unstuffer.feed(wire.substr(i, chunk), message);
  }
  EXPECT_TRUE(unstuffer.done());
  if (used) *used = total;
  return message;
}

struct Case {
  const char* why;
  std::string message;
  std::string normal;  // with CRLF line ends
  std::string wire;
};

const Case kCases[] = {
    {"empty", "", "", ".\r\n"},
    {"LF", "a\nb\n", "a\r\nb\r\n", "a\r\nb\r\n.\r\n"},
    {"CRLF", "a\r\nb\r\n", "a\r\nb\r\n", "a\r\nb\r\n.\r\n"},
    {"mixed", "a\r\nb\nc\r\n", "a\r\nb\r\nc\r\n", "a\r\nb\r\nc\r\n.\r\n"},
    {"last line without end", "a\nb", "a\r\nb\r\n", "a\r\nb\r\n.\r\n"},
    {"dot", ".", ".\r\n", "..\r\n.\r\n"},
    {"dots", ".\n..\n.a\na.\n", ".\r\n..\r\n.a\r\na.\r\n",
     "..\r\n...\r\n..a\r\na.\r\n.\r\n"},
    {"end of data inside", "a\r\n.\r\nQUIT\r\n", "a\r\n.\r\nQUIT\r\n",
     "a\r\n..\r\nQUIT\r\n.\r\n"},
    {"bare LF dot LF", "a\n.\nb", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
    {"empty lines", "\n\n", "\r\n\r\n", "\r\n\r\n.\r\n"},
    {"NUL and 8 bit", std::string("a\0\xff\n", 4), std::string("a\0\xff\r\n", 5),
     std::string("a\0\xff\r\n.\r\n", 8)},
};

TEST(DataStuffing, WithoutDotsForBdat) {
  for (const auto& c : kCases) {
    for (std::size_t chunk = 1; chunk <= c.message.size() + 1; ++chunk) {
      EXPECT_EQ(stuff(c.message, chunk, {.dots = false}), c.normal)
          << c.why << " in chunks of " << chunk;
    }
  }
}

TEST(DataStuffing, TableAcrossEverySplit) {
  for (const auto& c : kCases) {
    for (std::size_t chunk = 1; chunk <= 8; ++chunk) {
      EXPECT_EQ(stuff(c.message, chunk), c.wire) << c.why << ' ' << chunk;
      EXPECT_EQ(unstuff(c.wire, chunk), c.normal) << c.why << ' ' << chunk;
    }
  }
}

TEST(DataStuffing, BareCr) {
  struct {
    const char* message;
    const char* mended;
  } const cases[] = {
      {"a\rb\n", "a\r\nb\r\n.\r\n"},
      {"a\r", "a\r\n.\r\n"},
      {"a\r\r\nb", "a\r\n\r\nb\r\n.\r\n"},
      {"a\r.\r\nb", "a\r\n..\r\nb\r\n.\r\n"},  // no smuggled end of data
      {"\r", "\r\n.\r\n"},
  };
  for (const auto& c : cases) {
    for (std::size_t chunk = 1; chunk <= 4; ++chunk) {
      EXPECT_EQ(stuff(c.message, chunk), std::nullopt) << c.message;
      EXPECT_EQ(stuff(c.message, chunk, kMend), c.mended) << c.message;
    }
  }
}

TEST(DataStuffing, RefusalsNameTheLine) {
  std::string wire;
  DataStuffer stuffer({.refuse_bare_cr = true, .refuse_nul = true});
  const auto cr = stuffer.feed("a\nb\rc", wire);
  ASSERT_FALSE(cr);
  EXPECT_EQ(cr.error().kind, ErrorKind::bad_input);
  EXPECT_EQ(cr.error().what, "bare CR in line 2 of the message");
  DataStuffer other({.refuse_bare_cr = true, .refuse_nul = true});
  const auto nul = other.feed(std::string_view("a\n\nb\0", 5), wire);
  ASSERT_FALSE(nul);
  EXPECT_EQ(nul.error().what, "NUL in line 3 of the message");
}

// A small alphabet and every length up to 6: all that can go wrong at a line
// end, whatever the split.
TEST(DataStuffing, RoundTripOfEveryShortText) {
  const std::string alphabet = "a.\r\n";
  for (std::size_t length = 0; length <= 6; ++length) {
    std::vector<std::size_t> digits(length, 0);
    for (;;) {
      std::string text;
      for (const auto d : digits) text += alphabet[d];
      const auto whole = stuff(text, 64, kMend);
      ASSERT_TRUE(whole);
      ASSERT_EQ(stuff(text, 1, kMend), whole);
      std::size_t used = 0;
      const auto normal = unstuff(*whole, 1, &used);
      ASSERT_EQ(used, whole->size());  // nothing ends it early
      ASSERT_EQ(unstuff(*whole, 64), normal);
      ASSERT_EQ(stuff(normal, 64), whole);  // normal texts stay as they are
      std::size_t i = 0;
      while (i < length && ++digits[i] == alphabet.size()) digits[i++] = 0;
      if (i == length) break;
    }
  }
}

TEST(DataUnstuffer, OnlyCrlfDotCrlfEndsIt) {
  const std::string wire = "a\n.\nb\r.\rc\n.\r\nd\r\n.\ne\r\n.\r\nREST";
  for (std::size_t chunk = 1; chunk <= wire.size(); ++chunk) {
    std::size_t used = 0;
    EXPECT_EQ(unstuff(wire, chunk, &used), "a\n.\nb\r.\rc\n.\r\nd\r\n\ne\r\n");
    EXPECT_EQ(used, wire.size() - 4);
  }
}

TEST(DataStuffing, Facts) {
  const std::string text = "a\n" + std::string(998, 'b') + "\n." +
                           std::string(998, 'c') + "\r\n\xc3\xa9";
  StringSource source(text);
  const auto facts = examine(source);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->lines, 4u);
  EXPECT_EQ(facts->octets, 3u + 1000u + 1001u + 4u);
  EXPECT_EQ(facts->long_lines, 1u);
  EXPECT_EQ(facts->first_long_line, 3u);
  EXPECT_TRUE(facts->eight_bit);

  StringSource plain("plain text of more than eight octets\n");
  EXPECT_FALSE(examine(plain)->eight_bit);
  StringSource bad("a\rb");
  EXPECT_FALSE(examine(bad));
}

// A line end in every octet is the worst case of all loops here.
TEST(DataStuffing, ManyBareCrAreLinear) {
  std::string wire;
  DataStuffer stuffer(kMend);
  ASSERT_TRUE(stuffer.feed(std::string(4'000'000, '\r'), wire));
  ASSERT_TRUE(stuffer.finish(wire));
  EXPECT_EQ(stuffer.facts().lines, 4'000'000u);
}

}  // namespace
}  // namespace mailtool::smtp
