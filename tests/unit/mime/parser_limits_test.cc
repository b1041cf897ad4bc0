// Messages that are made to cost more than they should.
#include <algorithm>

#include "mailtool/mime/header.h"
#include "parsed.h"

namespace mailtool::mime {
namespace {

using test::defects;
using test::parse;

const std::string kMixed = "Content-Type: multipart/mixed; boundary=a\n\n";

TEST(Parser, LimitsAreSaid) {
  std::string deep;
  for (int i = 0; i < 10; ++i) deep += "Content-Type: message/rfc822\n\n";
  auto parsed = parse(deep + "A: b\n\nx", 3, {.depth = 4});
  EXPECT_EQ(parsed.structure.parts.size(), 5u);
  EXPECT_EQ(defects(parsed.structure), "depth-cut-off");

  std::string parts = kMixed;
  for (int i = 0; i < 10; ++i) parts += "--a\n\n" + std::to_string(i) + "\n";
  parsed = parse(parts + "--a--\n", 3, {.parts = 4});
  EXPECT_EQ(parsed.structure.parts.size(), 4u);
  EXPECT_EQ(parsed.bodies[3], "2");
  EXPECT_EQ(defects(parsed.structure), "parts-cut-off");

  const auto fields = std::string("A: b\nC: d\nE: f\nContent-Type: a/b\n\nx");
  parsed = parse(fields, 3, {.fields = 2});
  EXPECT_EQ(parsed.structure.fields.size(), 2u);
  EXPECT_EQ(parsed.bodies[0], "x");
  EXPECT_EQ(defects(parsed.structure), "fields-cut-off");

  const auto large = "A: " + std::string(5000, 'x') + "\nB: c\n\nx";
  parsed = parse(large, 3, {.header_octets = 1000});
  EXPECT_EQ(parsed.structure,
            parse(large, 6000, {.header_octets = 1000}).structure);
  EXPECT_LE(parsed.structure.header_text.size(), 1000u);
  EXPECT_EQ(parsed.structure.value_of(parsed.structure.parts[0], "B"), " c");
  EXPECT_EQ(parsed.bodies[0], "x");
  EXPECT_EQ(defects(parsed.structure), "header-cut-off");
}

Structure parse_all(const std::string& message) {
  auto parsed = parse(message, 65536);
  return std::move(parsed.structure);
}

TEST(Parser, HostileNesting) {
  std::string multiparts, messages;
  for (int i = 0; i < 20'000; ++i) {
    const auto b = std::to_string(i);
    multiparts +=
        "Content-Type: multipart/mixed; boundary=b" + b + "\n\n--b" + b + "\n";
  }
  auto s = parse_all(multiparts);
  EXPECT_EQ(s.parts.size(), 101u);
  EXPECT_NE(defects(s).find("depth-cut-off"), std::string::npos);
  for (int i = 0; i < 100'000; ++i)
    messages += "Content-Type: message/rfc822\n\n";
  s = parse_all(messages);
  EXPECT_EQ(s.parts.size(), 101u);
  EXPECT_EQ(defects(s), "depth-cut-off");
}

TEST(Parser, HostileNumbers) {
  std::string parts = kMixed, near = kMixed + "--a\n\n", fields;
  for (int i = 0; i < 1'000'000; ++i) {
    parts += "--a\n";
    near += "--b\n";
  }
  auto s = parse_all(parts);
  EXPECT_EQ(s.parts.size(), 10'000u);
  EXPECT_EQ(s.octets, parts.size());
  s = parse_all(near);
  EXPECT_EQ(s.parts.size(), 2u);
  for (int i = 0; i < 300'000; ++i) fields += "A: b\n";
  s = parse_all(fields);
  EXPECT_EQ(s.fields.size(), 100'000u);
  EXPECT_EQ(defects(s), "fields-cut-off");
}

TEST(Parser, HostileHeaders) {
  std::string folds = "Subject: x";
  for (int i = 0; i < 500'000; ++i) folds += "\r\n y";
  auto s = parse_all(folds + "\r\n\r\nz");
  EXPECT_EQ(unfold(*s.value_of(s.parts[0], "Subject")).size(), 1'000'001u);
  s = parse_all("Subject: " + std::string(20'000'000, 'x') + "\n\nz");
  EXPECT_LE(s.header_text.size(), 8u * 1024 * 1024);
  EXPECT_EQ(defects(s), "header-cut-off");
  s = parse_all("Content-Type: multipart/mixed" + std::string(200'000, ';') +
                " boundary=a\n\n--a\n\nx\n--a--\n");
  EXPECT_EQ(s.parts.size(), 2u);
  s = parse_all(std::string(20'000'000, 'x'));
  EXPECT_EQ(s.parts[0].body.length, 20'000'000u);
}

TEST(Defect, EachRuleHasANameOfItsOwn) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kDefectRules; ++i) {
    const auto& described = info(static_cast<DefectRule>(i));
    EXPECT_FALSE(described.name.empty());
    EXPECT_FALSE(described.meaning.empty());
    EXPECT_FALSE(to_string(described.severity).empty());
    names.push_back(described.name);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST(Structure, DefectsAreBounded) {
  std::string message;
  for (int i = 0; i < 2000; ++i) message += "Subject : x\n";
  const auto s = parse_all(message);
  const auto rule = static_cast<std::size_t>(DefectRule::space_before_colon);
  EXPECT_EQ(s.defect_counts[rule], 2000U);
  EXPECT_LE(s.defects.size(), 2 * Structure::kMaxDefectsOfRule);
}

}  // namespace
}  // namespace mailtool::mime
