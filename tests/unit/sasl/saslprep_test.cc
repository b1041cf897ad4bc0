#include "mailtool/sasl/saslprep.h"

#include <gtest/gtest.h>

namespace mailtool::sasl {
namespace {

struct Case {
  const char* why;
  std::string input;
  std::optional<std::string> expected;
};

// The first five are RFC 4013 section 3.
const Case kCases[] = {
    {"soft hyphen mapped to nothing", "I\u00adX", "IX"},
    {"no transformation", "user", "user"},
    {"case preserved", "USER", "USER"},
    {"NFKC of feminine ordinal", "\u00aa", "a"},
    {"NFKC of roman nine", "\u2168", "IX"},
    {"control character", "\x07", std::nullopt},
    {"NUL", std::string("a\0b", 3), std::nullopt},
    {"delete", "\x7f", std::nullopt},
    {"C1 control", "a\u0085", std::nullopt},
    {"empty", "", ""},
    {"no-break space", "a\u00a0b", "a b"},
    {"ideographic space", "a\u3000b", "a b"},
    {"composed", "e\u0301", "\u00e9"},
    {"zero width joiner", "a\u200db", "ab"},
    {"private use", "\ue000", std::nullopt},
    {"right-to-left override", "a\u202eb", std::nullopt},
    {"replacement character", "\ufffd", std::nullopt},
    {"noncharacter", "\ufdd0", std::nullopt},
    {"not UTF-8", "\xff\xfe", std::nullopt},
    {"ASCII punctuation", " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
     " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
};

TEST(Saslprep, Table) {
  for (const auto& c : kCases) {
    EXPECT_EQ(saslprep(c.input), c.expected) << c.why;
  }
}

}  // namespace
}  // namespace mailtool::sasl
