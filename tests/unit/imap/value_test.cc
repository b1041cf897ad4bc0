#include "mailtool/imap/value.h"

#include <gtest/gtest.h>

#include "unit/imap/framed.h"

namespace mailtool::imap {
namespace {

// Values as text: atoms bare, strings in quotes, lists in brackets.
std::string shown(Value value) {
  std::string out;
  for (auto at = value; !at.absent(); at = at.next()) {
    if (!out.empty()) out += ' ';
    switch (at.kind()) {
      case Value::Kind::absent: break;
      case Value::Kind::nil: out += "nil"; break;
      case Value::Kind::atom: out += at.text(); break;
      case Value::Kind::quoted:
        out += "'" + std::string(at.text()) + "'";
        break;
      case Value::Kind::literal:
        out += "<" + std::string(at.text()) + ">";
        break;
      case Value::Kind::list: out += "[" + shown(at.first()) + "]"; break;
    }
  }
  return out;
}

struct Case {
  const char* why;
  const char* wire;
  const char* tree;
  bool legal = true;
};

// clang-format off
const Case kCases[] = {
  {"atoms",               "a B 7\r\n",                    "a B 7"},
  {"NIL in any case",     "NIL nil Nile\r\n",             "nil nil Nile"},
  {"strings",             "\"a b\" \"\"\r\n",             "'a b' ''"},
  {"escapes",             "\"a \\\"b\\\\\"\r\n",          "'a \"b\\'"},
  {"lists",               "(a (b c) ()) d\r\n",           "[a [b c] []] d"},
  {"no blanks at all",    "(a)(b)\"c\"\r\n",              "[a] [b] 'c'"},
  {"literal",             "(a {3}\r\nb)c d)\r\n",         "[a <b)c> d]"},
  {"literal with quotes", "{4}\r\n\"a\"(\r\n",            "<\"a\"(>"},
  {"section",             "BODY[HEADER.FIELDS (DATE)]<0> x\r\n",
                          "BODY[HEADER.FIELDS (DATE)]<0> x"},
  {"bracket unclosed",    "[a b\r\n",                     "[a b"},
  {"trailing blank",      "(a ) \r\n",                    "[a]"},
  {"unescaped quotes",    "(\"<\"a\"@b>\" c)\r\n",        "['<\"a\"@b>' c]", false},
  {"four quotes",         "(\"\"\"\" c)\r\n",             "['\"\"' c]", false},
  {"quote, then literal", "(\"HTML\"\" {1}\r\nx)\r\n",    "['HTML\"' <x>]", false},
  {"string cut off",      "(a \"bc\r\n",                  "[a 'bc']", false},
  {"list cut off",        "(a (b\r\n",                    "[a [b]]", false},
  {"one parenthesis more", "(a)) b\r\n",                  "[a] b", false},
  {"backslash kept",      "\"a\\b\"\r\n",                 "'a\\b'"},
};
// clang-format on

TEST(Value, Table) {
  for (const auto& c : kCases) {
    const auto framed = test::frame(c.wire);
    const ValueTree tree(framed, 0);
    EXPECT_EQ(shown(tree.first()), c.tree) << c.why;
    EXPECT_EQ(tree.warnings().empty(), c.legal) << c.why;
  }
}

TEST(Value, DepthIsBounded) {
  const FramedResponse framed{std::string(1'000'000, '('), {}};
  const ValueTree tree(framed, 0);
  EXPECT_TRUE(tree.truncated());
  std::size_t depth = 0;
  for (auto at = tree.first(); at.is_list(); at = at.first()) ++depth;
  EXPECT_EQ(depth, ValueTree::kMaxDepth);
}

TEST(Value, CountIsBounded) {
  std::string text;
  for (int i = 0; i < 400'000; ++i) text += "() ";
  const FramedResponse framed{text, {}};
  EXPECT_TRUE(ValueTree(framed, 0).truncated());
}

// What stands behind what was left out is read.
TEST(Value, BeyondTheLimits) {
  const auto deep = std::string(5000, '(') + "\")(\"" + std::string(5000, ')');
  const FramedResponse nested{"(a " + deep + " b) c", {}};
  const ValueTree tree(nested, 0);
  EXPECT_TRUE(tree.truncated());
  EXPECT_FALSE(tree.unfinished());
  EXPECT_EQ(tree.first().size(), 3u);
  EXPECT_EQ(tree.first().next().text(), "c");

  std::string many = "(a ((";
  for (int i = 0; i < 400'000; ++i) many += "x ";
  const FramedResponse wide{many + ") y) b) c", {}};
  const ValueTree rest(wide, 0);
  EXPECT_TRUE(rest.truncated());
  EXPECT_EQ(rest.first().size(), 3u);
  EXPECT_EQ(rest.first().next().text(), "c");
}

TEST(Value, Unfinished) {
  for (const std::string text : {"(a", "\"a", "(a \"b)", "(a) (b"}) {
    const FramedResponse framed{text, {}};
    EXPECT_TRUE(ValueTree(framed, 0).unfinished()) << text;
  }
  for (const std::string text : {"", "a", "(a) \"b\"", "(a))"}) {
    const FramedResponse framed{text, {}};
    EXPECT_FALSE(ValueTree(framed, 0).unfinished()) << text;
  }
}

TEST(Value, QuotesBeforeAValue) {
  const FramedResponse framed{R"E((("5" disk" NIL "a" (b)" ("c")) UID 7))E",
                              {}};
  const ValueTree tree(framed, 0, ValueTree::Quotes::before_value);
  EXPECT_EQ(shown(tree.first()), R"E([['5" disk' nil 'a" (b)' ['c']] UID 7])E");
}

TEST(Value, RawIsWhatStoodThere) {
  const auto framed = test::frame("x (a \"b\\\"\") y\r\n");
  const ValueTree tree(framed, 0);
  EXPECT_EQ(tree.first().next().raw(), "(a \"b\\\"\")");
}

}  // namespace
}  // namespace mailtool::imap
