#include "mailtool/mime/message_id.h"

#include <gtest/gtest.h>

#include "defect_names.h"

namespace mailtool::mime {
namespace {

TEST(MessageId, Lists) {
  struct {
    const char* why;
    const char* value;
    std::vector<std::string> ids;
    bool legal = true;
  } const cases[] = {
      {"one", "<a@b>", {"a@b"}},
      {"folded list", "<a@b>\r\n\t<c@d>", {"a@b", "c@d"}},
      {"comments", "(x <y@z>) <a@b> (c)", {"a@b"}},
      {"glued", "<a@b><c@d>", {"a@b", "c@d"}},
      {"quoted local part", "<\"a b>\"@c>", {"\"a b>\"@c"}},
      {"domain literal", "<a@[192.0.2.1]>", {"a@[192.0.2.1]"}},
      {"blanks inside", "<a @ b>", {"a@b"}, false},
      {"fold inside", "<a@\r\n b>", {"a@b"}, false},
      {"no brackets", "a@b", {"a@b"}, false},
      {"no closing bracket", "<a@b <c@d>", {"a@b", "c@d"}, false},
      {"no opening bracket", "a@b>", {"a@b"}, false},
      {"commas between", "<a@b>, <c@d>", {"a@b", "c@d"}, false},
      {"no @", "<abc>", {"abc"}, false},
      {"prose", "Your message of Monday <a@b>", {"a@b"}, false},
      {"empty", "<>", {}, false},
      {"nothing", "", {}},
      {"open quote", "<\"a@b> <c@d>", {"\"a@b", "c@d"}, false},
      {"control", "<a\x01@b>", {"a@b"}, false},
      {"raw Latin-1", "<\xfc@b>", {"\xc3\xbc@b"}},
  };
  std::vector<std::string> ids;
  for (const auto& c : cases) {
    DefectSet defects;
    parse_message_ids(c.value, ids, &defects);
    EXPECT_EQ(ids, c.ids) << c.why;
    EXPECT_EQ(names(defects), c.legal ? "" : "malformed-message-id") << c.why;
    EXPECT_EQ(parse_message_ids(c.value), c.ids) << c.why;
  }
  EXPECT_EQ(parse_message_ids("<a@b> <c@d>", 1).size(), 1u);
  EXPECT_TRUE(parse_message_ids("a", 0).empty());
}

TEST(MessageId, HostileValuesAreLinear) {
  for (const auto* piece : {"<", ">", "<\"", "\"", "(", "<a@b>", "a ", "<a", ","}) {
    std::string value;
    for (int i = 0; i < 300'000; ++i) value += piece;
    EXPECT_LE(parse_message_ids(value).size(), 1000u) << piece;
  }
}

}  // namespace
}  // namespace mailtool::mime
