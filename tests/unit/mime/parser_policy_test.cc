// Where readers differ: the same octets by each policy.
#include <gtest/gtest.h>

#include "mailtool/mime/field_name.h"
#include "mailtool/mime/parser.h"
#include "unit/mime/parsed.h"

namespace mailtool::mime {
namespace {

// "0 multipart/mixed|1 text/plain a.txt <x>".
std::string outline(std::string_view message, ParserPolicy policy,
                    std::size_t chunk) {
  test::Bodies events;
  Parser parser({}, &events, policy);
  for (std::size_t i = 0; i < message.size(); i += chunk) {
    parser.feed(message.substr(i, chunk));
  }
  const auto& s = parser.finish();
  std::string text;
  for (std::uint32_t i = 0; i < s.parts.size(); ++i) {
    const auto& part = s.parts[i];
    text += (i == 0 ? "" : "|") + s.id(i) + " ";
    text += s.type(part);
    if (!s.file_name(part).empty()) text.append(" ").append(s.file_name(part));
    if (part.is_leaf()) text += " <" + events.texts[i] + ">";
  }
  return text;
}

struct Case {
  const char* why;
  ParserPolicy policy;
  std::string message;
  std::string ours;
  std::string theirs;
};

const std::string kMixed = "Content-Type: multipart/mixed; boundary=a\n\n";

const Case kCases[] = {
    {"the last Content-Type counts",
     {.last_duplicate = true},
     "Content-Type: text/plain\nContent-Type: text/html\n\nx",
     "1 text/plain <x>",
     "1 text/html <x>"},
    {"the last boundary counts",
     {.last_duplicate = true},
     "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n"
     "--a\n\n1\n--b\n\n2\n--b--\n",
     "0 multipart/mixed|1 text/plain <1\n--b\n\n2\n--b--\n>",
     "0 multipart/mixed|1 text/plain <2>"},
    {"the last encoding counts",
     {.last_duplicate = true},
     "Content-Disposition: attachment; filename=a\n"
     "Content-Disposition: attachment; filename=b\n\nx",
     "1 text/plain a <x>",
     "1 text/plain b <x>"},
    {"a plain name before an extended one",
     {.plain_first = true},
     "Content-Type: text/plain; name=plain.txt; name*=utf-8''ext.txt\n\nx",
     "1 text/plain ext.txt <x>",
     "1 text/plain plain.txt <x>"},
    {"the name of Content-Type first",
     {.type_name_first = true},
     "Content-Type: text/plain; name=type.txt\n"
     "Content-Disposition: inline; filename=file.txt\n\nx",
     "1 text/plain file.txt <x>",
     "1 text/plain type.txt <x>"},
    {"the header goes on behind junk",
     {.skip_junk_in_header = true},
     "A: b\njunk\nContent-Type: text/html\n\nx",
     "1 text/plain <junk\nContent-Type: text/html\n\nx>",
     "1 text/html <x>"},
    {"blanks end the header",
     {.blanks_end_header = true},
     "A: b\n \t\nContent-Type: text/html\n\nx",
     "1 text/html <x>",
     "1 text/plain <Content-Type: text/html\n\nx>"},
    {"the beginning of a delimiter is enough",
     {.delimiter_prefix = true},
     kMixed + "--a\n\n1\n--abc\n\n2\n--a--xyz\n3\n--a--\n",
     "0 multipart/mixed|1 text/plain <1\n--abc\n\n2\n--a--xyz\n3>",
     "0 multipart/mixed|1 text/plain <1>|2 text/plain <2>"},
    {"parts behind the close delimiter",
     {.parts_after_close = true},
     kMixed + "--a\n\n1\n--a--\n--a\n\n2\n--a--\n",
     "0 multipart/mixed|1 text/plain <1>",
     "0 multipart/mixed|1 text/plain <1>|2 text/plain <2>"},
    {"the boundary is guessed",
     {.guess_boundary = true},
     "Content-Type: multipart/mixed\n\npre\n--x\n\n1\n--x--\n",
     "1 multipart/mixed <pre\n--x\n\n1\n--x--\n>",
     "0 multipart/mixed|1 text/plain <1>"},
    {"a multipart in an encoding is a leaf",
     {.decode_multiparts = true},
     "Content-Type: multipart/mixed; boundary=a\n"
     "Content-Transfer-Encoding: base64\n\n--a\n\n1\n--a--\n",
     "0 multipart/mixed|1 text/plain <1>",
     "1 multipart/mixed <--a\n\n1\n--a--\n>"},
};

TEST(ParserPolicy, Table) {
  for (const auto& c : kCases) {
    for (const std::size_t chunk : {1u, 2u, 7u, 100'000u}) {
      EXPECT_EQ(outline(c.message, {}, chunk), c.ours) << c.why;
      EXPECT_EQ(outline(c.message, c.policy, chunk), c.theirs) << c.why;
    }
  }
}

// One object, message after message, sees what a new one would.
TEST(Parser, BeginsAgain) {
  Parser parser;
  for (const auto& c : kCases) {
    parser.begin();
    parser.feed(c.message);
    Parser fresh;
    fresh.feed(c.message);
    EXPECT_EQ(parser.finish(), fresh.finish()) << c.why;
  }
}

TEST(Parser, HeaderOnlyLooksNoFurther) {
  ParserLimits limits;
  limits.header_only = true;
  Parser parser(limits);
  parser.feed(kMixed.substr(0, 20));
  EXPECT_FALSE(parser.header_complete());
  parser.feed(kMixed.substr(20) + "--a\n\n\0\xff\n--a--\n");
  EXPECT_TRUE(parser.header_complete());
  const auto& s = parser.finish();
  EXPECT_EQ(s.parts.size(), 1U);
  EXPECT_TRUE(s.defects.empty());
  EXPECT_EQ(s.value_of(s.parts[0], FieldId::content_type),
            " multipart/mixed; boundary=a");
}

TEST(FieldName, Table) {
  EXPECT_EQ(field_id("SUBJECT"), FieldId::subject);
  EXPECT_EQ(field_id("content-Transfer-encoding"),
            FieldId::content_transfer_encoding);
  EXPECT_EQ(field_id("X-Subject"), FieldId::other);
  EXPECT_EQ(field_id("subjecT"), FieldId::subject);
  EXPECT_EQ(field_id("subjecs"), FieldId::other);
  EXPECT_EQ(field_id(""), FieldId::other);
  EXPECT_FALSE(may_stand_once(FieldId::received));
  EXPECT_FALSE(may_stand_once(FieldId::other));
  EXPECT_TRUE(may_stand_once(FieldId::content_description));
}

struct Finding {
  const char* why;
  std::string message;
  std::string defects;
  Ambiguity ambiguity;
  std::uint64_t offset;
  std::uint64_t length;
};

// The range of each finding, and what readers would disagree about.
const Finding kFindings[] = {
    {"From twice, another author", "From: a@x\nFrom: b@y\n\n", "duplicate-field",
     Ambiguity::sender, 10, 9},
    {"From twice, the same", "From: a@x\nFrom: a@x\n\n", "duplicate-field",
     Ambiguity::none, 10, 9},
    {"types", "Content-Type: text/plain\nContent-Type: text/html\n\n",
     "duplicate-field", Ambiguity::structure, 25, 23},
    {"a line of blanks", "A: b\n \t\nC: d\n\n", "blank-line-in-header",
     Ambiguity::structure, 5, 3},
    {"NUL in the header", std::string("A: b\0\n\n", 7), "nul-in-header",
     Ambiguity::content, 0, 5},
    {"bare CR in the header", "A: b\rc\n\n", "bare-cr-in-header",
     Ambiguity::structure, 0, 6},
    {"long header line", "A: " + std::string(996, 'x') + "\n\n",
     "header-line-too-long", Ambiguity::none, 0, 999},
    {"NUL in the body", std::string("\nab\0", 4), "nul-in-body",
     Ambiguity::content, 3, 1},
    {"bare CR in the body", "\nab\rc", "bare-cr-in-body", Ambiguity::content, 3,
     1},
    {"8-bit without saying so", "\nab\xff", "raw-8bit-body", Ambiguity::none, 3,
     1},
    {"long line in the body", "\n" + std::string(999, 'x'),
     "body-line-too-long", Ambiguity::none, 1, 1},
    {"names", "Content-Type: text/plain; name=a\n"
              "Content-Disposition: inline; filename=b\n\n",
     "names-differ", Ambiguity::name, 33, 39},
    {"a piece of a message",
     "Content-Type: message/partial; id=x; number=1; total=2\n\n", "fragment",
     Ambiguity::structure, 0, 54},
    {"blanks before the boundary", kMixed + "--a\n\nx\n-- a\n--a--\n",
     "delimiter-near-miss", Ambiguity::structure, 50, 4},
    {"a delimiter in a header", kMixed + "--a\nA: b\n--a--\n",
     "header-end-missing", Ambiguity::structure, 52, 5},
    {"a byte order mark", "\xef\xbb\xbf" "A: b\n\n", "byte-order-mark",
     Ambiguity::none, 0, 3},
    {"a body elsewhere", "Content-Type: message/external-body\n\n",
     "external-body", Ambiguity::structure, 0, 35},
    {"a near miss", kMixed + "--a\n\nx\n--ab\n--a--\n", "delimiter-near-miss",
     Ambiguity::structure, 50, 4},
};

TEST(Parser, FindingsSayWhereAndWhat) {
  for (const auto& f : kFindings) {
    for (const std::size_t chunk : {1u, 3u, 100'000u}) {
      const auto parsed = test::parse(f.message, chunk);
      const auto& s = parsed.structure;
      EXPECT_EQ(test::defects(s), f.defects) << f.why << " " << chunk;
      if (s.defects.empty()) continue;
      EXPECT_EQ(s.defects[0].ambiguity, f.ambiguity) << f.why;
      EXPECT_EQ(s.defects[0].offset, f.offset) << f.why;
      EXPECT_EQ(s.defects[0].length, f.length) << f.why;
    }
  }
}

TEST(Parser, BinaryBodiesMayHoldAnything) {
  const auto parsed = test::parse(
      std::string("Content-Transfer-Encoding: binary\n\n\0\r\xff", 38), 9);
  EXPECT_EQ(test::defects(parsed.structure), "");
}

TEST(Parser, DelimiterBehindABareCr) {
  const auto parsed =
      test::parse(kMixed + "--a\n\nx\r--a\n\ny\n--a--\n", 100'000);
  EXPECT_EQ(test::defects(parsed.structure),
            "delimiter-after-bare-cr bare-cr-in-body");
  EXPECT_EQ(parsed.structure.parts.size(), 2U);
}

}  // namespace
}  // namespace mailtool::mime
