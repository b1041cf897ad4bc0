#include "mailtool/mime/html_to_text.h"

#include <gtest/gtest.h>

#include "html_cases.h"
#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

std::string convert(std::string_view html, std::size_t piece) {
  StringSink out(40'000'000);
  HtmlToText text(out);
  for (std::size_t at = 0; at < html.size(); at += piece) {
    EXPECT_TRUE(text.write(html.substr(at, piece)));
  }
  EXPECT_TRUE(text.finish());
  return out.take();
}

std::string repeated(std::string_view text, std::size_t size) {
  std::string result;
  while (result.size() < size) result += text;
  return result;
}

TEST(HtmlToText, AnyPiecesGiveTheSameText) {
  for (const auto& c : test::kHtmlCases) {
    for (std::size_t piece = 1; piece <= c.html.size() + 1; ++piece) {
      EXPECT_EQ(convert(c.html, piece), c.text)
          << c.why << ", pieces of " << piece;
    }
  }
}

TEST(HtmlToText, ResetForgetsTheTextBefore) {
  StringSink first(100'000);
  StringSink second(100'000);
  HtmlToText text(first);
  for (const auto& c : test::kHtmlCases) {
    ASSERT_TRUE(
        text.write("<ol><li><blockquote><pre><a href=http://x>x<script"));
    StringSink out(10'000);
    text.reset(out);
    ASSERT_TRUE(text.write(c.html));
    ASSERT_TRUE(text.finish());
    EXPECT_EQ(out.text(), c.text) << c.why;
    text.reset(second);
  }
}

// What never ends takes time and gives output by its length alone.
TEST(HtmlToText, BombsStayLinear) {
  for (const std::string_view endless : {"<",
                                         "<a ",
                                         "<a href=\"",
                                         "<a href=' ",
                                         "&",
                                         "&a",
                                         "&#",
                                         "<!--",
                                         "<!-",
                                         "<script>",
                                         "<style></",
                                         "<div>",
                                         "</div>",
                                         "<a href=x>",
                                         "<a href=http://x>y",
                                         "<ul>",
                                         "<ol><li>x",
                                         "<li>x",
                                         "<blockquote>x",
                                         "<blockquote><p>x",
                                         "<table><tr><td>x",
                                         "<pre>\n",
                                         "<pre>x\n\n",
                                         "<td>",
                                         "<br>",
                                         "<p hidden>",
                                         "<p hidden><p>",
                                         "<template>",
                                         "<q>",
                                         "\xe2\x80\x8d",
                                         "\xe2",
                                         "<![CDATA[",
                                         "<b x=y",
                                         "<x/",
                                         "--"}) {
    const auto html = repeated(endless, 1'000'000);
    const auto text = convert(html, 65536);
    EXPECT_LE(text.size(), html.size() * 32) << endless;
    EXPECT_EQ(convert(html, 4099), text) << endless;
  }
}

TEST(HtmlToText, DeepNestingIsCountedNotKept) {
  const auto open = repeated("<blockquote><ol><li><pre>", 25 * 200'000);
  const auto close = repeated("</pre></li></ol></blockquote>", 29 * 200'000);
  const auto text = convert(open + "x" + close + "y", 65536);
  EXPECT_EQ(text, ">>>>>>>>>>>>               - x\n\ny\n");
}

TEST(HtmlToText, LongAttributesAreCut) {
  const auto long_value = std::string(1'000'000, 'v');
  EXPECT_EQ(convert("<p title='" + long_value + "'>a", 65536), "a\n");
  EXPECT_EQ(convert("a<b title='" + long_value, 65536), "a\n");
  const auto link = convert("<a href=http://x/" + long_value + ">a</a>", 65536);
  EXPECT_EQ(link.substr(0, 15), "a <http://x/vvv");
  EXPECT_EQ(link.substr(link.size() - 6), "v...>\n");
  EXPECT_LT(link.size(), 3000u);
}

TEST(HtmlToText, AFullSinkIsAnError) {
  StringSink out(10);
  HtmlToText text(out);
  EXPECT_FALSE(text.write(repeated("word ", 100'000)));
}

}  // namespace
}  // namespace mailtool::mime
