#include "app/header_lines.h"

#include <gtest/gtest.h>

#include "dumped.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

std::string headers(std::string_view message, bool to_terminal = false) {
  DumpOptions options;
  options.form = DumpForm::headers;
  options.to_terminal = to_terminal;
  return dumped(message, options);
}

TEST(HeaderLines, UnfoldedAndDecoded) {
  EXPECT_EQ(headers("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?q?_!?=\r\n"
                    "X-Long: one\n\ttwo \nX-Plain:  three  \nX-Empty:\n\nbody"),
            "Subject: Grüße !\nX-Long: one\ttwo\nX-Plain: three\nX-Empty: \n");
}

// What is copied as it stands is what the decoder would make of it.
TEST(HeaderLines, TheShortWayIsTheLongWay) {
  for (const std::string_view value :
       {"a?b", "a=b?c", "?", "=?", "a =? b", "= ?utf-8?q?a?=", "=\r\n ?utf-8?q?a?=",
        "=?utf-8?q?a?=", "a\tb\r\n\tc", " \t x \t ", "\r\n x\r\n  y", "a\rb",
        "a\x7f", "a\x01", "\xff"}) {
    EXPECT_EQ(headers("X: " + std::string(value) + "\n\n"),
              "X: " + mime::decode_value(value) + "\n")
        << value;
  }
}

TEST(HeaderLines, ChosenByName) {
  DumpOptions options;
  options.form = DumpForm::header;
  options.headers = {"x-b", "SUBJECT"};
  EXPECT_EQ(dumped("X-A: 1\nSubject: 2\nX-B: 3\nX-b: 4\n\n", options),
            "Subject: 2\nX-B: 3\nX-b: 4\n");
}

TEST(HeaderLines, OnATerminalAllIsPrintable) {
  const std::string_view message = "X: \u202ea\xc2\x9b\nY: b\n\n";
  EXPECT_EQ(headers(message), "X: \u202ea\ufffd\nY: b\n");
  EXPECT_EQ(headers(message, true), "X: \\u{202e}a\ufffd\nY: b\n");
}

TEST(HeaderLines, AnyPiecesGiveTheSame) {
  DumpOptions options;
  options.form = DumpForm::headers;
  const std::string_view message =
      "Subject: =?utf-8?q?a?=\r\n =?utf-8?q?b?= c\r\nX:y\r\n z\r\n\r\nbody\r\n";
  const auto whole = dumped(message, options);
  for (std::size_t piece = 1; piece < message.size(); ++piece) {
    EXPECT_EQ(dumped(message, options, piece), whole) << piece;
  }
}

TEST(HeaderLines, MoreThanABufferOfFields) {
  std::string message;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    const auto field = "X-" + std::to_string(i) + ": " + std::string(50, 'v') + "\n";
    message += field;
    expected += field;
  }
  EXPECT_EQ(headers(message + "\n"), expected);
}

}  // namespace
}  // namespace mailtool::app
