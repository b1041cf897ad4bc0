// What decoding finds, and that it decodes all the same.
#include <gtest/gtest.h>

#include "defect_names.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

constexpr const char* kWord = "malformed-encoded-word";
constexpr const char* kControl = "control-in-encoded-word";

struct Case {
  const char* why;
  std::string value;
  std::string text;
  std::string defects;
};

const Case kCases[] = {
    {"plain", "plain text", "plain text", ""},
    {"legal Q", "=?utf-8?Q?=C3=BC_x?=", "\xc3\xbc x", ""},
    {"legal B", "=?utf-8?B?w7w=?=", "\xc3\xbc", ""},
    {"lower case", "=?UTF-8?q?=c3=bc?=", "\xc3\xbc", ""},
    {"in a comment", "(=?utf-8?Q?a?=)", "(a)", ""},
    {"raw UTF-8", "\xc3\xbc", "\xc3\xbc", ""},
    {"raw Latin-1", "\xfc", "\xc3\xbc", ""},
    {"raw ISO-2022-JP", "\x1b$B$\"\x1b(B", "\xe3\x81\x82", ""},
    {"adjacent words joined", "=?utf-8?Q?a?= \r\n =?utf-8?Q?b?=", "ab", ""},
    {"glued words", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab", kWord},
    {"glued to text", "x=?utf-8?Q?a?=", "xa", kWord},
    {"space inside Q", "=?utf-8?Q?a b?=", "a b", kWord},
    {"fold inside Q", "=?utf-8?Q?a\r\n b?=", "a b", kWord},
    {"question mark inside Q", "=?utf-8?Q?a?b?=", "a?b", kWord},
    {"raw octets inside Q", "=?utf-8?Q?\xc3\xbc?=", "\xc3\xbc", kWord},
    {"bad escape", "=?utf-8?Q?=4x?=", "=4x", kWord},
    {"character split over two words", "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=",
     "\xc3\xbc", ""},
    {"quantum split over two words", "=?utf-8?B?w?= =?utf-8?B?7w=?=",
     "\xc3\xbc", kWord},
    {"quantum split 2 and 2", "=?utf-8?B?w7?= =?utf-8?B?w=?=", "\xc3\xbc",
     kWord},
    {"two words without padding", "=?utf-8?B?YQ?= =?utf-8?B?Yg?=", "ab", kWord},
    {"second word whole", "=?utf-8?B?YQ?= =?utf-8?B?Yg==?=", "ab", kWord},
    {"no padding", "=?utf-8?B?Y2Fmw6k?=", "caf\xc3\xa9", kWord},
    {"too much padding", "=?utf-8?B?YWI===?=", "ab", kWord},
    {"goes on behind the padding", "=?utf-8?B?YQ==Yg==?=", "ab", kWord},
    {"junk in base64", "=?utf-8?B?Y-W*I=?=", "ab", kWord},
    {"language", "=?utf-8*en?Q?a?=", "a", ""},
    {"unknown charset", "=?x-none?Q?=FC?=", "\xc3\xbc", "unknown-charset"},
    {"unknown charset with UTF-8", "=?x-none?Q?=C3=BC?=", "\xc3\xbc",
     "unknown-charset"},
    {"octets without a character", "=?utf-8?Q?a=FF?=", "a\xef\xbf\xbd",
     "malformed-charset"},
    {"iso-8859-1 is windows-1252", "=?iso-8859-1?Q?=92?=", "\xe2\x80\x99", ""},
    {"UTF-7", "=?utf-7?Q?+APw-?=", "\xc3\xbc", ""},
    {"never ends", "=?utf-8?Q?a", "=?utf-8?Q?a", kWord},
    {"another begins inside", "=?utf-8?Q?a=?utf-8?Q?b?=", "=?utf-8?Q?ab", kWord},
    {"no word at all", "a =? b", "a =? b", ""},
    {"over 75 octets", "=?utf-8?Q?" + std::string(64, 'x') + "?=",
     std::string(64, 'x'), kWord},
    {"75 octets", "=?utf-8?Q?" + std::string(63, 'x') + "?=",
     std::string(63, 'x'), ""},
    {"hidden CR LF", "=?utf-8?Q?a=0D=0ABcc:_v@x?=",
     "a\xef\xbf\xbd\xef\xbf\xbd" "Bcc: v@x", kControl},
    {"hidden NUL", "=?utf-8?B?YQA=?=", "a\xef\xbf\xbd", kControl},
    {"hidden escape", "=?utf-8?Q?=1B[2J?=", "\xef\xbf\xbd[2J", kControl},
    {"hidden C1", "=?utf-8?Q?=C2=9B2J?=", "\xef\xbf\xbd" "2J", kControl},
    {"hidden DEL", "=?utf-8?Q?=7F?=", "\xef\xbf\xbd", kControl},
    {"hidden TAB stays", "=?utf-8?Q?a=09b?=", "a\tb", ""},
    {"raw escape", "a\x1b[2J", "a\xef\xbf\xbd[2J", ""},
};

TEST(EncodedWordDefects, Table) {
  for (const auto& c : kCases) {
    std::string text = "kept ";
    DefectSet defects;
    decode_encoded_words(c.value, text, &defects);
    EXPECT_EQ(text, "kept " + c.text) << c.why;
    EXPECT_EQ(names(defects), c.defects) << c.why;
    EXPECT_EQ(decode_encoded_words(c.value), c.text) << c.why;
  }
}

// Plain ASCII takes a way of its own: at every place and length it must be the
// same as what goes octet by octet.
TEST(EncodedWordDefects, OneOddOctetAnywhere) {
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (const char odd : std::string("\x01\x1f\x7f\x80\xff\n=\t", 8)) {
        std::string value(length, 'x');
        value[at] = odd;
        const auto text = decode_encoded_words(value);
        EXPECT_TRUE(is_valid_utf8(text));
        const bool kept = odd == '=' || odd == '\t';
        EXPECT_EQ(text == value, kept) << length << ' ' << at;
      }
    }
  }
}

TEST(DecodeValue, AppendsAndTrims) {
  std::string text = "a ";
  DefectSet defects;
  decode_value(" =?utf-8?Q?_b_?= \r\n ", text, &defects);
  EXPECT_EQ(text, "a b");
  decode_value("x\xe2\x80\xae", text, &defects);
  EXPECT_EQ(names(defects), "deceptive-characters");
}

}  // namespace
}  // namespace mailtool::mime
