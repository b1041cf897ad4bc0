// What a hostile message may cost, whatever its parts stand in.
#include <gtest/gtest.h>

#include "unit/app_walk/walked.h"

namespace mailtool::app {
namespace {

using test::Walked;

std::string base64(std::string_view octets) {
  StringSink out(1 << 26);
  mime::Base64Encoder encoder(out);
  EXPECT_TRUE(encoder.write(octets));
  EXPECT_TRUE(encoder.finish());
  return out.take();
}

const std::string kMixed = "Content-Type: multipart/mixed; boundary=b\n\n";

// `count` parts that are a message in base64.
std::string messages(std::string_view inner, int count) {
  const auto part = "--b\nContent-Type: message/rfc822\n"
                    "Content-Transfer-Encoding: base64\n\n" +
                    base64(inner);
  std::string all = kMixed;
  for (int i = 0; i < count; ++i) all += part;
  return all + "--b--\n";
}

struct Totals {
  std::size_t parts = 0;
  std::size_t fields = 0;
  std::size_t header_octets = 0;
  std::size_t files = 0;
  bool cut_off = false;
};

Totals totals(Walked& walked) {
  Totals all;
  const auto message = walked.message();
  for (std::uint32_t i = 0; i < message.levels.size(); ++i) {
    const auto& structure = message.structure_of(i);
    all.parts += structure.parts.size();
    all.fields += structure.fields.size();
    all.header_octets += structure.header_text.size();
    all.files += message.levels[i].embedded.size();
    for (const auto& defect : structure.defects) {
      all.cut_off = all.cut_off || mime::info(defect.rule).rfc.empty();
    }
  }
  return all;
}

TEST(WalkLimits, PartsOfAllLevelsTogether) {
  std::string inner = kMixed;
  for (int i = 0; i < 3000; ++i) inner += "--b\n\n\n";
  Walked walked(messages(inner, 30));
  const auto all = totals(walked);
  EXPECT_LE(all.parts, 2 * mime::ParserLimits{}.parts + 30);
  EXPECT_TRUE(all.cut_off);
}

TEST(WalkLimits, FieldsOfAllLevelsTogether) {
  std::string inner;
  for (int i = 0; i < 30'000; ++i) inner += "A:\n";
  Walked walked(messages(inner, 20));
  const auto all = totals(walked);
  EXPECT_LE(all.fields, 2 * mime::ParserLimits{}.fields);
  EXPECT_TRUE(all.cut_off);
}

TEST(WalkLimits, HeadersOfAllLevelsTogether) {
  const auto inner = "A: " + std::string(1'000'000, 'x') + "\n\n";
  Walked walked(messages(inner, 20));
  const auto all = totals(walked);
  EXPECT_LE(all.header_octets, 2 * mime::ParserLimits{}.header_octets);
  EXPECT_TRUE(all.cut_off);
}

// A level that goes on behind one that used everything up.
TEST(WalkLimits, OfLevelsAroundLevels) {
  std::string inner = kMixed;
  for (int i = 0; i < 9'000; ++i) inner += "--b\n\n\n";
  auto outer = messages(inner, 1);
  outer.resize(outer.size() - 6);  // without "--b--"
  for (int i = 0; i < 9'000; ++i) outer += "--b\n\n\n";
  Walked walked(messages(outer, 2));
  const auto all = totals(walked);
  EXPECT_LE(all.parts, 2 * mime::ParserLimits{}.parts + 30);
  EXPECT_TRUE(all.cut_off);
}

TEST(WalkLimits, FilesOfAllPartsTogether) {
  std::string files;
  for (int i = 0; i < 900; ++i) files += "begin 644 a\n#0V%T\n`\nend\n";
  std::string message = kMixed;
  for (int i = 0; i < 20; ++i) message += "--b\n\n" + files;
  Walked walked(message + "--b--\n");
  const auto all = totals(walked);
  EXPECT_EQ(all.files, PartWalk::kMaxFiles);
  EXPECT_NE(walked.defects().find("embedded-files-cut-off"), std::string::npos);
  const auto rows = walked.rows();
  EXPECT_EQ(walked.content(rows.back()).substr(0, 5), "begin");
}

}  // namespace
}  // namespace mailtool::app
