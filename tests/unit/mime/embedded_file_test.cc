#include "mailtool/mime/embedded_file.h"

#include <gtest/gtest.h>

#include "embedded_files.h"
#include "encoded_samples.h"
#include "filtered.h"

namespace mailtool::mime {
namespace {

using test::all_octets;
using test::record;
using test::record_every_split;
using test::uuencoded;
using test::yenc;
using Scanner = EmbeddedFileScanner;

TEST(EmbeddedFileScanner, EachKind) {
  const std::string before = "Hello,\nhere are my files:\n\n";
  const auto uu = uuencoded("a.bin", all_octets());
  const std::string base64 = "begin-base64 600 b\nQUJD\n====\n";
  const auto y = yenc("c d", all_octets());
  const std::string hqx(test::kBinHex);
  const auto text = before + uu + "\n" + base64 + y + hqx + "bye\n";
  const auto told = record_every_split<Scanner>(text);
  ASSERT_EQ(told.files.size(), 4u);
  EXPECT_EQ(told.files[0].file.kind, EmbeddedKind::uuencode);
  EXPECT_EQ(told.files[0].file.name, "a.bin");
  EXPECT_EQ(told.files[0].file.offset, before.size());
  EXPECT_EQ(told.files[0].end.offset, before.size() + uu.size());
  EXPECT_EQ(told.files[0].octets, all_octets());
  EXPECT_EQ(told.files[1].file.kind, EmbeddedKind::base64);
  EXPECT_EQ(told.files[1].octets, "ABC");
  EXPECT_EQ(told.files[1].file.offset, before.size() + uu.size() + 1);
  EXPECT_EQ(told.files[2].file.kind, EmbeddedKind::yenc);
  EXPECT_EQ(told.files[2].file.name, "c d");
  EXPECT_EQ(told.files[2].file.size, 256u);
  EXPECT_EQ(told.files[2].octets, all_octets());
  EXPECT_EQ(told.files[3].file.kind, EmbeddedKind::binhex);
  EXPECT_EQ(told.files[3].file.name, "na\xc3\xa4me.bin");
  EXPECT_EQ(told.files[3].file.type_creator, "TEXTttxt");
  EXPECT_EQ(told.files[3].file.size, test::binhex_data().size());
  EXPECT_EQ(told.files[3].octets, test::binhex_data());
  EXPECT_EQ(told.files[3].end.offset, text.size() - 4);
  for (const auto& file : told.files) EXPECT_FALSE(file.end.malformed);
  DefectSet expected;
  expected.add(DefectRule::embedded_file);
  EXPECT_EQ(told.defects, expected);
}

TEST(EmbeddedFileScanner, ProseIsNoFile) {
  for (const char* text :
       {"", "\n", "b", "begin", "begin 644 x", "begin 644 x\n",
        "begin 644 words\nof a sentence\n", "begin 644 x\n\nM\n",
        "begin 644\n#0V%T\nend\n", " begin 644 x\n#0V%T\nend\n",
        "to begin 644 x\n#0V%T\nend\n", "=ybegin of it all\n",
        "=ypart begin=1 end=2\n",
        "(This file must be converted with BinHex 4.0)\nand is not here\n",
        "(This file must be converted with BinHex 4.0)\n:but not: this\n",
        "(This file must be converted with BinHex 4.0)\n",
        "begin-base64 644 x\nnot base64\n"}) {
    const auto told = record_every_split<Scanner>(text);
    EXPECT_TRUE(told.files.empty()) << text;
    EXPECT_TRUE(told.defects.empty()) << text;
  }
}

TEST(EmbeddedFileScanner, BeginLinesInARow) {
  const auto told =
      record_every_split<Scanner>("begin 644 a\nbegin 644 b\n#0V%T\n`\nend\n");
  ASSERT_EQ(told.files.size(), 1u);
  EXPECT_EQ(told.files[0].file.name, "b");
  EXPECT_EQ(told.files[0].file.offset, 12u);
}

TEST(EmbeddedFileScanner, CutOffAndFollowed) {
  const std::string text =
      "begin 644 a\n#0V%T\nbegin 644 b\n#0V%T\n`\nno end\n"
      "=ybegin line=128 size=3 name=c\nmore\nmore\nbegin 644 d\n#0V%T\nend\n";
  const auto told = record_every_split<Scanner>(text);
  ASSERT_EQ(told.files.size(), 4u);
  EXPECT_TRUE(told.files[0].end.malformed);
  EXPECT_EQ(told.files[0].end.offset, 18u);
  EXPECT_EQ(told.files[0].octets, "Cat");
  EXPECT_TRUE(told.files[1].end.malformed);
  EXPECT_EQ(told.files[1].octets, "Cat");
  // Behind more octets than it announced, another file can begin.
  EXPECT_TRUE(told.files[2].end.malformed);
  EXPECT_EQ(told.files[2].octets.size(), 4u);
  EXPECT_FALSE(told.files[3].end.malformed);
  EXPECT_EQ(told.files[3].octets, "Cat");
  EXPECT_TRUE(told.defects.has(DefectRule::embedded_file_malformed));
}

TEST(EmbeddedFileScanner, PartsOfYenc) {
  const auto octets = test::noise(300);
  const auto told =
      record_every_split<Scanner>(test::yenc_part(octets, 2, 3, 100, 250));
  ASSERT_EQ(told.files.size(), 1u);
  const auto& file = told.files[0].file;
  EXPECT_EQ(file.part, 2u);
  EXPECT_EQ(file.parts, 3u);
  EXPECT_EQ(file.part_offset, 100u);
  EXPECT_EQ(file.size, 300u);
  EXPECT_EQ(told.files[0].octets, octets.substr(100, 150));
  EXPECT_FALSE(told.files[0].end.malformed);
}

TEST(EmbeddedFileScanner, NamesStayAsSent) {
  const auto told = record_every_split<Scanner>(
      "begin 644 ../../etc/passwd\n`\nend\nbegin 644 " +
      std::string(900, '\xfc') + "\n`\nend\n");
  ASSERT_EQ(told.files.size(), 2u);
  EXPECT_EQ(told.files[0].file.name, "../../etc/passwd");
  EXPECT_EQ(told.files[1].file.name.size(), 1000u);
}

TEST(EmbeddedFileScanner, OneFileTooMany) {
  std::string text;
  for (std::size_t i = 0; i <= kMaxEmbeddedFiles; ++i) {
    text += uuencoded("x", "y");
  }
  for (const std::size_t chunk : {1u, 100u, 1'000'000u}) {
    const auto told = record<Scanner>(text, chunk);
    EXPECT_EQ(told.files.size(), kMaxEmbeddedFiles);
    EXPECT_TRUE(told.defects.has(DefectRule::embedded_files_cut_off));
  }
  text.resize(text.size() / (kMaxEmbeddedFiles + 1) * kMaxEmbeddedFiles);
  EXPECT_FALSE(record<Scanner>(text, 1000)
                   .defects.has(DefectRule::embedded_files_cut_off));
}

TEST(FindFileLine, EqualsTheScalarOne) {
  const std::string alphabet = "\nb=(ax\n\r";
  std::string text;
  for (const char c : test::noise(3000)) {
    text += alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  }
  for (std::size_t begin = 0; begin < 80; ++begin) {
    auto rest = std::string_view(text).substr(begin);
    while (true) {
      const auto at = find_file_line(rest);
      ASSERT_EQ(at, find_file_line_scalar(rest));
      if (at == rest.npos) break;
      rest.remove_prefix(at + 1);
    }
  }
  // Alone at each place of texts of each length.
  for (std::size_t size = 0; size < 140; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string alone(size, 'b');
      alone[at] = '\n';
      const auto expected = at + 1 < size ? at : std::string::npos;
      ASSERT_EQ(find_file_line(alone), expected);
      ASSERT_EQ(find_file_line_scalar(alone), expected);
    }
  }
}

}  // namespace
}  // namespace mailtool::mime
