#include "cli/flag_words.h"

#include <gtest/gtest.h>

namespace mailtool::cli {
namespace {

using Words = std::vector<std::string>;

constexpr Flag kTable[] = {
    {"i", FlagValue::none},     {"t", FlagValue::none},
    {"f", FlagValue::required}, {"q", FlagValue::glued},
    {"oe", FlagValue::glued},   {"o", FlagValue::glued},
    {"bp", FlagValue::glued},   {"oA", FlagValue::required},
};

// "i f=bob | arguments | behind | long words"
std::string sorted(const Words& words) {
  const auto read = read_flags(words, kTable);
  if (!read) return read.error().what;
  std::string text;
  for (const auto& given : read->flags) {
    text += std::string(given.flag->name);
    if (!given.value.empty()) text += "=" + given.value;
    text += " ";
  }
  for (const auto* list :
       {&read->arguments, &read->behind, &read->long_words}) {
    text += "|";
    for (const auto& word : *list) text += word + " ";
  }
  return text;
}

TEST(FlagWords, AreSorted) {
  struct Case {
    Words words;
    const char* expected;
  };
  const Case kCases[] = {
      {{}, "|||"},
      {{"-i", "bob", "-t"}, "i t |bob ||"},
      {{"-it", "-fbob"}, "i t f=bob |||"},
      {{"-if", "bob", "x"}, "i f=bob |x ||"},
      {{"-f", "-t", "-t"}, "f=-t t |||"},
      {{"-f", ""}, "f |||"},
      {{"-q", "30m"}, "q |30m ||"},
      {{"-q30m"}, "q=30m |||"},
      {{"-oem", "-oi", "-oitrue"}, "oe=m o=i o=itrue |||"},
      {{"-o", "em"}, "oe=m |||"},
      {{"-oAfile", "-oA", "file"}, "oA=file oA=file |||"},
      {{"-o", "A", "file"}, "oA=file |||"},
      {{"-b", "p"}, "bp |||"},
      {{"--a=b", "x", "--c"}, "|x ||--a=b --c "},
      {{"x", "--", "-i", "--", "y"}, "|x |-i -- y |"},
      {{"-"}, "|- ||"},
      {{"-z"}, "unknown option -z"},
      {{"-iz"}, "unknown option -z"},
      {{"-b"}, "unknown option -b"},
      {{"-bx"}, "unknown option -b"},
      {{"-f"}, "option -f needs a value"},
      {{"-oA"}, "option -oA needs a value"},
      {{"a\nb"}, "CR, LF or NUL in an argument"},
      {{"--", "a\rb"}, "CR, LF or NUL in an argument"},
      {{"-f", std::string("a\0b", 3)}, "CR, LF or NUL in an argument"},
      {{"-\x1b"}, "unknown option -\\x1b"},
  };
  for (const auto& test : kCases) EXPECT_EQ(sorted(test.words), test.expected);
}

TEST(FlagWords, AHugeLineIsReadInOnePass) {
  Words words;
  for (int i = 0; i < 100'000; ++i) {
    words.push_back("bob" + std::to_string(i));
    words.emplace_back("-itititit");
  }
  words.push_back("-" + std::string(100'000, 'i'));
  const auto read = read_flags(words, kTable);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->arguments.size(), 100'000u);
  EXPECT_EQ(read->flags.size(), 900'000u);
}

}  // namespace
}  // namespace mailtool::cli
