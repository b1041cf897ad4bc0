#include "app/imap_flag_name.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(FlagName, AsTyped) {
  const std::pair<const char*, const char*> kCases[] = {
      {"seen", "\\Seen"},         {"SEEN", "\\Seen"},
      {"\\deleted", "\\Deleted"}, {"$Junk", "$Junk"},
      {"Work", "Work"},           {"kw:sen", "sen"},
      {"kw:read", "read"},        {"kw:+seen", "+seen"}};
  for (const auto& [word, flag] : kCases) {
    const auto name = flag_name(word, "+");
    ASSERT_TRUE(name) << word << ": " << name.error().one_line();
    EXPECT_EQ(*name, flag);
  }
}

TEST(FlagName, NoKeywordByATypo) {
  for (const auto* word :
       {"sen", "Seeen", "flaged", "delted", "read", "UNREAD", "recent",
        "\\Recent", "\\Junk", "\\$Junk", "+seen", "-seen", "", "\\", "a b", "kw:",
        "kw:a b", "kw:\\Seen"}) {
    const auto name = flag_name(word, "+");
    ASSERT_FALSE(name) << word;
    EXPECT_EQ(name.error().kind, ErrorKind::usage) << word;
  }
}

TEST(FlagName, WhatWasMeant) {
  const auto line = [](const char* word, const char* sign) {
    return flag_name(word, sign).error().one_line();
  };
  EXPECT_NE(line("read", "+").find("mean +seen?"), std::string::npos);
  EXPECT_NE(line("unread", "+").find("mean -seen?"), std::string::npos);
  EXPECT_NE(line("read", "-").find("mean -seen?"), std::string::npos);
  EXPECT_NE(line("unread", "-").find("mean +seen?"), std::string::npos);
  EXPECT_NE(line("unread", "").find("mean seen?"), std::string::npos);
  EXPECT_NE(line("sen", "-").find("-seen"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::app
