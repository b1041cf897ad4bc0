#include "mailtool/imap/message_id.h"

#include <gtest/gtest.h>

#include <vector>

namespace mailtool::imap {
namespace {

using Ids = std::vector<std::string>;

Ids all(std::string_view text) {
  Ids ids;
  while (auto id = take_message_id(text)) ids.push_back(*std::move(id));
  EXPECT_EQ(text, "");
  return ids;
}

TEST(MessageId, Lists) {
  EXPECT_EQ(all("<a@b>"), Ids{"a@b"});
  EXPECT_EQ(all(" <a@b> <c@d><e@f>,\r\n <g@h>"),
            (Ids{"a@b", "c@d", "e@f", "g@h"}));
  EXPECT_EQ(all("Your message of Monday <a@b> \"x\" <c@d>"),
            (Ids{"a@b", "c@d"}));
  EXPECT_EQ(all(""), Ids{});
  EXPECT_EQ(all("a@b"), Ids{});
}

// RFC 5256 section 3: the two forms of one Message-ID are the same.
TEST(MessageId, OneForm) {
  const Ids one{"01KF8JCEOCBS0045PS@xxx.yyy.com"};
  EXPECT_EQ(all("<01KF8JCEOCBS0045PS@xxx.yyy.com>"), one);
  EXPECT_EQ(all("<\"01KF8JCEOCBS0045PS\"@xxx.yyy.com>"), one);
  EXPECT_EQ(all("< 01KF8JCEOCBS0045PS (a (b) \\) c) @\r\n xxx.yyy.com >"), one);
  EXPECT_EQ(all("<\"a\\\"> b\"@c>"), Ids{"a\"> b@c"});
  EXPECT_EQ(all("<A@b><a@b>"), (Ids{"A@b", "a@b"}));
  EXPECT_EQ(all("<a@[192.0.2.1]>"), Ids{"a@[192.0.2.1]"});
}

TEST(MessageId, WhatIsNone) {
  EXPECT_EQ(all("<> <@> <a> <a@> <@b> <c@d>"), Ids{"c@d"});
  EXPECT_EQ(all("<cut@off <c@d>"), Ids{"c@d"});
  EXPECT_EQ(all("<a@b"), Ids{});
  EXPECT_EQ(all("<\"a@b>"), Ids{});
  EXPECT_EQ(all("<(a@b>"), Ids{});
  EXPECT_EQ(all("<\"\\"), Ids{});
  EXPECT_EQ(all(std::string(1'000'000, '<')), Ids{});
}

}  // namespace
}  // namespace mailtool::imap
