#include "app/mbox_from_line.h"

#include <gtest/gtest.h>

#include <string>

namespace mailtool::app {
namespace {

TEST(MboxFromLine, Dates) {
  for (const char* line : {
           "From bob@hamburger.edu Fri Nov 20 12:00:00 2026",
           "From bob@hamburger.edu Fri Nov 20 12:00:00 2026\n",
           "From - Fri Nov 20 12:00:00 2026\r\n",
           "From bob Fri Nov 20 12:00 2026",
           "From bob Fri Nov  2 2:00 2026",
           "From bob Fri Nov 20 12:00:00 +0100 2026",
           "From bob Fri Nov 20 12:00:00 CET 2026",
           "From bob Fri Nov 20 12:00:00 2026 +0100",
           "From bob Fri Nov 20 12:00:00 2026 remote from hamburger",
           "From \"bob w\"@hamburger.edu Fri Nov 20 12:00:00 2026",
           "From bob Fri, 20 Nov 2026 12:00:00 +0100",
           "From bob 20-Nov-2026 12:00:00",
           "From bob 2026-11-20T12:00:00Z",
           "From bob 2026-11-20 12:00:00",
           "From bob\tfri nov 20 12:00:00 2026",
       }) {
    EXPECT_TRUE(is_from_line(line)) << line;
  }
}

TEST(MboxFromLine, SentencesAndOtherLines) {
  for (const char* line : {
           "From",
           "From ",
           "from bob Fri Nov 20 12:00:00 2026",
           ">From bob Fri Nov 20 12:00:00 2026",
           "From: bob Fri Nov 20 12:00:00 2026",
           "From here on we meet at 12:30",
           "From May on, everything is new",
           "From 12:00 to 13:00 in march order",
           "From Monday 9:5 Nov",
           "From bob\nFri Nov 20 12:00:00 2026",
           "From 2026-11-20",
       }) {
    const bool marching =
        std::string_view(line).find("march") != std::string_view::npos;
    EXPECT_EQ(is_from_line(line), marching) << line;
  }
}

TEST(MboxFromLine, WhatIsFarBehindDoesNotCount) {
  const std::string line =
      "From " + std::string(kMaxFromLine, 'x') + " Fri Nov 20 12:00:00 2026";
  EXPECT_FALSE(is_from_line(line));
}

TEST(MboxFromLine, Bare) {
  for (const char* line : {"From ", "From \n", "From \r\n"}) {
    EXPECT_TRUE(is_bare_from_line(line)) << line;
  }
  for (const char* line : {"From", "From\n", "From x\n", "From \rx"}) {
    EXPECT_FALSE(is_bare_from_line(line)) << line;
  }
}

}  // namespace
}  // namespace mailtool::app
