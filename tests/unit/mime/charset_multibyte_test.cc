// Charsets with more than one octet a character: known answers, at every split,
// with what was wrong in them.
#include <gtest/gtest.h>

#include "filtered.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {
namespace {

#define BAD "\xef\xbf\xbd"

struct Case {
  const char* charset;
  std::string_view octets;
  std::string_view text;
  // The first that was replaced; none where the length is 0.
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint64_t replaced = 0;
};

// clang-format off
const Case kCases[] = {
    // UTF-8: Unicode 3.9, table 3-8 and its neighbours.
    {"utf-8", "a\xf1\x80\x80\xe1\x80\xc2" "b\x80" "c\x80\xbf" "d", "a" BAD BAD BAD "b" BAD "c" BAD BAD "d", 1, 3, 6},
    {"utf-8", "\xed\xa0\x80\xed\xbf\xbf", BAD BAD BAD BAD BAD BAD, 0, 1, 6},
    {"utf-8", "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82" "A", BAD BAD BAD BAD BAD BAD BAD BAD "A", 0, 1, 8},
    {"utf-8", "\xf4\x91\x92\x93\xff" "A\x80\xbf" "B", BAD BAD BAD BAD BAD "A" BAD BAD "B", 0, 1, 7},
    {"utf-8", "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf" "A", BAD BAD BAD BAD "A", 0, 2, 4},
    {"utf-8", "ab\xf0\x90\x80", "ab" BAD, 2, 3, 1},
    {"utf-8", "\xef\xbb\xbf" "a\xef\xbb\xbf" "b", "a\xef\xbb\xbf" "b"},
    {"utf-8", "\xef\xbb" "a", BAD "a", 0, 2, 1},
    {"utf-8", "\xef\xbf\xbd", BAD},
    {"", "\xef\xbb\xbf\xc3\xbc\xfc\x81", "üü" BAD, 6, 1, 1},
    {"us-ascii", "\xe2\x82 \xe2\x82\xac", "â‚ €"},
    {"unknown-8bit", "\x93" "a\x94", "“a”"},
    // UTF-16 and UTF-32.
    {"utf-16", std::string_view("\xff\xfe" "a\0", 4), "a"},
    {"utf-16", std::string_view("\0a\0b", 4), "ab"},
    {"utf-16", std::string_view("a\0b\0 \0\xac\x20", 8), "ab €"},
    {"utf-16", "N-", "中"},
    {"utf-16le", std::string_view("\xff\xfe" "a\0\xff\xfe", 6), "a\xef\xbb\xbf"},
    {"utf-16be", std::string_view("\xd8\x3d\xde\x00\0a", 6), "😀a"},
    {"utf-16be", std::string_view("\0a\xd8\x3d\0b", 6), "a" BAD "b", 2, 2, 1},
    {"utf-16be", std::string_view("\0a\xde\x00\0b\xd8\x00", 8), "a" BAD "b" BAD, 2, 2, 2},
    {"utf-16be", std::string_view("\xd8\x00\xd8\x3d\xde\x00\0", 7), BAD "😀" BAD, 0, 2, 2},
    {"utf-16", "", ""},
    {"utf-16", "a", BAD, 0, 1, 1},
    {"utf-32", std::string_view("\xff\xfe\0\0\x00\xf6\x01\x00", 8), "😀"},
    {"utf-32be", std::string_view("\0\0\0a\0\x11\0\0\0\0\xd8\0\0", 13), "a" BAD BAD BAD, 4, 4, 3},
    // UTF-7: RFC 2152.
    {"utf-7", "A+ImIDkQ.", "A≢Α."},
    {"utf-7", "Hi Mom -+Jjo--!", "Hi Mom -☺-!"},
    {"utf-7", "+ZeVnLIqe-", "日本語"},
    {"utf-7", "1 +- 1 = 2", "1 + 1 = 2"},
    {"utf-7", "+2D3eAA-", "😀"},
    {"utf-7", "+2D0-a", BAD "a", 1, 3, 1},
    {"utf-7", "a+AOR-b", "aä" BAD "b", 4, 1, 1},
    {"utf-7", "a+ b\xfc", "a" BAD " b" BAD, 1, 1, 2},
    {"utf-7", "+AOQ", "ä"},
    {"utf-7", "x+", "x" BAD, 1, 1, 1},
    // ISO 2022, Japanese.
    {"iso-2022-jp", "\x1b$BF|K\\8l\x1b(B", "日本語"},
    {"iso-2022-jp", "a\x1b$@F|\x1b(Jb\\~\x1b(B\\", "a日b¥‾\\"},
    {"iso-2022-jp", "\x1b(I16E\x1b(B", "ｱｶﾅ"},
    {"iso-2022-jp", "\x0e" "16\x0f" "16", "ｱｶ16"},
    {"iso-2022-jp", "\x1b$B-!-jy!\x1b(B", "①㈱纊"},
    {"iso-2022-jp", "\x1b$(D0!\x1b(B.", "丂."},
    {"iso-2022-jp", "\x1b$B$\"\n$\"", "あ\n$\""},
    {"iso-2022-jp", "\x1b$A0!\x1b$(C0!\x1b(Ba", "啊가a"},
    {"iso-2022-jp", "\x1b.Aa\x1bNi\x1b.F\x1bNab", "aéαb"},
    {"iso-2022-jp", "\x1b$(Q.!\x1b$(P!!\x1b(B", "俱𠂉"},
    {"iso-2022-jp", "\x1b$B$\"$", "あ" BAD, 5, 1, 1},
    {"iso-2022-jp", "a\x1b[1mb", "a" BAD "[1mb", 1, 1, 1},
    {"iso-2022-jp", "a\x1b$", "a" BAD, 1, 2, 1},
    {"iso-2022-jp", "a\xb1", "a" BAD, 1, 1, 1},
    {"iso-2022-jp", "\x1b$B$\"~~$$\x1b(B", "あ" BAD "い", 5, 2, 1},
    {"iso-2022-jp", "\x1b$BF|\x1bNF|", "日" BAD "日", 5, 2, 1},
    {"iso-2022-jp", "\x1b$B;|Kiv`Hi\x1b(B", "慈哩" BAD "皮", 7, 2, 1},
    {"iso-2022-jp", "\x1b$B$\x1b(B$", BAD "$", 3, 1, 1},
    // ISO 2022, Korean and Chinese; HZ.
    {"iso-2022-kr", "\x1b$)C\x0eGQ1[\x0f a\n", "한글 a\n"},
    {"iso-2022-kr", "\x0eGQ\nGQ", "한\nGQ"},
    {"iso-2022-cn", "\x1b$)A\x0eVPND\x0f-\x1b$)G\x0e" "Dc\x0f\x1b$*H\x1bN!!a", "中文-中乂a"},
    {"hz", "a ~{VPND~} b~~c~\nd", "a 中文 b~cd"},
    {"hz", "~{VP\nVP", "中\nVP"},
    {"hz", "~x~", BAD "x" BAD, 0, 1, 2},
    // By the system.
    {"gbk", "\xd6\xd0\x80\xff" "a\xd6", "中" BAD BAD "a" BAD, 2, 1, 3},
    {"gb18030", "\x94\x39\xda\x33\x81\x30\x81\x30", "💩\xc2\x80"},
    {"gb18030", "\xfe\x39\xfe\x39" "a\x81\x30\x81", BAD "9" BAD "9a" BAD, 0, 1, 3},
    {"big5", "\xa4\xa4\xa4\xe5\x88\x62" "a\xa4", "中文\xc3\x8a\xcc\x84" "a" BAD, 7, 1, 1},
    {"big5", "\xa4" "a\xff\xa4\xa4", "兀" BAD "中", 2, 1, 1},
    {"shift_jis", "\x93\xfa\xb1\\~\x81\x60\x81\xad\x81 ", "日ｱ\\~～" BAD BAD " ", 7, 2, 2},
    {"euc-jp", "\xc6\xfc\x8e\xb1\x8f\xb0\xa1\xff" "a\x8f\xb0", "日ｱ丂" BAD "a" BAD, 7, 1, 2},
    {"euc-kr", "\xc7\xd1\x81\x41\xc7" "a\xc9\xa1", "한갂" BAD "a" BAD, 4, 1, 2},
    {"euc-tw", "\xc4\xe3\x8e\xa2\xa1\xa1", "中乂"},
    {"johab", "\xd0\x65\\", "한₩"},
};
// clang-format on

void expect_case(const Case& c, CharsetDecoder& decoder, const StringSink& out,
                 std::string_view how) {
  EXPECT_EQ(out.text(), c.text) << c.charset << how;
  const auto& findings = decoder.findings();
  EXPECT_EQ(findings.replaced, c.replaced) << c.charset << how;
  EXPECT_EQ(findings.first_offset, c.offset) << c.charset << how;
  EXPECT_EQ(findings.first_length, c.length) << c.charset << how;
  EXPECT_EQ(decoder.replaced(), c.replaced > 0) << c.charset << how;
  EXPECT_TRUE(decoder.known()) << c.charset;
}

TEST(CharsetMultibyte, KnownAnswersAtEverySplit) {
  CharsetDecoder decoder;
  for (const auto& c : kCases) {
    for (std::size_t chunk = 1; chunk <= c.octets.size() + 1; ++chunk) {
      StringSink out(test::kPlenty);
      decoder.reset(c.charset, out);
      test::pour(decoder, c.octets, chunk);
      expect_case(c, decoder, out, ", pieces of " + std::to_string(chunk));
    }
    for (std::size_t cut = 0; cut <= c.octets.size(); ++cut) {
      StringSink out(test::kPlenty);
      decoder.reset(c.charset, out);
      ASSERT_TRUE(decoder.write(c.octets.substr(0, cut)));
      ASSERT_TRUE(decoder.write(c.octets.substr(cut)));
      ASSERT_TRUE(decoder.finish());
      expect_case(c, decoder, out, ", cut at " + std::to_string(cut));
    }
  }
}

TEST(CharsetMultibyte, OffsetsCountFromTheReset) {
  StringSink out(test::kPlenty);
  CharsetDecoder decoder("utf-8", out);
  test::pour(decoder, std::string(300'000, 'a') + '\xff', 65'537);
  EXPECT_EQ(decoder.findings().first_offset, 300'000u);
  decoder.reset("shift_jis", out);
  test::pour(decoder, std::string(70'000, '\xb1') + '\xff', 4'097);
  EXPECT_EQ(decoder.findings().first_offset, 70'000u);
  EXPECT_EQ(decoder.findings().replaced, 1u);
}

TEST(CharsetMultibyte, GuessedOctetsAreCounted) {
  StringSink out(test::kPlenty);
  CharsetDecoder decoder("us-ascii", out);
  test::pour(decoder, "\xc3\xbc\xfc\xe9", 1);
  EXPECT_EQ(out.text(), "üüé");
  EXPECT_EQ(decoder.findings().guessed, 2u);
  EXPECT_EQ(decoder.findings().replaced, 0u);
}

// A text of every charset, left in the middle, spoils none after it.
TEST(CharsetMultibyte, ResetForgetsTheTextBefore) {
  CharsetDecoder decoder;
  StringSink dropped(test::kPlenty);
  for (const auto& before : kCases) {
    for (const auto& c : kCases) {
      decoder.reset(before.charset, dropped);
      ASSERT_TRUE(
          decoder.write(before.octets.substr(0, before.octets.size() / 2)));
      StringSink out(test::kPlenty);
      decoder.reset(c.charset, out);
      test::pour(decoder, c.octets, c.octets.size() + 1);
      expect_case(c, decoder, out, before.charset);
    }
  }
}

// What is UTF-8 already comes as the view that went in.
class ViewSink : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    data = octets.data();
    size += octets.size();
    return {};
  }
  const char* data = nullptr;
  std::size_t size = 0;
};

TEST(CharsetMultibyte, WhatIsUtf8IsNotCopied) {
  const std::string ascii(10'000, 'a');
  std::string utf8;
  while (utf8.size() < 10'000) utf8 += "gr\xc3\xbcn ";
  for (const auto* charset :
       {"utf-8", "us-ascii", "iso-8859-1", "koi8-r", "gb18030", "shift_jis"}) {
    ViewSink out;
    CharsetDecoder decoder(charset, out);
    ASSERT_TRUE(decoder.write(ascii));
    EXPECT_EQ(out.data, ascii.data()) << charset;
    EXPECT_EQ(out.size, ascii.size()) << charset;
  }
  for (const auto* charset : {"utf-8", "us-ascii", "x-nosuch"}) {
    ViewSink out;
    CharsetDecoder decoder(charset, out);
    ASSERT_TRUE(decoder.write(utf8));
    EXPECT_EQ(out.data, utf8.data()) << charset;
  }
}

TEST(CharsetMultibyte, AFullSinkIsAnError) {
  for (const auto& c : kCases) {
    StringSink out(0);
    CharsetDecoder decoder(c.charset, out);
    const bool written = decoder.write(c.octets) && decoder.finish();
    EXPECT_EQ(written, c.text.empty()) << c.charset;
  }
}

}  // namespace
}  // namespace mailtool::mime
