#include "mailtool/mime/html_to_text.h"

#include <gtest/gtest.h>

namespace mailtool::mime {
namespace {

std::string convert(std::string_view html, std::size_t piece) {
  StringSink out(10'000'000);
  HtmlToText text(out);
  for (std::size_t at = 0; at < html.size(); at += piece) {
    EXPECT_TRUE(text.write(html.substr(at, piece)));
  }
  EXPECT_TRUE(text.finish());
  return out.take();
}

struct Case {
  const char* why;
  std::string_view html;
  std::string_view text;
};

const Case kCases[] = {
    {"paragraphs", "<p>one\n two</p><p>three", "one two\n\nthree\n"},
    {"line break", "a<br>b<BR/>c", "a\nb\nc\n"},
    {"entities", "&lt;a&gt; &amp;amp; &euro; &#8364;&#x20ac; &nosuch; &",
     "<a> &amp; € €€ &nosuch; &\n"},
    {"entities of no character", "&#x110000; &#0; &#xd800;",
     "&#x110000; &#0; \ufffd\n"},
    {"script and style", "a<script>x<p>y</script>b<style>z</style>c", "abc\n"},
    {"comment", "a<!-- <p> -- > -->b", "ab\n"},
    {"less than", "1 < 2 <3", "1 < 2 <3\n"},
    {"quoted >", "<img alt=\"a > b\">c", "a > bc\n"},
    {"link", "<a href='https://x.example/'>here</a>.",
     "here <https://x.example/>.\n"},
    {"link that shows itself", "<a href=\"mailto:a@b.example\">a@b.example</a>",
     "a@b.example\n"},
    {"script link", "<a href='javascript:x'>here</a>", "here\n"},
    {"list", "<ul><li>a</li><li>b</ul>", "- a\n- b\n"},
    {"pre", "<pre>a  b\n c</pre>", "a  b\n c\n"},
    {"never closed", "a<b", "a\n"},
    {"empty", "", ""},
};

TEST(HtmlToText, AnyPiecesGiveTheSameText) {
  for (const auto& c : kCases) {
    for (std::size_t piece = 1; piece <= c.html.size() + 1; ++piece) {
      EXPECT_EQ(convert(c.html, piece), c.text) << c.why << ", pieces of " << piece;
    }
  }
}

TEST(HtmlToText, WhatNeverEndsStaysBounded) {
  for (const std::string_view endless :
       {"<a ", "<a href=\"", "&", "<!--", "<script>", "<div>", "<a href=x>"}) {
    std::string html;
    while (html.size() < 1'000'000) html += endless;
    EXPECT_LT(convert(html, 65536).size(), 4'000'000u) << endless;
  }
}

}  // namespace
}  // namespace mailtool::mime
