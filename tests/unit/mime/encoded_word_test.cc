#include "mailtool/mime/encoded_word.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

struct Case {
  const char* why;
  std::string value;
  std::string text;
};

// RFC 2047 section 8: comments there, plain values here.
const Case kRfc2047[] = {
    {"one", "(=?ISO-8859-1?Q?a?=)", "(a)"},
    {"word and text", "(=?ISO-8859-1?Q?a?= b)", "(a b)"},
    {"two", "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
    {"two blanks", "(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
    {"fold", "(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)"},
    {"space encoded", "(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
    {"space in the second", "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)",
     "(a b)"},
    {"Keith", "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
     "Keith Moore <moore@cs.utk.edu>"},
    {"Keld", "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>",
     "Keld J\xc3\xb8rn Simonsen <keld@dkuug.dk>"},
    {"Andre", "=?ISO-8859-1?Q?Andr=E9?= Pirard", "Andr\xc3\xa9 Pirard"},
    {"subject",
     "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n"
     "    =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
     "If you can read this you understand the example."},
    {"Hebrew", "=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=",
     "\xd7\x9d\xd7\x95\xd7\x9c\xd7\xa9 \xd7\x9f\xd7\x91 "
     "\xd7\x99\xd7\x9c\xd7\x98\xd7\xa4\xd7\xa0"},
};

const Case kBroken[] = {
    {"lower case", "=?utf-8?q?=c3=bc?=", "\xc3\xbc"},
    {"split character, Q", "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "\xc3\xbc"},
    {"split character, B", "=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "\xe2\x82\xac"},
    {"split quantum",
     "=?utf-8?B?w6TDt?= =?utf-8?B?sO8?=", "\xc3\xa4\xc3\xb6\xc3\xbc"},
    {"B then Q", "=?utf-8?B?4oI=?= =?UTF-8?Q?=AC?=", "\xe2\x82\xac"},
    {"no padding", "=?utf-8?B?Y2Fmw6k?=", "caf\xc3\xa9"},
    {"too much padding", "=?utf-8?B?Y2Fmw6k====?=", "caf\xc3\xa9"},
    {"glued to text", "x=?utf-8?Q?a?=y", "xay"},
    {"glued to each other", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
    {"space inside Q", "=?utf-8?Q?a b c?=", "a b c"},
    {"question mark inside Q", "=?utf-8?Q?a?b?=", "a?b"},
    {"language", "=?utf-8*en?Q?colour?=", "colour"},
    {"unknown charset, UTF-8 inside", "=?x-klingon?Q?=C3=BC?=", "\xc3\xbc"},
    {"unknown charset, else windows-1252", "=?x-klingon?Q?=FC?=", "\xc3\xbc"},
    {"Latin-1 read as windows-1252",
     "=?iso-8859-1?Q?it=92s?=", "it\xe2\x80\x99s"},
    {"invalid UTF-8", "=?utf-8?Q?a=FFb?=",
     "a\xef\xbf\xbd"
     "b"},
    {"hidden CRLF", "=?utf-8?Q?a=0D=0ABcc:_v@x?=",
     "a\xef\xbf\xbd\xef\xbf\xbd"
     "Bcc: v@x"},
    {"hidden CRLF in B", "=?utf-8?B?YQ0KYg==?=",
     "a\xef\xbf\xbd\xef\xbf\xbd"
     "b"},
    {"hidden NUL", "=?utf-8?Q?a=00b?=",
     "a\xef\xbf\xbd"
     "b"},
    {"NUL in UTF-16", "=?utf-16be?B?AGEAAABi?=",
     "a\xef\xbf\xbd"
     "b"},
    {"broken escape", "=?utf-8?Q?a=4?=", "a=4"},
    {"no end", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
    {"no encoding", "=?utf-8?abc?=", "=?utf-8?abc?="},
    {"wrong encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
    {"no charset", "=??Q?abc?=", "=??Q?abc?="},
    {"charset with a path", "=?../../x?Q?abc?=", "=?../../x?Q?abc?="},
    {"empty",
     "=?utf-8?Q?"
     "?=",
     ""},
    {"empty B",
     "a =?utf-8?B?"
     "?= b",
     "a  b"},
    {"unfinished word, then a word",
     "=?utf-8?Q?x =?utf-8?Q?y?=", "=?utf-8?Q?x y"},
    {"raw UTF-8", "gr\xc3\xbcn", "gr\xc3\xbcn"},
    {"raw Latin-1", "gr\xfcn", "gr\xc3\xbcn"},
    {"raw NUL", std::string("a\0b", 3),
     "a\xef\xbf\xbd"
     "b"},
    {"fold in plain text", "a\r\n b", "a b"},
    {"decoded once only",
     "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?=", "=?utf-8?Q?a?="},
};

TEST(EncodedWord, Rfc2047Section8) {
  for (const auto& c : kRfc2047) {
    EXPECT_EQ(decode_encoded_words(c.value), c.text) << c.why;
  }
}

TEST(EncodedWord, OddAndBrokenWords) {
  for (const auto& c : kBroken) {
    EXPECT_EQ(decode_encoded_words(c.value), c.text) << c.why;
  }
}

TEST(EncodedWord, NeedsEncoding) {
  for (const auto* text : {"gr\xc3\xbcn", "a\x01", "=?x", "a\x7f", "a\nb"}) {
    EXPECT_TRUE(needs_encoding(text)) << text;
  }
  for (const auto* text : {"", "plain", "a = b ?", "tab\there"}) {
    EXPECT_FALSE(needs_encoding(text)) << text;
    EXPECT_EQ(encode_words(text), text);
  }
}

TEST(EncodedWord, ChoosesTheShorter) {
  EXPECT_EQ(encode_words("gr\xc3\xbcn tea here"),
            "=?utf-8?Q?gr=C3=BCn_tea_here?=");
  EXPECT_EQ(encode_words("\xc3\xbc\xc3\xbc\xc3\xbc"), "=?utf-8?B?w7zDvMO8?=");
  EXPECT_EQ(encode_words("=?a?="), "=?utf-8?B?PT9hPz0=?=");
}

TEST(EncodedWord, RoundTrip) {
  const std::string pieces[] = {
      "a", " ", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
      "=", "?", "_",        "\t",           "\""};
  std::string text;
  std::size_t next = 0;
  for (int i = 0; i < 400; ++i) {
    next = (next * 7 + 3 + static_cast<std::size_t>(i)) % std::size(pieces);
    text += pieces[next];
    const auto words = encode_words(text);
    ASSERT_EQ(decode_encoded_words(words), text);
    if (!needs_encoding(text)) continue;
    ASSERT_TRUE(is_ascii(words));
    for (const auto word : split(words, ' ')) {
      ASSERT_LE(word.size(), 75u);
      // No character is split: each word is text of its own.
      ASSERT_TRUE(is_valid_utf8(decode_encoded_words(word)));
      ASSERT_EQ(decode_encoded_words(word).find("\xef\xbf\xbd"),
                std::string::npos);
    }
  }
}

// RFC 2047 section 2: lines with encoded words have at most 76 octets.
TEST(EncodedWord, RoomBeforeTheFirstWord) {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    text += i % 2 == 0 ? "\xc3\xbc" : "plain text ";
    for (std::size_t before = 0; before <= 40; ++before) {
      const auto words = encode_words(text, before);
      ASSERT_LE(words.find(' ') == words.npos ? words.size() : words.find(' '),
                75 - before);
      ASSERT_EQ(decode_encoded_words(words), text);
    }
    ASSERT_EQ(decode_encoded_words(encode_words(text, 100'000)), text);
  }
}

TEST(EncodedWord, HostileValuesAreLinear) {
  std::string words, halves, alternating;
  for (int i = 0; i < 50'000; ++i) {
    words += "=?utf-8?Q?a?= ";
    halves += "=?utf-8?Q?";
    alternating += i % 2 == 0 ? "=?koi8-r?B?wQ==?= " : "=?x-none?B?YQ==?= ";
  }
  EXPECT_EQ(decode_encoded_words(words), std::string(50'000, 'a') + " ");
  EXPECT_EQ(decode_encoded_words(halves), halves);
  EXPECT_EQ(decode_encoded_words(alternating).size(), 25'000u * 3 + 1);
  const std::string marks(2'000'000, '?');
  EXPECT_EQ(decode_encoded_words("=?utf-8?Q?" + marks).size(),
            marks.size() + 10);
  std::string starts;
  for (int i = 0; i < 1'000'000; ++i) starts += "=?";
  EXPECT_EQ(decode_encoded_words(starts), starts);
}

}  // namespace
}  // namespace mailtool::mime
