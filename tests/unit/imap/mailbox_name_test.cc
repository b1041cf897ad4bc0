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

TEST(MailboxName, InUtf8NothingIsShifted) {
  for (const auto* text : {"R&D", "&APw-", "편지함", "a & 📧", "Archive/2026"}) {
    const auto name = mailbox_from_wire(text, NameEncoding::utf8);
    EXPECT_EQ(name.utf8, text);
    EXPECT_EQ(name.wire, text);
    EXPECT_TRUE(name.well_formed);
    EXPECT_EQ(*mailbox_from_utf8(text, NameEncoding::utf8), name);
  }
  const auto odd = mailbox_from_wire("Entw\xfcrfe", NameEncoding::utf8);
  EXPECT_EQ(odd.wire, "Entw\xfcrfe");
  EXPECT_FALSE(odd.well_formed);
  EXPECT_FALSE(mailbox_from_utf8("\xff", NameEncoding::utf8));
}

TEST(MailboxName, FromOneEncodingToTheOther) {
  for (const auto& c : kBothWays) {
    const auto shifted = mailbox_from_wire(c.wire);
    const auto plain = in_encoding(shifted, NameEncoding::utf8);
    // One with a line break may be read, not sent.
    if (std::string_view(c.utf8).find('\n') != std::string_view::npos) continue;
    EXPECT_EQ(plain.wire, c.utf8) << c.why;
    EXPECT_EQ(in_encoding(plain, NameEncoding::modified_utf7), shifted)
        << c.why;
  }
  const auto odd = mailbox_from_wire("a & b");
  EXPECT_EQ(in_encoding(odd, NameEncoding::utf8), odd);
}

TEST(MailboxName, InboxInAnyCase) {
  EXPECT_EQ(mailbox_from_wire("inbox", NameEncoding::utf8).wire, "INBOX");
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
