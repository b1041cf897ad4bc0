#include "mailtool/mime/format_flowed.h"

#include <gtest/gtest.h>

#include "filtered.h"

namespace mailtool::mime {
namespace {

std::string read(std::string_view text, std::size_t chunk, bool delete_space) {
  StringSink out(test::kPlenty);
  FlowedReader reader(out, delete_space);
  test::pour(reader, text, chunk);
  return out.take();
}

struct Case {
  const char* why;
  std::string_view flowed;
  std::string_view text;
  bool delete_space = false;
};

// clang-format off
const Case kCases[] = {
    {"lines are joined", "one \r\ntwo \r\nthree\r\nfour\r\n", "one two three\nfour\n"},
    {"LF ends lines too", "one \ntwo\n", "one two\n"},
    {"DelSp", "Donaudampf \r\nschiff  \r\nfahrt\r\n", "Donaudampfschiff fahrt\n", true},
    {"only the last space is soft", "one  \r\ntwo\r\n", "one  two\n"},
    {"quotes of one depth are joined", "> one \r\n> two\r\n>> three \r\n>> four\r\n",
     "> one two\n>> three four\n"},
    {"another depth ends a paragraph", "> one \r\ntwo \r\n>> three\r\n", "> one\ntwo\n>> three\n"},
    {"a quote without stuffing", ">one \r\n>two\r\n", "> one two\n"},
    {"stuffing after each depth", ">>  one\r\n> > two\r\n", ">>  one\n> > two\n"},
    {"stuffing is taken back", " From here \r\n  on\r\n >no quote\r\n", "From here  on\n>no quote\n"},
    {"an empty quoted line", "> one\r\n>\r\n> two\r\n", "> one\n>\n> two\n"},
    {"an empty line after a soft one", "one \r\n\r\ntwo\r\n", "one\n\ntwo\n"},
    {"a line that is only stuffed", "one \r\n \r\ntwo\r\n", "one\n\ntwo\n"},
    {"a line of one soft space", "one\r\n  \r\ntwo\r\n", "one\n two\n"},
    {"the signature is no paragraph", "one \r\n-- \r\nme \r\nhere\r\n", "one\n-- \nme here\n"},
    {"a stuffed signature", " -- \r\nme\r\n", "-- \nme\n"},
    {"a quoted signature", "> one \r\n> -- \r\n> me\r\n", "> one\n> -- \n> me\n"},
    {"dashes that are none", "--\r\n--x\r\n-- y \r\n-\r\n", "--\n--x\n-- y -\n"},
    {"two dashes at the end", "one\r\n-- ", "one\n-- \n"},
    {"three dashes", "--- \r\nx\r\n", "--- x\n"},
    {"no end", "one", "one\n"},
    {"a soft end", "one \r\n", "one\n"},
    {"a CR in the line", "a\rb \r\r\nc\r\r\n\r\n", "a\rb \r\nc\r\n\n"},
    {"a space before a lone CR", "a \rb\r\n", "a \rb\n"},
    {"UTF-8", "gr\xc3\xbcn \r\n\xe2\x82\xac\r\n", "gr\xc3\xbcn \xe2\x82\xac\n"},
    {"nothing", "", ""},
    {"one line end", "\r\n", "\n"},
    {"only quotes", ">>>", ">>>\n"},
};
// clang-format on

TEST(FormatFlowed, EveryCaseAtEverySplit) {
  for (const auto& c : kCases) {
    for (std::size_t chunk = 1; chunk <= c.flowed.size() + 1; ++chunk) {
      EXPECT_EQ(read(c.flowed, chunk, c.delete_space), c.text)
          << c.why << ", pieces of " << chunk;
    }
    for (std::size_t cut = 0; cut <= c.flowed.size(); ++cut) {
      StringSink out(test::kPlenty);
      FlowedReader reader(out, c.delete_space);
      ASSERT_TRUE(reader.write(c.flowed.substr(0, cut)));
      ASSERT_TRUE(reader.write(c.flowed.substr(cut)));
      ASSERT_TRUE(reader.finish());
      EXPECT_EQ(out.text(), c.text) << c.why << ", cut at " << cut;
    }
  }
}

TEST(FormatFlowed, ResetForgetsTheTextBefore) {
  StringSink first(100);
  StringSink second(100);
  FlowedReader reader(first, true);
  ASSERT_TRUE(reader.write(">> one \n>> -"));
  reader.reset(second, false);
  ASSERT_TRUE(reader.write("two \nthree"));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(second.text(), "two three\n");
}

TEST(FormatFlowed, LongParagraphsAndDeepQuotesStream) {
  for (const std::string_view line :
       {"word \r\n", "> word \r\n", ">", " ", "-- ", "\r"}) {
    std::string text;
    while (text.size() < 1'000'000) text += line;
    const auto whole = read(text, text.size(), false);
    EXPECT_LE(whole.size(), text.size() + 2) << line;
    EXPECT_EQ(read(text, 4097, false), whole) << line;
  }
}

// A Sink that is full is reported, not written to again.
TEST(FormatFlowed, AFullSinkIsAnError) {
  StringSink out(10);
  FlowedReader reader(out);
  std::string text(20'000, 'x');
  EXPECT_FALSE(reader.write(text) && reader.finish());
}

}  // namespace
}  // namespace mailtool::mime
