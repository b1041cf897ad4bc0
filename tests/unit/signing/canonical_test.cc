#include "mailtool/signing/canonical.h"

#include <gtest/gtest.h>

#include <random>

#include "signer.h"

namespace mailtool::signing {
namespace {

constexpr auto kSimple = Canonicalization::simple;
constexpr auto kRelaxed = Canonicalization::relaxed;

std::string canonical(Canonicalization kind, std::string_view body,
                      std::size_t chunk) {
  StringSink out(1 << 20);
  BodyCanonicalizer canonicalizer(kind, out);
  for (std::size_t i = 0; i < body.size(); i += chunk)
    EXPECT_TRUE(canonicalizer.write(body.substr(i, chunk)));
  EXPECT_TRUE(canonicalizer.finish());
  return out.take();
}

TEST(CanonicalField, FollowsTheRules) {
  const struct {
    const char* why;
    HeaderField field;
    const char* simple;
    const char* relaxed;
  } kCases[] = {
      {"RFC 6376 section 3.4.5, A", {"A", " X"}, "A: X", "a:X"},
      {"RFC 6376 section 3.4.5, B",
       {"B ", " Y\t\r\n\tZ  "},
       "B : Y\t\r\n\tZ  ",
       "b:Y Z"},
      {"LF is CRLF", {"A", " x\n y"}, "A: x\r\n y", "a:x y"},
      {"empty", {"A", ""}, "A:", "a:"},
      {"blank", {"A", " \t "}, "A: \t ", "a:"},
      {"a fold of nothing", {"A", "\r\n "}, "A:\r\n ", "a:"},
      {"tab before the colon", {"aB\t", "x"}, "aB\t:x", "ab:x"},
      {"bare CR stays", {"A", " x\ry"}, "A: x\ry", "a:x\ry"},
      {"no blank after the colon", {"A", "x  y"}, "A:x  y", "a:x y"},
      {"colon in the value", {"A", " x : y"}, "A: x : y", "a:x : y"},
      {"8 bit", {"A", " \xff\xa0 "}, "A: \xff\xa0 ", "a:\xff\xa0"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(canonical_field(kSimple, c.field), c.simple) << c.why;
    EXPECT_EQ(canonical_field(kRelaxed, c.field), c.relaxed) << c.why;
  }
}

struct BodyCase {
  const char* why;
  const char* body;
  const char* simple;
  const char* relaxed;
};

constexpr BodyCase kBodies[] = {
    {"RFC 6376 section 3.4.5", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n",
     " C\r\nD E\r\n"},
    {"empty", "", "\r\n", ""},
    {"one empty line", "\r\n", "\r\n", ""},
    {"empty lines", "\r\n\r\n\r\n", "\r\n", ""},
    {"no line end", "a", "a\r\n", "a\r\n"},
    {"blank line last", "a\r\n \r\n", "a\r\n \r\n", "a\r\n"},
    {"blank line alone", " \t", " \t\r\n", ""},
    {"empty lines inside", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n",
     "a\r\n\r\n\r\nb\r\n"},
    {"empty lines first", "\r\n\r\na", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
    {"LF is CRLF", "a\n\nb\n\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
    {"mixed line ends", "a\r\nb\nc\r\n\n", "a\r\nb\r\nc\r\n",
     "a\r\nb\r\nc\r\n"},
    {"bare CR stays", "a\rb\r\n", "a\rb\r\n", "a\rb\r\n"},
    {"CR before CRLF", "a\r\r\n", "a\r\r\n", "a\r\r\n"},
    {"CR last", "a\r", "a\r\r\n", "a\r\r\n"},
    {"CR alone", "\r", "\r\r\n", "\r\r\n"},
    {"blank, CR, text", "a \rb\r\n", "a \rb\r\n", "a \rb\r\n"},
    {"blanks first in a line", "  a\t\r\n", "  a\t\r\n", " a\r\n"},
    {"no-break space is none", "a\xa0\r\n", "a\xa0\r\n", "a\xa0\r\n"},
};

TEST(CanonicalBody, FollowsTheRulesAtEverySplit) {
  for (const auto& c : kBodies) {
    const std::string_view body = c.body;
    for (std::size_t chunk = 1; chunk <= body.size() + 1; ++chunk) {
      EXPECT_EQ(canonical(kSimple, body, chunk), c.simple) << c.why << chunk;
      EXPECT_EQ(canonical(kRelaxed, body, chunk), c.relaxed) << c.why << chunk;
    }
  }
}

TEST(CanonicalBody, IsThatOfTheReference) {
  constexpr std::string_view kOctets = "ab \t\r\n\n\r\n";
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string body(random() % 24, 'x');
    for (auto& c : body) c = kOctets[random() % kOctets.size()];
    const auto chunk = 1 + random() % 8;
    EXPECT_EQ(canonical(kSimple, body, chunk),
              test::reference_body(body, false));
    EXPECT_EQ(canonical(kRelaxed, body, chunk),
              test::reference_body(body, true));
  }
}

TEST(CanonicalBody, PassesOnLongLinesAndManyEmptyLines) {
  const std::string line(300'000, 'x');
  std::string empty;
  for (int i = 0; i < 100'000; ++i) empty += "\n";
  EXPECT_EQ(canonical(kSimple, line, 70'000), line + "\r\n");
  EXPECT_EQ(canonical(kRelaxed, "a" + empty, 1000), "a\r\n");
  EXPECT_EQ(canonical(kRelaxed, "a" + empty + "b", 1000).size(), 200'004u);
}

// Fails once, and then must not be asked again.
class FullSink : public Sink {
 public:
  Result<void> write(std::string_view) override {
    EXPECT_FALSE(std::exchange(failed_, true));
    return Error{ErrorKind::local_io, "full"};
  }

 private:
  bool failed_ = false;
};

TEST(CanonicalBody, FailsAsItsSinkDoes) {
  FullSink full;
  BodyCanonicalizer canonicalizer(kRelaxed, full);
  EXPECT_FALSE(canonicalizer.write(std::string(200'000, 'x')));
}

}  // namespace
}  // namespace mailtool::signing
