#include "mailtool/imap/mailbox_name.h"

#include <gtest/gtest.h>

namespace mailtool::imap {
namespace {

struct Case {
  const char* why;
  const char* utf8;
  const char* wire;
};

// clang-format off
const Case kBothWays[] = {
  {"ASCII",                      "Archive/2026",   "Archive/2026"},
  {"ampersand",                  "R&D",            "R&-D"},
  {"umlaut",                     "Entwürfe",       "Entw&APw-rfe"},
  {"RFC 3501 section 5.1.3",     "~peter/mail/台北/日本語",
                                 "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
  {"above the basic plane",      "📧",             "&2D3c5w-"},
  {"ampersand after a shift",    "ü&",             "&APw-&-"},
  {"two shifts",                 "ä-ö",            "&AOQ--&APY-"},
  {"a line break is shifted",    "a\nb",           "a&AAo-b"},
  {"other cases are other names", "inboxes",       "inboxes"},
};

const Case kNotLegal[] = {
  {"raw UTF-8",              "", "Entw\xc3\xbcrfe"},
  {"unfinished shift",       "", "Entw&APw"},
  {"ASCII in a shift",       "", "&AGEAYg-"},
  {"padding bits set",       "", "&APx-"},
  {"half a surrogate pair",  "", "&2D0-"},
  {"lone low surrogate",     "", "&3Oc-"},
  {"ampersand alone",        "", "a & b"},
  {"slash in the base64",    "", "&U/BTFw-"},
  {"needless second shift",  "", "&APw-&APw-"},
};
// clang-format on

TEST(MailboxName, BothWays) {
  for (const auto& c : kBothWays) {
    EXPECT_EQ(encode_modified_utf7(c.utf8), c.wire) << c.why;
    EXPECT_EQ(decode_modified_utf7(c.wire), c.utf8) << c.why;
    const auto name = mailbox_from_wire(c.wire);
    EXPECT_EQ(name.utf8, c.utf8) << c.why;
    EXPECT_TRUE(name.well_formed) << c.why;
  }
}

TEST(MailboxName, WhatIsNotLegalIsKeptAsItIs) {
  for (const auto& c : kNotLegal) {
    EXPECT_FALSE(decode_modified_utf7(c.wire)) << c.why;
    const auto name = mailbox_from_wire(c.wire);
    EXPECT_EQ(name.wire, c.wire) << c.why;
    EXPECT_EQ(name.utf8, c.wire) << c.why;
    EXPECT_FALSE(name.well_formed) << c.why;
  }
}

TEST(MailboxName, InboxInAnyCase) {
  EXPECT_EQ(mailbox_from_wire("iNbOx").utf8, "INBOX");
  EXPECT_EQ(mailbox_from_utf8("inbox")->wire, "INBOX");
}

TEST(MailboxName, RefusesWhatCouldBeACommand) {
  for (const std::string& bad :
       {std::string(""), std::string("a\r\nb"), std::string("a\nb"),
        std::string("a\0b", 3), std::string("\xff"), std::string(9000, 'a')}) {
    const auto name = mailbox_from_utf8(bad);
    ASSERT_FALSE(name);
    EXPECT_EQ(name.error().kind, ErrorKind::usage);
  }
}

}  // namespace
}  // namespace mailtool::imap
