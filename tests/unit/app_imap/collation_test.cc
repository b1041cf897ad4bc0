#include "app/imap_collation.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

struct Pair {
  const char* a;
  const char* b;
};

TEST(CollationKey, CaseAndTheWayToWriteAnAccentDoNotCount) {
  for (const auto& [a, b] :
       {Pair{"report", "RePoRT"}, Pair{"Grüße", "GRÜßE"},
        Pair{"e\xCC\x81t\xC3\xA9", "ÉTÉ"}, Pair{"Ёлка", "ёЛКА"},
        Pair{"Σίσυφος", "ΣΊΣΥΦΟΣ"},
        Pair{"\xEA\xB0\x80", "\xE1\x84\x80\xE1\x85\xA1"}, Pair{"", ""}}) {
    EXPECT_EQ(collation_key(a), collation_key(b)) << a;
  }
}

TEST(CollationKey, LettersCount) {
  for (const auto& [a, b] : {Pair{"u", "ü"}, Pair{"ss", "x"}, Pair{"a b", "ab"},
                             Pair{"한", "하"}, Pair{"日本", "日"}}) {
    EXPECT_NE(collation_key(a), collation_key(b)) << a;
  }
}

TEST(CollationKey, OctetsThatAreNoUtf8) {
  EXPECT_EQ(collation_key("a\xff\xc3"), "A\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(collation_key(std::string("a\0b", 3)), std::string("A\0B", 3));
  // The longest decomposition there is, many times.
  std::string long_text;
  for (int i = 0; i < 1000; ++i) long_text += "\xEF\xB7\xBA";
  EXPECT_GT(collation_key(long_text).size(), long_text.size());
}

TEST(FieldContains, DecodedAndFolded) {
  const std::string header =
      "To: bob@example.org\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
      " aus =?ISO-8859-1?Q?K=F6ln?=\r\n\r\n";
  EXPECT_TRUE(field_contains(header, "subject", "GRÜßE AUS KÖLN"));
  EXPECT_TRUE(field_contains(header, "to", ""));
  EXPECT_FALSE(field_contains(header, "cc", ""));
  EXPECT_FALSE(field_contains(header, "Subject", "Bonn"));
  EXPECT_EQ(first_field(header, "Subject"), "Grüße aus Köln");
  EXPECT_EQ(first_field(header, "X-None"), "");
}

}  // namespace
}  // namespace mailtool::app
