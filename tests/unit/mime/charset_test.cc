#include "mailtool/mime/charset.h"

#include <iconv.h>

#include "filtered.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

const std::string kBad = "\xef\xbf\xbd";

// What the system makes of one octet; U+FFFD where it has no character.
std::string by_iconv(const char* charset, char octet) {
  auto* const handle = iconv_open("UTF-8", charset);
  EXPECT_NE(handle, reinterpret_cast<iconv_t>(-1)) << charset;
  char in = octet;
  char* from = &in;
  std::size_t left = 1;
  std::string text(8, '\0');
  char* to = text.data();
  std::size_t room = text.size();
  const bool bad =
      iconv(handle, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
  iconv_close(handle);
  text.resize(text.size() - room);
  return bad ? kBad : text;
}

TEST(Charset, OwnTablesAgreeWithTheSystem) {
  const std::pair<const char*, const char*> charsets[] = {
      {"windows-1252", "CP1252"},
      {"iso-8859-15", "ISO-8859-15"},
      {"koi8-r", "KOI8-R"}};
  for (const auto& [ours, theirs] : charsets) {
    for (int octet = 0; octet < 256; ++octet) {
      const char c = static_cast<char>(octet);
      EXPECT_EQ(to_utf8({&c, 1}, ours), by_iconv(theirs, c))
          << ours << ' ' << octet;
    }
  }
}

TEST(Charset, KnownAnswers) {
  struct {
    const char* charset;
    std::string octets;
    std::string text;
  } const cases[] = {
      {"utf-8", "\xc3\xbc", "\xc3\xbc"},
      {"UTF8", "\xc3\xbc", "\xc3\xbc"},
      {"utf-8",
       "a\xff"
       "b",
       "a" + kBad + "b"},
      {"utf-8", "\xc0\x80", kBad + kBad},             // overlong
      {"utf-8", "\xed\xa0\x80", kBad + kBad + kBad},  // a surrogate
      {"utf-8", "a\xe2\x82", "a" + kBad},             // cut off
      {"iso-8859-1", "it\x92s \xfc", "it\xe2\x80\x99s \xc3\xbc"},
      {"latin1", "\x80", "\xe2\x82\xac"},
      {"iso-8859-15", "\xa4", "\xe2\x82\xac"},
      {"iso-8859-2", "\xb1", "\xc4\x85"},
      {"windows-1251", "\xcf\xf0", "\xd0\x9f\xd1\x80"},
      {"koi8-r", "\xf0\xd2", "\xd0\x9f\xd1\x80"},
      {"shift_jis", "\x93\xfa\x96\x7b", "\xe6\x97\xa5\xe6\x9c\xac"},
      {"iso-2022-jp", "\x1b$BF|K\\\x1b(B", "\xe6\x97\xa5\xe6\x9c\xac"},
      {"euc-jp", "\xc6\xfc\xcb\xdc", "\xe6\x97\xa5\xe6\x9c\xac"},
      {"gb2312", "\xd6\xd0", "\xe4\xb8\xad"},
      {"big5", "\xa4\xa4", "\xe4\xb8\xad"},
      {"euc-kr", "\xc7\xd1", "\xed\x95\x9c"},
      {"utf-7", "+AOQ-", "\xc3\xa4"},
      {"utf-16be", std::string("\0a\0\xfc", 4), "a\xc3\xbc"},
      {"utf-16le", std::string("a\0\xfc\0", 4), "a\xc3\xbc"},
      {"utf-16", std::string("\xfe\xff\0a", 4), "a"},
      {"us-ascii", "\xc3\xbc", "\xc3\xbc"},
      {"us-ascii", "\xfc", "\xc3\xbc"},
      {"", "\xfc", "\xc3\xbc"},
      {"x-none", "\xfc", "\xc3\xbc"},
      {"../../etc/passwd", "\xfc", "\xc3\xbc"},
      {"utf-8//IGNORE", "a\xff", "a\xc3\xbf"},
      {"utf-8*en", "\xc3\xbc", "\xc3\xbc"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(to_utf8(c.octets, c.charset), c.text) << c.charset;
    for (std::size_t chunk = 1; chunk <= c.octets.size(); ++chunk) {
      EXPECT_EQ(test::filtered<CharsetDecoder>(c.octets, chunk, c.charset),
                c.text)
          << c.charset << ", pieces of " << chunk;
    }
  }
}

TEST(Charset, Undeclared) {
  EXPECT_EQ(undeclared_to_utf8("gr\xc3\xbcn"), "gr\xc3\xbcn");
  EXPECT_EQ(undeclared_to_utf8("gr\xfcn"), "gr\xc3\xbcn");
  EXPECT_EQ(undeclared_to_utf8("\x81"), kBad);
}

TEST(Charset, Names) {
  EXPECT_EQ(canonical_charset("ISO-8859-1"), "windows-1252");
  EXPECT_EQ(canonical_charset(" Latin1 "), "windows-1252");
  EXPECT_EQ(canonical_charset("UTF8"), "utf-8");
  EXPECT_EQ(canonical_charset("gb2312"), "gb18030");
  EXPECT_EQ(canonical_charset("ks_c_5601-1987"), "euc-kr");
  EXPECT_EQ(canonical_charset("Windows-1250"), "windows-1250");
  for (const auto* none :
       {"", "us-ascii", "unknown-8bit", "../x", "a b", "a//b", "wchar_t",
        "INTERNAL", "ucs-4-internal", "a\n"}) {
    EXPECT_EQ(canonical_charset(none), "") << none;
  }
  EXPECT_TRUE(is_charset_name("ISO_8859-1:1987"));
  EXPECT_FALSE(is_charset_name(std::string(41, 'a')));
}

// Each alias that says something leads to a charset that can be read.
TEST(Charset, KnownAndReplaced) {
  StringSink out(1000);
  for (const auto* name : {"ansi_x3.4-1968",
                           "big5",
                           "cp-1250",
                           "cp-1251",
                           "cp-1252",
                           "cp-850",
                           "euc-kr",
                           "gb2312",
                           "gb_2312-80",
                           "gbk",
                           "iso-2022-jp",
                           "iso-8859-1",
                           "iso-8859-6-i",
                           "iso-8859-8-i",
                           "iso-8859-9",
                           "iso8859-15",
                           "latin-9",
                           "macintosh",
                           "shift_jis",
                           "sjis",
                           "tis-620",
                           "unicode-1-1-utf-7",
                           "unicode-1-1-utf-8",
                           "us-ascii",
                           "utf-16",
                           "windows-874",
                           "windows-949",
                           "x-euc-jp",
                           "x-gbk",
                           "x-mac-cyrillic",
                           "x-mac-roman",
                           "x-sjis",
                           "x-unknown",
                           "iso-8859-2",
                           "windows-1257",
                           "koi8-u",
                           ""}) {
    EXPECT_TRUE(CharsetDecoder(name, out).known()) << name;
  }
  for (const auto* name : {"x-none", "../../etc/passwd", "utf-8//TRANSLIT"}) {
    EXPECT_FALSE(CharsetDecoder(name, out).known()) << name;
  }
  CharsetDecoder good("utf-8", out), bad("utf-8", out);
  test::pour(good, "\xc3\xbc", 1);
  EXPECT_FALSE(good.replaced());
  test::pour(bad, "\xc3", 1);
  EXPECT_TRUE(bad.replaced());
}

// Noise in each charset: valid UTF-8, however it is cut.
TEST(Charset, NoiseBecomesValidUtf8) {
  for (const auto* name :
       {"utf-8", "us-ascii", "iso-8859-1", "koi8-r", "iso-8859-8", "gb18030",
        "big5", "shift_jis", "euc-jp", "euc-kr", "iso-2022-jp", "iso-2022-kr",
        "utf-7", "utf-16", "utf-16be", "utf-32le", "x-none"}) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      const auto octets = test::noise(300, seed);
      const auto text = to_utf8(octets, name);
      ASSERT_TRUE(is_valid_utf8(text)) << name;
      ASSERT_EQ(test::filtered<CharsetDecoder>(octets, 1 + seed % 4, name),
                text)
          << name;
    }
  }
}

TEST(Charset, LargeTextsAreLinear) {
  for (const auto* name :
       {"utf-8", "us-ascii", "iso-2022-jp", "utf-7", "utf-16", "gb18030"}) {
    for (const char c : {'a', '\xff', '\xe2', '+', '\x1b'}) {
      const auto text = test::filtered<CharsetDecoder>(
          std::string(1'000'000, c), 10'000, name);
      EXPECT_TRUE(is_valid_utf8(text)) << name << c;
    }
  }
}

}  // namespace
}  // namespace mailtool::mime
