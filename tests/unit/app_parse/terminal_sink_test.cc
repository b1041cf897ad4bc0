#include "app/terminal_sink.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(TerminalSink, AnyPiecesGiveTheSameSafeText) {
  const std::string_view text = "Grüße 😀\r\n\x1b[31m\ttab\nend\r";
  const std::string_view shown = "Grüße 😀\n\\x1b[31m tab\nend\\x0d";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    StringSink out(1000);
    TerminalSink terminal(out);
    for (std::size_t at = 0; at < text.size(); at += piece) {
      ASSERT_TRUE(terminal.write(text.substr(at, piece)));
    }
    ASSERT_TRUE(terminal.finish());
    EXPECT_EQ(out.text(), shown) << piece;
  }
}

TEST(TerminalSink, ACutOffCharacterIsShownAsOctets) {
  StringSink out(1000);
  TerminalSink terminal(out);
  ASSERT_TRUE(terminal.write("a\xe2\x82"));
  ASSERT_TRUE(terminal.finish());
  EXPECT_EQ(out.text(), "a\\xe2\\x82");
}

}  // namespace
}  // namespace mailtool::app
