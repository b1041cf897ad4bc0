#include "app/parse_tree.h"

#include <gtest/gtest.h>

#include "mailtool/mime/parser.h"

namespace mailtool::app {
namespace {

TEST(ParseTree, Sizes) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(1024), "1.0 KB");
  EXPECT_EQ(size_text(1536), "1.5 KB");
  EXPECT_EQ(size_text(1048576), "1.0 MB");
  EXPECT_EQ(size_text(5ull << 30), "5.0 GB");
  EXPECT_EQ(size_text(UINT64_MAX), "16777216.0 TB");
}

std::string tree(std::string_view text) {
  mime::Parser parser;
  parser.feed(text);
  const MessagePlace place;
  const std::vector<MessageLevel> levels;
  StringSink out(10'000'000);
  EXPECT_TRUE(write_tree({place, parser.finish(), levels}, true, out));
  return out.take();
}

TEST(ParseTree, Branches) {
  const auto text = tree("Content-Type: multipart/mixed; boundary=a\n\n"
                         "--a\nContent-Type: multipart/mixed; boundary=b\n\n"
                         "--b\n\nx\n--b\n\ny\n--b--\n--a\n\nz\n--a--\n");
  EXPECT_TRUE(text.starts_with("0 multipart/mixed     80 B\n"
                               "|- 1 multipart/mixed  "))
      << text;
  EXPECT_TRUE(text.ends_with("|  |- 1.1 text/plain   1 B\n"
                             "|  `- 1.2 text/plain   1 B\n"
                             "`- 2 text/plain        1 B\n"))
      << text;
}

TEST(ParseTree, DeepNestingIsDrawnInBoundedSpace) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    const auto boundary = "b" + std::to_string(i);
    text += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" +
            boundary + "\n";
  }
  EXPECT_LT(tree(text).size(), 200'000u);
}

}  // namespace
}  // namespace mailtool::app
