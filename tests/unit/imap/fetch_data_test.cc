#include <gtest/gtest.h>

#include "unit/imap/framed.h"

namespace mailtool::imap {
namespace {

using test::parse_as;

TEST(FetchData, AllItems) {
  const auto f = parse_as<FetchData>(
      "* 12 FETCH (UID 4827 FLAGS (\\Seen $Work) RFC822.SIZE 4286 "
      "INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" MODSEQ (624140003) "
      "BODY[HEADER] {6}\r\nA: b\r\n BODY[1.MIME]<5> \"x\")\r\n");
  EXPECT_EQ(f.sequence, 12u);
  EXPECT_EQ(f.uid, 4827u);
  EXPECT_EQ(f.flags, (std::vector<std::string>{"\\Seen", "$Work"}));
  EXPECT_EQ(f.size, 4286u);
  EXPECT_EQ(f.internal_date, "17-Jul-1996 02:44:25 -0700");
  EXPECT_EQ(f.modseq, 624140003u);
  ASSERT_EQ(f.sections.size(), 2u);
  EXPECT_EQ(f.sections[0].section, "HEADER");
  EXPECT_EQ(f.sections[0].octets, "A: b\r\n");
  EXPECT_EQ(f.sections[1].section, "1.MIME");
  EXPECT_EQ(f.sections[1].origin, 5u);
  EXPECT_TRUE(f.warnings.empty());
}

struct Case {
  const char* why;
  const char* wire;
};

// Each of these has UID 9 and \Seen, whatever stands beside them.
// clang-format off
const Case kOdd[] = {
  {"items in parentheses of their own", "* 2 FETCH (UID 9 (FLAGS (\\Seen)) RFC822.SIZE 3)\r\n"},
  {"lower case",           "* 2 fetch (uid 9 flags (\\Seen))\r\n"},
  {"unknown items",        "* 2 FETCH (X-GM-MSGID 12 UID 9 X-Y (a b) FLAGS (\\Seen))\r\n"},
  {"no outer parentheses", "* 2 FETCH UID 9 FLAGS (\\Seen)\r\n"},
  {"list never closed",    "* 2 FETCH (UID 9 FLAGS (\\Seen)\r\n"},
  {"value missing",        "* 2 FETCH (UID 9 FLAGS (\\Seen) RFC822.SIZE)\r\n"},
  {"size of -1",           "* 2 FETCH (UID 9 RFC822.SIZE -1 FLAGS (\\Seen))\r\n"},
  {"sequence number 0",    "* 0 FETCH (UID 9 FLAGS (\\Seen))\r\n"},
  {"broken ENVELOPE",      "* 2 FETCH (UID 9 ENVELOPE (((( FLAGS ) x) y) z) FLAGS (\\Seen))\r\n"},
  {"ENVELOPE is a string", "* 2 FETCH (UID 9 ENVELOPE \"\" FLAGS (\\Seen))\r\n"},
  {"quoted flag",          "* 2 FETCH (UID 9 FLAGS (\"\\Seen\"))\r\n"},
  {"flag before the UID",  "* 2 FETCH (FLAGS (\\Seen) UID 9 )  \r\n"},
  {"literal, then more",   "* 2 FETCH (BODY[] {3}\r\n)\r\n UID 9 FLAGS (\\Seen))\r\n"},
};
// clang-format on

TEST(FetchData, OddFormsKeepTheMessage) {
  for (const auto& c : kOdd) {
    const auto f = parse_as<FetchData>(c.wire);
    EXPECT_EQ(f.uid, 9u) << c.why;
    ASSERT_TRUE(f.flags) << c.why;
    EXPECT_EQ(f.flags->front(), "\\Seen") << c.why;
  }
}

TEST(FetchData, Flags) {
  EXPECT_EQ(parse_as<FetchData>("* 1 FETCH (FLAGS NIL)\r\n").flags->size(), 0u);
  const auto odd = parse_as<FetchData>(
      "* 1 FETCH (FLAGS (OIB-Seen-[Mail]/All \\*) UID 3)\r\n");
  EXPECT_EQ(odd.flags,
            (std::vector<std::string>{"OIB-Seen-[Mail]/All", "\\*"}));
  EXPECT_EQ(odd.uid, 3u);
}

TEST(FetchData, LargeUid) {
  EXPECT_EQ(parse_as<FetchData>("* 1 FETCH (UID 4294967290)\r\n").uid,
            4294967290u);
  EXPECT_FALSE(parse_as<FetchData>("* 1 FETCH (UID 0)\r\n").uid);
  EXPECT_FALSE(parse_as<FetchData>("* 1 FETCH (UID 4294967296)\r\n").uid);
}

TEST(FetchData, NilBodyIsNoEmptyBody) {
  const auto f = parse_as<FetchData>("* 1 FETCH (BODY[] NIL)\r\n");
  ASSERT_EQ(f.sections.size(), 1u);
  EXPECT_FALSE(f.sections[0].octets);
}

TEST(FetchData, TheRestOfABrokenLine) {
  const auto rest =
      parse_fetch_rest(test::frame(" FLAGS (\\Seen) UID 9)\r\n"), 4);
  EXPECT_EQ(rest.sequence, 4u);
  EXPECT_EQ(rest.uid, 9u);
}

TEST(FetchData, InternalDates) {
  EXPECT_EQ(parse_internal_date("17-Jul-1996 02:44:25 -0700"), 837596665);
  EXPECT_EQ(parse_internal_date(" 1-Jan-1970 00:00:00 +0000"), 0);
  EXPECT_EQ(parse_internal_date("1-Jan-1970 01:00:00 +0100"), 0);
  EXPECT_EQ(parse_internal_date("31-Dec-1969 23:59:59 +0000"), -1);
  EXPECT_EQ(parse_internal_date("29-Feb-2000 12:00:00 +0000"), 951825600);
  for (const auto* odd :
       {"27-JAG-2018 00:00:00 +0000", "", "yesterday",
        "0-Jan-2000 00:00:00 +0000", "1-Jan-2000 25:00:00 +0000",
        "31-Feb-2020 00:00:00 +0000", "29-Feb-1900 00:00:00 +0000",
        "31-Nov-2026 00:00:00 +0000", "32-Jan-2026 00:00:00 +0000",
        "1-Jan-2000 00:00:00 0000"}) {
    EXPECT_FALSE(parse_internal_date(odd)) << odd;
  }
}

}  // namespace
}  // namespace mailtool::imap
