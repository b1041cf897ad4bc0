// Every name of a charset that we know, with a text that tells the charsets
// apart.
#include <gtest/gtest.h>

#include <set>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"
#include "mime/charset_aliases.h"

namespace mailtool::mime {
namespace {

struct Row {
  std::string_view charset;
  std::string_view octets;
  std::string_view text;
  std::string_view names;  // separated by blanks
};

// clang-format off
const Row kRows[] = {
    {"", "\xc3\xbc \xfc", "\xc3\xbc \xc3\xbc",
     "us-ascii ascii ansi_x3.4-1968 ansi_x3.4-1986 iso-ir-6 iso_646.irv:1991 "
     "iso646-us iso-646 646 us ibm367 cp367 csascii cp20127 windows-20127 "
     "unknown-8bit unknown 8bit 7bit binary user-defined default "
     "not-specified unspecified "
    },
    {"utf-8", "\xc3\xbc\xff", "\xc3\xbc\xef\xbf\xbd",
     "utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8mb4 utf8mb3 "
     "utf-8n utf-8-sig utf-8-bom utf-8-strict cp65001 windows-65001 65001 "
     "csutf8 cesu-8 ibm-1208 cp1208 "
    },
    {"windows-1252", "\x80\x92\xfc", "\xe2\x82\xac\xe2\x80\x99\xc3\xbc",
     "windows-1252 cp1252 1252 cp5348 ibm-1252 win1252 win-1252 ms-ansi ansi "
     "cswindows1252 iso-8859-1 iso8859 8859-1 88591 iso_8859-1:1987 "
     "iso-ir-100 latin1 latin l1 csisolatin1 ibm819 cp819 cp28591 "
     "windows-28591 iso-1 west-european western "
    },
    {"iso-8859-2", "\x84\xa4\xe1\xfa", "\xc2\x84\xc2\xa4\xc3\xa1\xc3\xba",
     "iso-8859-2 8859-2 iso_8859-2:1987 iso-ir-101 latin2 l2 csisolatin2 "
     "cp912 ibm912 cp28592 windows-28592 "
    },
    {"iso-8859-3", "\x84\xa4\xe1\xfa", "\xc2\x84\xc2\xa4\xc3\xa1\xc3\xba",
     "iso-8859-3 8859-3 iso_8859-3:1988 iso-ir-109 latin3 l3 csisolatin3 "
     "cp28593 windows-28593 "
    },
    {"iso-8859-4", "\x84\xa4\xe1\xfa", "\xc2\x84\xc2\xa4\xc3\xa1\xc3\xba",
     "iso-8859-4 8859-4 iso_8859-4:1988 iso-ir-110 latin4 l4 csisolatin4 "
     "cp28594 windows-28594 "
    },
    {"iso-8859-5", "\x84\xa4\xe1\xfa", "\xc2\x84\xd0\x84\xd1\x81\xd1\x9a",
     "iso-8859-5 8859-5 iso_8859-5:1988 iso-ir-144 cyrillic "
     "csisolatincyrillic cp28595 windows-28595 cp915 "
    },
    {"iso-8859-6", "\x84\xa4\xe1\xfa", "\xc2\x84\xc2\xa4\xd9\x81\xef\xbf\xbd",
     "iso-8859-6 8859-6 iso_8859-6:1987 iso-8859-6-e iso-8859-6-i "
     "csiso88596e csiso88596i iso-ir-127 ecma-114 asmo-708 arabic "
     "csisolatinarabic cp28596 windows-28596 "
    },
    {"iso-8859-7", "\x84\xa4\xe1\xfa", "\xc2\x84\xe2\x82\xac\xce\xb1\xcf\x8a",
     "iso-8859-7 8859-7 iso_8859-7:1987 iso_8859-7:2003 iso-ir-126 elot_928 "
     "ecma-118 greek greek8 sun_eu_greek csisolatingreek cp28597 "
     "windows-28597 cp813 "
    },
    {"iso-8859-8", "\x84\xa4\xe1\xfa", "\xc2\x84\xc2\xa4\xd7\x91\xd7\xaa",
     "iso-8859-8 8859-8 iso_8859-8:1988 iso-8859-8-e iso-8859-8-i "
     "csiso88598e csiso88598i iso-ir-138 hebrew logical visual "
     "csisolatinhebrew cp28598 cp38598 windows-28598 windows-38598 cp916 "
    },
    {"windows-1254", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xc3\xa1\xc3\xba",
     "windows-1254 cp1254 1254 win1254 ms-turk cswindows1254 iso-8859-9 "
     "8859-9 iso_8859-9:1989 iso-ir-148 latin5 l5 csisolatin5 turkish "
     "cp28599 windows-28599 cp920 "
    },
    {"iso-8859-10", "\x84\xa4\xe1\xfa", "\xc2\x84\xc4\xaa\xc3\xa1\xc3\xba",
     "iso-8859-10 8859-10 iso_8859-10:1992 iso-ir-157 latin6 l6 csisolatin6 "
    },
    {"windows-874", "\x84\xa4\xe1\xfa", "\xef\xbf\xbd\xe0\xb8\x84\xe0\xb9\x81\xe0\xb9\x9a",
     "windows-874 cp874 874 ibm-874 dos-874 tis-620 tis620-0 tis-620-2533 "
     "tis-620.2533 tis620.2529-1 tis620.2533-0 cstis620 iso-8859-11 8859-11 "
     "iso-ir-166 thai thai8 thai-win cp1162 "
    },
    {"iso-8859-13", "\x84\xa4\xe1\xfa", "\xc2\x84\xc2\xa4\xc4\xaf\xc5\x9b",
     "iso-8859-13 8859-13 iso-ir-179 latin7 l7 baltic csiso885913 cp28603 "
     "windows-28603 "
    },
    {"iso-8859-14", "\x84\xa4\xe1\xfa", "\xc2\x84\xc4\x8a\xc3\xa1\xc3\xba",
     "iso-8859-14 8859-14 iso_8859-14:1998 iso-ir-199 latin8 l8 iso-celtic "
     "csiso885914 "
    },
    {"iso-8859-15", "\x84\xa4\xe1\xfa", "\xc2\x84\xe2\x82\xac\xc3\xa1\xc3\xba",
     "iso-8859-15 8859-15 iso_8859-15:1998 iso-ir-203 latin9 latin-0 l9 "
     "csisolatin9 csiso885915 cp923 ibm923 cp28605 windows-28605 "
    },
    {"iso-8859-16", "\x84\xa4\xe1\xfa", "\xc2\x84\xe2\x82\xac\xc3\xa1\xc3\xba",
     "iso-8859-16 8859-16 iso_8859-16:2001 iso-ir-226 latin10 l10 "
     "csiso885916 "
    },
    {"windows-1250", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xc3\xa1\xc3\xba",
     "windows-1250 cp1250 1250 win1250 ms-ee cswindows1250 cp5346 "
    },
    {"windows-1251", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xd0\xb1\xd1\x8a",
     "windows-1251 cp1251 1251 win1251 ms-cyrl cswindows1251 cp5347 "
     "windows-cyrillic win "
    },
    {"windows-1253", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xce\xb1\xcf\x8a",
     "windows-1253 cp1253 1253 win1253 ms-greek cswindows1253 cp5349 "
    },
    {"windows-1255", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xe2\x82\xaa\xd7\x91\xd7\xaa",
     "windows-1255 cp1255 1255 win1255 ms-hebr cswindows1255 cp5351 "
    },
    {"windows-1256", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xd9\x84\xd9\x92",
     "windows-1256 cp1256 1256 win1256 ms-arab cswindows1256 cp5352 "
    },
    {"windows-1257", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xc4\xaf\xc5\x9b",
     "windows-1257 cp1257 1257 win1257 winbaltrim cswindows1257 cp5353 "
    },
    {"windows-1258", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xc3\xa1\xc3\xba",
     "windows-1258 cp1258 1258 win1258 cswindows1258 cp5354 "
    },
    {"koi8-r", "\x84\xa4\xe1\xfa", "\xe2\x94\x94\xe2\x95\x93\xd0\x90\xd0\x97",
     "koi8-r koi8 koi cskoi8r cp20866 windows-20866 cp878 koi-8 "
    },
    {"koi8-u", "\x84\xa4\xe1\xfa", "\xe2\x94\x94\xd1\x94\xd0\x90\xd0\x97",
     "koi8-u koi8-ru cskoi8u cp21866 windows-21866 cp1168 "
    },
    {"koi8-t", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xd0\x90\xd0\x97",
     "koi8-t "
    },
    {"cp437", "\x84\xa4\xe1\xfa", "\xc3\xa4\xc3\xb1\xc3\x9f\xc2\xb7",
     "cp437 ibm437 437 dos-437 oem-437 pc8-codepage-437 cspc8codepage437 "
    },
    {"cp737", "\x84\xa4\xe1\xfa", "\xce\x95\xce\xbd\xce\xac\xc2\xb7",
     "cp737 ibm737 737 dos-737 "
    },
    {"cp775", "\x84\xa4\xe1\xfa", "\xc3\xa4\xc5\xbc\xc3\x9f\xc2\xb7",
     "cp775 ibm775 775 cspc775baltic "
    },
    {"cp850", "\x84\xa4\xe1\xfa", "\xc3\xa4\xc3\xb1\xc3\x9f\xc2\xb7",
     "cp850 ibm850 850 dos-850 pc850 pc-multilingual-850 cspc850multilingual "
    },
    {"cp852", "\x84\xa4\xe1\xfa", "\xc3\xa4\xc4\x84\xc3\x9f\xcb\x99",
     "cp852 ibm852 852 dos-852 pc852 cspcp852 "
    },
    {"cp855", "\x84\xa4\xe1\xfa", "\xd1\x91\xd1\x86\xd1\x80\xd0\xa9",
     "cp855 ibm855 855 csibm855 "
    },
    {"cp857", "\x84\xa4\xe1\xfa", "\xc3\xa4\xc3\xb1\xc3\x9f\xc2\xb7",
     "cp857 ibm857 857 csibm857 "
    },
    {"cp858", "\x84\xa4\xe1\xfa", "\xc3\xa4\xc3\xb1\xc3\x9f\xc2\xb7",
     "cp858 ibm858 858 ibm00858 ccsid00858 pc-multilingual-850+euro "
     "cspc858multilingual "
    },
    {"cp862", "\x84\xa4\xe1\xfa", "\xd7\x94\xc3\xb1\xc3\x9f\xc2\xb7",
     "cp862 ibm862 862 dos-862 cspc862latinhebrew "
    },
    {"cp866", "\x84\xa4\xe1\xfa", "\xd0\x94\xd0\xb4\xd1\x81\xc2\xb7",
     "cp866 ibm866 866 dos-866 alt csibm866 "
    },
    {"cp1125", "\x84\xa4\xe1\xfa", "\xd0\x94\xd0\xb4\xd1\x81\xc2\xb7",
     "cp1125 ibm1125 1125 cp866u ruscii "
    },
    {"macintosh", "\x84\xa4\xe1\xfa", "\xc3\x91\xc2\xa7\xc2\xb7\xcb\x99",
     "macintosh mac mac-roman macroman apple-roman csmacintosh cp10000 "
     "windows-10000 "
    },
    {"mac-cyrillic", "\x84\xa4\xe1\xfa", "\xd0\x94\xc2\xa7\xd0\xb1\xd1\x8a",
     "mac-cyrillic mac-ukrainian mac-uk cp10007 windows-10007 cp10017 "
     "ms-mac-cyrillic "
    },
    {"mac-ce", "\x84\xa4\xe1\xfa", "\xc4\x84\xc2\xa7\xc5\xa0\xc4\xb7",
     "mac-ce mac-centraleurope mac-centraleurroman mac-latin2 cp10029 "
     "windows-10029 "
    },
    {"mac-greek", "\x84\xa4\xe1\xfa", "\xc2\xb3\xce\x9b\xce\xb1\xce\xb6",
     "mac-greek cp10006 windows-10006 "
    },
    {"mac-turkish", "\x84\xa4\xe1\xfa", "\xc3\x91\xc2\xa7\xc2\xb7\xcb\x99",
     "mac-turkish cp10081 windows-10081 "
    },
    {"ptcp154", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xd3\xa8\xd0\xb1\xd1\x8a",
     "ptcp154 pt154 cp154 cyrillic-asian csptcp154 "
    },
    {"kz-1048", "\x84\xa4\xe1\xfa", "\xe2\x80\x9e\xc2\xa4\xd0\xb1\xd1\x8a",
     "kz-1048 rk1048 strk1048-2002 cskz1048 "
    },
    {"utf-7", "+IKw-", "\xe2\x82\xac",
     "utf-7 unicode-1-1-utf-7 unicode11utf7 unicode-2-0-utf-7 "
     "csunicode11utf7 csutf7 cp65000 windows-65000 65000 "
    },
    {"utf-16", "\xfe\xff \xac", "\xe2\x82\xac",
     "utf-16 unicode ucs-2 iso-10646-ucs-2 iso-10646 csunicode csutf16 "
     "utf-16-bom ucs2 "
    },
    {"utf-16be", " \xac", "\xe2\x82\xac",
     "utf-16be unicodefffe unicodebig unicodebigunmarked ucs-2be csutf16be "
     "cp1201 windows-1201 cp1200be "
    },
    {"utf-16le", "\xac ", "\xe2\x82\xac",
     "utf-16le unicodefeff unicodelittle unicodelittleunmarked ucs-2le "
     "csutf16le cp1200 windows-1200 "
    },
    {"utf-32", std::string_view("\x00\x00 \xac", 4), "\xe2\x82\xac",
     "utf-32 ucs-4 iso-10646-ucs-4 csucs4 csutf32 "
    },
    {"utf-32be", std::string_view("\x00\x00 \xac", 4), "\xe2\x82\xac",
     "utf-32be ucs-4be csutf32be cp12001 "
    },
    {"utf-32le", std::string_view("\xac \x00\x00", 4), "\xe2\x82\xac",
     "utf-32le ucs-4le csutf32le cp12000 "
    },
    {"iso-2022-jp", "\x1b$BF|\x1b(Ba", "\xe6\x97\xa5" "a",
     "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-2004 iso-2022-jp-3 "
     "iso-2022-jp-ms iso-2022-jp-ext iso-2022-7bit jis jis7 jis-encoding "
     "cp50220 cp50221 cp50222 cp5022x windows-50220 windows-50221 "
     "csiso2022jp csiso2022jp1 csiso2022jp2 csjisencoding junet "
    },
    {"iso-2022-kr", "\x1b$)C\x0eGQ\x0f" "a", "\xed\x95\x9c" "a",
     "iso-2022-kr csiso2022kr cp50225 windows-50225 "
    },
    {"iso-2022-cn", "\x1b$)A\x0eVP\x0f" "a", "\xe4\xb8\xad" "a",
     "iso-2022-cn iso-2022-cn-ext csiso2022cn csiso2022cnext cp50227 "
     "windows-50227 cp50229 "
    },
    {"hz", "~{VP~}a", "\xe4\xb8\xad" "a",
     "hz hz-gb hz-gb-2312 cp52936 windows-52936 zw "
    },
    {"gb18030", "\xd6\xd0\x81" "0\x81" "0", "\xe4\xb8\xad\xc2\x80",
     "gb18030 gb18030-2000 gb18030-2005 gb18030-2022 cp54936 windows-54936 "
     "csgb18030 gb2312 gb_2312 gb_2312-80 gb2312-80 gb2312-1980 csgb2312 "
     "csiso58gb231280 iso-ir-58 gbk csgbk cp936 ms936 windows-936 936 ibm936 "
     "cp1386 chinese simplified-chinese euc-cn euccn cseuccn cn-gb cngb gb "
     "cp51936 cp20936 "
    },
    {"big5", "\xa4\xa4", "\xe4\xb8\xad",
     "big5 big5-hkscs big5-hk big5-eten big5-2003 big5-hkscs:1999 "
     "big5-hkscs:2001 big5-hkscs:2004 csbig5 csbig5hkscs cn-big5 big-5 "
     "bigfive big-five big5-tw cp950 ms950 windows-950 950 cp951 ibm950 et "
    },
    {"euc-tw", "\xc4\xe3", "\xe4\xb8\xad",
     "euc-tw euctw cns11643 cseuctw "
    },
    {"euc-jp", "\xc6\xfc\xad\xa1", "\xe6\x97\xa5\xe2\x91\xa0",
     "euc-jp eucjp ujis euc eucjpms euc-jp-ms eucjp-ms eucjp-open eucjp-win "
     "cseucpkdfmtjapanese extended_unix_code_packed_format_for_japanese "
     "cp51932 windows-51932 cp20932 euc-jisx0213 euc-jis-2004 japanese-euc "
    },
    {"shift_jis", "\x93\xfa\x87@", "\xe6\x97\xa5\xe2\x91\xa0",
     "shift_jis shift-jis sjis sjis-win sjis-open cp932 ms932 ms_kanji "
     "mskanji windows-932 932 windows-31j csshiftjis cswindows31j ibm943 "
     "cp943 cp943c ibm932 pck shift_jisx0213 shift_jis-2004 shift_jis-ms "
    },
    {"euc-kr", "\xc7\xd1\x81" "A", "\xed\x95\x9c\xea\xb0\x82",
     "euc-kr euckr cseuckr uhc cp949 ms949 mscp949 windows-949 949 "
     "ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 "
     "ks_c_5601_1987 ksc5601-1987 ksc5601-1992 ks_x_1001 ksx1001 "
     "csksc56011987 csksc5601 iso-ir-149 korean cp51949 windows-51949 "
     "cp20949 ibm949 5601 "
    },
    {"johab", "\xd0" "e", "\xed\x95\x9c",
     "johab cp1361 ms1361 windows-1361 ksc5601-johab "
    },
    {"viscii", "\xe1\xa4", "\xc3\xa1\xe1\xba\xa5",
     "viscii viscii1.1-1 csviscii "
    },
    {"tcvn", "\xb8\xca", "\xc3\xa1\xe1\xba\xa5",
     "tcvn tcvn-5712 tcvn5712-1 tcvn5712-1:1993 "
    },
    {"armscii-8", "\xb2", "\xd4\xb1",
     "armscii-8 armscii8 "
    },
    {"georgian-ps", "\xc0", "\xe1\x83\x90",
     "georgian-ps georgian "
    },
    {"georgian-academy", "\xc0", "\xe1\x83\x90",
     "georgian-academy "
    },
    {"hp-roman8", "\xcc", "\xc3\xa4",
     "hp-roman8 roman8 r8 cshproman8 "
    },
    {"iso-ir-111", "\xe1", "\xd0\x90",
     "iso-ir-111 ecma-cyrillic koi8-e csiso111ecmacyrillic "
    },
    {"cp1133", "\xa1", "\xe0\xba\x81",
     "cp1133 ibm-cp1133 "
    },
    {"mac-icelandic", "\xa0", "\xc3\x9d",
     "mac-icelandic mac-iceland mac-is cp10079 "
    },
    {"cp860", "\x84", "\xc3\xa3",
     "cp860 ibm860 860 "
    },
    {"cp861", "\x8c", "\xc3\xb0",
     "cp861 ibm861 861 "
    },
    {"cp863", "\x84", "\xc3\x82",
     "cp863 ibm863 863 "
    },
    {"cp864", "\xc7", "\xef\xba\x8d",
     "cp864 ibm864 864 "
    },
    {"cp865", "\x9b", "\xc3\xb8",
     "cp865 ibm865 865 "
    },
    {"cp869", "\xa4", "\xce\x91",
     "cp869 ibm869 869 "
    },
};
// clang-format on

std::string squeezed(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (is_alpha(c) || is_digit(c)) letters += to_lower(c);
  }
  return letters;
}

template <class Visitor>
void for_each_name(Visitor visit) {
  for (const auto& row : kRows) {
    for (const auto name : split(trim(row.names), ' ')) visit(row, name);
  }
}

TEST(CharsetNames, EveryNameReadsItsText) {
  for_each_name([](const Row& row, std::string_view name) {
    EXPECT_TRUE(is_known_charset(name)) << name;
    EXPECT_EQ(canonical_charset(name), row.charset) << name;
    EXPECT_EQ(to_utf8(row.octets, name), row.text) << name;
  });
}

TEST(CharsetNames, EveryCanonicalNameMeansItself) {
  for (const auto& row : kRows) {
    EXPECT_EQ(canonical_charset(row.charset), row.charset);
  }
}

// What mail puts around a name, and how it spells it.
TEST(CharsetNames, CasePrefixQuotesAndLanguageDoNotMatter) {
  for_each_name([](const Row& row, std::string_view name) {
    const std::string plain(name);
    for (const auto& spelt :
         {upper(plain), "x-" + plain, "X-" + upper(plain), "\"" + plain + "\"",
          "'" + plain + "'", " " + plain + "\t", plain + "*en", squeezed(plain),
          "\" " + plain}) {
      EXPECT_EQ(canonical_charset(spelt), row.charset) << spelt;
      EXPECT_TRUE(is_known_charset(spelt)) << spelt;
    }
  });
  EXPECT_EQ(canonical_charset("ISO 8859 2"), "iso-8859-2");
  EXPECT_EQ(canonical_charset("windows_1251"), "windows-1251");
  EXPECT_EQ(canonical_charset("utf_8"), "utf-8");
}

// A name that is added is added here too.
TEST(CharsetNames, TheTableHoldsNoOtherNames) {
  std::set<std::string> tested;
  for_each_name([&](const Row&, std::string_view name) {
    tested.insert(squeezed(name));
  });
  for (const auto& alias : kCharsetAliases) {
    EXPECT_EQ(tested.count(std::string(alias.name)), 1u) << alias.name;
  }
}

TEST(CharsetNames, NoOtherNameIsKnown) {
  StringSink out(10);
  for (const std::string_view name :
       {"x-nosuch", "../../etc/passwd", "utf-8//TRANSLIT", "utf-8//IGNORE",
        "wchar_t", "char", "INTERNAL", "ucs-4-internal", "utf-8\n", "ebcdic",
        "-", "x-", "*", "a b", "utf-8;", "=?utf-8?", "utf-16 be le x", "cp037",
        "utf-88888888888888888888888888888888888888888888888888888888888"}) {
    EXPECT_FALSE(is_known_charset(name) && name != "*") << name;
    EXPECT_EQ(canonical_charset(name), "") << name;
    EXPECT_EQ(CharsetDecoder(name, out).known(), name == "*") << name;
  }
  EXPECT_FALSE(is_known_charset(std::string_view("utf-8\0", 6)));
}

}  // namespace
}  // namespace mailtool::mime
