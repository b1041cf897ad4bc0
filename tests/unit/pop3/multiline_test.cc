#include "mailtool/pop3/multiline.h"

#include <gtest/gtest.h>

namespace mailtool::pop3 {
namespace {

struct Case {
  const char* why;
  LineEnd line_end;
  std::string wire;
  std::optional<std::string> content;  // nullopt: no end in `wire`
  std::string rest = {};               // what lies behind the end
};

using enum LineEnd;

// clang-format off
const Case kCases[] = {
    {"empty",                 crlf,    ".\r\n",                     ""},
    {"one line",              crlf,    "a\r\n.\r\n",                "a\r\n"},
    {"empty line",            crlf,    "\r\n.\r\n",                 "\r\n"},
    {"stuffed",               crlf,    "..\r\n...a\r\n.\r\n",       ".\r\n..a\r\n"},
    {"not stuffed",           crlf,    ".a\r\n.\r\n",               "a\r\n"},
    {"the next reply",        crlf,    "a\r\n.\r\n+OK\r\n",         "a\r\n", "+OK\r\n"},
    {"dot in the line",       crlf,    "a.\r\n.\r\n",               "a.\r\n"},
    {"LF dot LF",             crlf,    "a\n.\nb\r\n.\r\n",          "a\n.\nb\r\n"},
    {"LF dot CRLF",           crlf,    "a\n.\r\nb\r\n.\r\n",        "a\n.\r\nb\r\n"},
    {"CRLF dot LF",           crlf,    "a\r\n.\nb\r\n.\r\n",        "a\r\n\nb\r\n"},
    {"CR dot CR",             crlf,    "a\r.\r\r\n.\r\n",           "a\r.\r\r\n"},
    {"dot CR and no LF",      crlf,    "a\r\n.\rb\r\n.\r\n",        "a\r\n\rb\r\n"},
    {"dot CR CR LF",          crlf,    "a\r\n.\r\r\n.\r\n",         "a\r\n\r\r\n"},
    {"bare CR, then CRLF",    crlf,    "a\r\r\n.\r\n",              "a\r\r\n"},
    {"NUL and 8-bit",         crlf,    std::string("\0\xff\r\n.\r\n", 7), std::string("\0\xff\r\n", 4)},
    {"cut before the end",    crlf,    "a\r\n",                     std::nullopt},
    {"cut after the dot",     crlf,    "a\r\n.",                    std::nullopt},
    {"cut after dot CR",      crlf,    "a\r\n.\r",                  std::nullopt},
    {"only LF, strict",       crlf,    "a\n.\n",                    std::nullopt},
    {"only LF",               bare_lf, "a\n.\n",                    "a\n"},
    {"only LF, stuffed",      bare_lf, "a\n..\n.\n+OK\n",           "a\n.\n", "+OK\n"},
    {"only LF, empty",        bare_lf, ".\n",                       ""},
    {"LF server, CRLF body",  bare_lf, "a\r\n..b\r\n.\r\n",         "a\r\n.b\r\n"},
    {"LF server, dot CR x",   bare_lf, ".\rx\n.\n",                 "\rx\n"},
};
// clang-format on

TEST(Pop3Multiline, EverySplitGivesTheSame) {
  for (const auto& c : kCases) {
    for (std::size_t chunk = 1; chunk <= c.wire.size(); ++chunk) {
      MultilineDecoder decoder(c.line_end);
      StringSink content(1000);
      std::size_t at = 0;
      while (at < c.wire.size() && !decoder.done()) {
        const auto piece = std::string_view(c.wire).substr(at, chunk);
        const auto taken = decoder.feed(piece, content);
        ASSERT_TRUE(taken);
        ASSERT_TRUE(decoder.done() || *taken == piece.size()) << c.why;
        at += *taken;
      }
      ASSERT_EQ(decoder.done(), c.content.has_value()) << c.why << chunk;
      if (!c.content) continue;
      EXPECT_EQ(content.text(), *c.content) << c.why << " by " << chunk;
      EXPECT_EQ(decoder.content_octets(), c.content->size()) << c.why;
      EXPECT_EQ(c.wire.substr(at), c.rest) << c.why << " by " << chunk;
    }
  }
}

TEST(Pop3Multiline, DecodesWhatTheEncoderWrote) {
  for (const auto& c : kCases) {
    for (std::size_t chunk = 1; chunk <= c.wire.size(); ++chunk) {
      StringSink wire(1000);
      MultilineEncoder encoder(wire);
      for (std::size_t at = 0; at < c.wire.size(); at += chunk) {
        ASSERT_TRUE(encoder.write(std::string_view(c.wire).substr(at, chunk)));
      }
      ASSERT_TRUE(encoder.finish());
      MultilineDecoder decoder;
      StringSink content(1000);
      ASSERT_EQ(*decoder.feed(wire.text(), content), wire.text().size());
      ASSERT_TRUE(decoder.done());
      const bool whole = c.wire.ends_with("\r\n");
      EXPECT_EQ(content.text(), c.wire + (whole ? "" : "\r\n")) << c.why;
    }
  }
}

TEST(Pop3Multiline, FailsAsTheSinkDoes) {
  MultilineDecoder decoder;
  StringSink full(2);
  EXPECT_EQ(decoder.feed("abcdef", full).error().kind, ErrorKind::bad_input);
}

}  // namespace
}  // namespace mailtool::pop3
