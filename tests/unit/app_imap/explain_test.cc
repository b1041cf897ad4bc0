#include "app/imap_explain.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

std::size_t trips(const char* capabilities) {
  std::vector<std::string_view> names;
  for (const auto name : split(capabilities, ' ')) names.push_back(name);
  Explanation explanation{imap::Capabilities(names)};
  imap::CommandBuilder search("UID SEARCH");
  search.text("SUBJECT")
      .astring("\xc3\xbc")
      .text("FROM")
      .astring(std::string(5000, 'x') + "\r\n");
  explanation.send("EXAMINE INBOX");
  explanation.send(*search.build());
  explanation.next_flight();
  explanation.next_flight();
  explanation.send("UID FETCH UIDS (UID)", "for those in doubt");
  return explanation.round_trips();
}

TEST(Explain, LiteralsThatAreWaitedForAreRoundTrips) {
  EXPECT_EQ(trips("IMAP4rev1 LITERAL+"), 2u);
  EXPECT_EQ(trips("IMAP4rev1 LITERAL-"), 3u);
  EXPECT_EQ(trips("IMAP4rev2"), 3u);
  EXPECT_EQ(trips("IMAP4rev1"), 4u);
}

TEST(Explain, WhatFetchesIsKnown) {
  Explanation explanation{imap::Capabilities()};
  explanation.send("UID SEARCH SUBJECT \"UID FETCH\"");
  EXPECT_FALSE(explanation.fetches());
  explanation.send("UID FETCH UIDS (UID)", "for those in doubt");
  explanation.send("UID STORE UIDS +FLAGS (x)");
  EXPECT_TRUE(explanation.fetches());
}

}  // namespace
}  // namespace mailtool::app
