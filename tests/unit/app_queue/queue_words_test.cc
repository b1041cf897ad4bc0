#include "app/queue_words.h"

#include <gtest/gtest.h>

#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

TEST(QueueWords, WhatWhoSaid) {
  const std::string said = "RCPT TO:<b@x>: refused: server said: 550 no";
  EXPECT_EQ(server_words(said), "550 no");
  EXPECT_EQ(own_words(said), "RCPT TO:<b@x>: refused");
  EXPECT_EQ(server_words("timed out"), "");
  EXPECT_EQ(own_words(" timed out "), "timed out");
  EXPECT_EQ(own_words("server said: 550"), "");
}

TEST(QueueWords, Spans) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {-5, "0 seconds"},   {0, "0 seconds"},     {1, "1 second"},
      {59, "59 seconds"},  {60, "1 minute"},     {3'599, "59 minutes"},
      {3'600, "1 hour"},   {86'399, "23 hours"}, {86'400, "1 day"},
      {432'000, "5 days"},
  };
  for (const auto& [seconds, text] : cases) {
    EXPECT_EQ(span_text(seconds), text);
  }
}

TEST(QueueWords, Wrapped) {
  EXPECT_EQ(wrapped("", 4), "");
  EXPECT_EQ(wrapped("   ", 4), "");
  EXPECT_EQ(wrapped("one  two three", 2, 9), "  one two\r\n  three\r\n");
  EXPECT_EQ(wrapped("muchtoolongword x", 0, 5), "muchtoolongword\r\nx\r\n");
  EXPECT_EQ(wrapped(std::string(1'000, 'x'), 0),
            std::string(900, 'x') + "\r\n" + std::string(100, 'x') + "\r\n");
  std::string wide;
  for (int i = 0; i < 1'000; ++i) wide += "€";
  EXPECT_TRUE(is_valid_utf8(wrapped(wide.substr(0), 1)));
  EXPECT_NE(wrapped(std::string(2'000, '\x80'), 0), "");
}

}  // namespace
}  // namespace mailtool::app
