#include "mailtool/imap/response.h"

#include <gtest/gtest.h>

#include "unit/imap/framed.h"

namespace mailtool::imap {
namespace {

using test::parse;
using test::parse_as;

struct StatusCase {
  const char* why;
  const char* wire;
  const char* tag;
  Status status;
  const char* code;  // "" : none
  const char* arguments;
  const char* text;
};

// clang-format off
const StatusCase kStatus[] = {
  {"plain",              "A1 OK done\r\n",                        "A1", Status::ok,  "", "", "done"},
  {"with a code",        "A1 NO [TRYCREATE] no such\r\n",         "A1", Status::no,  "TRYCREATE", "", "no such"},
  {"code with a value",  "* OK [UIDNEXT 7] next\r\n",             "",   Status::ok,  "UIDNEXT", "7", "next"},
  {"code alone",         "* OK [HIGHESTMODSEQ 53061]\r\n",        "",   Status::ok,  "HIGHESTMODSEQ", "53061", ""},
  {"no text",            "A1 OK\r\n",                             "A1", Status::ok,  "", "", ""},
  {"no blank after the code", "A1 OK [ALERT]stay\r\n",            "A1", Status::ok,  "ALERT", "", "stay"},
  {"lower case",         "* ok hi\r\n",                           "",   Status::ok,  "", "", "hi"},
  {"brackets in quotes", "A1 OK [Error=\"a]b: c\" Proxy=x] yes\r\n", "A1", Status::ok, "ERROR=\"A]B:", "c\" Proxy=x", "yes"},
  {"brackets in flags",  "* OK [PERMANENTFLAGS (a[b]c \\*)] x\r\n", "", Status::ok,  "PERMANENTFLAGS", "(a[b]c \\*)", "x"},
  {"code never closed",  "* OK [ALERT stay\r\n",                  "",   Status::ok,  "", "", "[ALERT stay"},
  {"code without a status", "* [COPYUID 5 1 2] x\r\n",            "",   Status::ok,  "COPYUID", "5 1 2", "x"},
  {"BYE",                "* BYE going\r\n",                       "",   Status::bye, "", "", "going"},
  {"PREAUTH",            "* PREAUTH hi\r\n",                      "",   Status::preauth, "", "", "hi"},
  {"untagged BAD",       "* BAD [ALERT] no\r\n",                  "",   Status::bad, "ALERT", "", "no"},
};
// clang-format on

TEST(Response, Status) {
  for (const auto& c : kStatus) {
    const auto r = parse_as<StatusResponse>(c.wire);
    EXPECT_EQ(r.tag, c.tag) << c.why;
    EXPECT_EQ(r.status, c.status) << c.why;
    EXPECT_EQ(r.code ? r.code->name : "", c.code) << c.why;
    EXPECT_EQ(r.code ? r.code->arguments : "", c.arguments) << c.why;
    EXPECT_EQ(r.text, c.text) << c.why;
  }
}

TEST(Response, Continuations) {
  EXPECT_EQ(parse_as<Continuation>("+ go on\r\n").text, "go on");
  EXPECT_EQ(parse_as<Continuation>("+\r\n").text, "");
  EXPECT_EQ(parse_as<Continuation>("+ \r\n").text, "");
}

TEST(Response, Capability) {
  const auto c =
      parse_as<CapabilityData>(
          "* CAPABILITY IMAP4rev1 auth=plain AUTH=SCRAM-SHA-256 APPENDLIMIT=99 "
          "MOVE \r\n")
          .capabilities;
  EXPECT_TRUE(c.has("move"));
  EXPECT_FALSE(c.has("UIDPLUS"));
  EXPECT_EQ(c.auth_mechanisms(),
            (std::vector<std::string>{"PLAIN", "SCRAM-SHA-256"}));
  EXPECT_EQ(c.limit("APPENDLIMIT"), 99u);
  EXPECT_EQ(c.names().size(), 5u);
}

struct ListCase {
  const char* why;
  const char* wire;
  const char* name;
  const char* delimiter;
};

// clang-format off
const ListCase kList[] = {
  {"quoted",           "* LIST (\\HasNoChildren) \"/\" \"a b\"\r\n",   "a b",       "/"},
  {"atom",             "* LIST () \".\" INBOX.x\r\n",                  "INBOX.x",   "."},
  {"literal",          "* LIST () \"/\" {5}\r\na\"b c\r\n",            "a\"b c",    "/"},
  {"no delimiter",     "* LIST () NIL flat\r\n",                       "flat",      ""},
  {"backslash",        "* LIST () \"\\\\\" x\r\n",                     "x",         "\\"},
  {"modified UTF-7",   "* LIST () \"/\" \"Entw&APw-rfe\"\r\n",         "Entwürfe",  "/"},
  {"raw UTF-8",        "* LIST () \"/\" \"Entw\xc3\xbcrfe\"\r\n",      "Entwürfe",  "/"},
  {"inbox in any case", "* LIST () \"/\" Inbox\r\n",                   "INBOX",     "/"},
  {"name with a blank", "* LIST () \"/\" Sent Items\r\n",              "Sent Items", "/"},
  {"name with a tab",  "* LIST () \"/\" Sent\tItems\r\n",              "Sent\tItems", "/"},
  {"name with brackets", "* LIST () \"/\" a]b\r\n",                    "a]b",       "/"},
  {"extended data",    "* LIST () \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n", "x", "/"},
  {"XLIST",            "* XLIST (\\Inbox) \"/\" \"Posteingang\"\r\n",  "Posteingang", "/"},
};
// clang-format on

TEST(Response, List) {
  for (const auto& c : kList) {
    const auto list = parse_as<ListData>(c.wire);
    EXPECT_EQ(list.mailbox.utf8, c.name) << c.why;
    EXPECT_EQ(list.delimiter, c.delimiter) << c.why;
  }
  EXPECT_TRUE(parse_as<ListData>("* LSUB () \"/\" x\r\n").lsub);
}

TEST(Response, ListsThatNameNothing) {
  for (const auto* wire : {"* LIST\r\n", "* LIST () \"/\" NIL\r\n",
                           "* LIST x\r\n", "* LIST () \"/\"\r\n"}) {
    EXPECT_TRUE(std::holds_alternative<OtherData>(parse(wire))) << wire;
  }
}

TEST(Response, StatusData) {
  const auto s = parse_as<StatusData>(
      "* STATUS \"a b\" (MESSAGES 231 UNSEEN 3 UIDNEXT 44292 UIDVALIDITY 7 "
      "SIZE 5000000000 X-ODD (1 2)) \r\n");
  EXPECT_EQ(s.mailbox.utf8, "a b");
  EXPECT_EQ(s.messages, 231u);
  EXPECT_EQ(s.unseen, 3u);
  EXPECT_EQ(s.uidnext, 44292u);
  EXPECT_EQ(s.size, 5000000000u);
  const auto bare =
      parse_as<StatusData>("* STATUS Sent Items (MESSAGES 0)\r\n");
  EXPECT_EQ(bare.mailbox.utf8, "Sent Items");
  EXPECT_FALSE(parse_as<StatusData>("* STATUS x ()\r\n").messages);
  EXPECT_FALSE(parse_as<StatusData>("* STATUS x (UIDNEXT 0)\r\n").uidnext);
}

struct SearchCase {
  const char* why;
  const char* wire;
  const char* numbers;
  bool malformed = false;
};

// clang-format off
const SearchCase kSearch[] = {
  {"numbers",           "* SEARCH 2 3 6\r\n",                  "2:3,6"},
  {"none",              "* SEARCH\r\n",                        ""},
  {"trailing blank",    "* SEARCH 7456 \r\n",                  "7456"},
  {"MODSEQ",            "* SEARCH 2 5 (MODSEQ 917162500)\r\n", "2,5"},
  {"SORT",              "* SORT 9 2\r\n",                      "2,9"},
  {"zero",              "* SEARCH 0\r\n",                      "", true},
  {"negative",          "* SEARCH 4 -5\r\n",                   "4", true},
  {"too large",         "* SEARCH 4294967296\r\n",             "", true},
  {"garbage",           "* SEARCH 1 x\r\n",                    "1", true},
  {"ESEARCH",           "* ESEARCH (TAG \"A2\") UID COUNT 5 ALL 4:19,21\r\n", "4:19,21"},
  {"ESEARCH without UID", "* ESEARCH (TAG \"A2\") ALL 3\r\n",  "3"},
  {"ESEARCH, nothing",  "* ESEARCH (TAG \"A2\") UID\r\n",      ""},
  {"ESEARCH with a star", "* ESEARCH UID ALL 1:*\r\n",         "1:*", true},
  {"ESEARCH of zero",   "* ESEARCH UID ALL 0\r\n",             "", true},
  {"ESEARCH count odd", "* ESEARCH UID COUNT -1\r\n",          "", true},
};
// clang-format on

TEST(Response, Search) {
  for (const auto& c : kSearch) {
    const auto s = parse_as<SearchData>(c.wire);
    EXPECT_EQ(to_wire(s.numbers), c.numbers) << c.why;
    EXPECT_EQ(s.malformed, c.malformed) << c.why;
  }
  EXPECT_EQ(parse_as<SearchData>("* ESEARCH UID COUNT 17\r\n").count, 17u);
}

TEST(Response, Numbers) {
  EXPECT_EQ(parse_as<ExistsData>("* 23 EXISTS\r\n").count, 23u);
  EXPECT_EQ(parse_as<ExistsData>("* 0 EXISTS\r\n").count, 0u);
  EXPECT_EQ(parse_as<RecentData>("* 5 RECENT\r\n").count, 5u);
  EXPECT_EQ(parse_as<ExpungeData>("* 44 EXPUNGE\r\n").sequence, 44u);
  EXPECT_EQ(
      to_wire(parse_as<VanishedData>("* VANISHED (EARLIER) 1:3\r\n").uids),
      "1:3");
  for (const auto* odd :
       {"* -1 EXISTS\r\n", "* 4294967296 EXISTS\r\n", "* 0 EXPUNGE\r\n",
        "* 99 NOOP\r\n", "* NOOP\r\n", "* XAOL.SPAM.REASON x\r\n", "*\r\n",
        "\r\n", "HTTP/1.1 400 Bad\r\n"}) {
    EXPECT_TRUE(std::holds_alternative<OtherData>(parse(odd))) << odd;
  }
}

TEST(Response, CopyUid) {
  const auto copied =
      parse_copy_uid({"COPYUID", "38505 304,319:320 3956:3958"});
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->uidvalidity, 38505u);
  EXPECT_EQ(to_wire(copied->target), "3956:3958");
  for (const auto* odd : {"5", "", "5 1:3", "5 1:3 1", "5 1:* 1:*",
                          "5 1:4294967295 1:4294967295", "0 1 1", "x 1 1"}) {
    EXPECT_FALSE(parse_copy_uid({"COPYUID", odd})) << odd;
  }
}

// Only then the nth copy is that of the nth message.
TEST(ResponseCode, CopyUidInOrder) {
  const auto ascending = [](const char* arguments) {
    return parse_copy_uid({"COPYUID", arguments})->ascending;
  };
  EXPECT_TRUE(ascending("7 304,319:320 3956:3958"));
  EXPECT_TRUE(ascending("7 1:3 11,12,13"));
  EXPECT_FALSE(ascending("7 3:1 11:13"));
  EXPECT_FALSE(ascending("7 3,1,2 11:13"));
  EXPECT_FALSE(ascending("7 1:3 13,11:12"));
  EXPECT_FALSE(ascending("7 1:2,2:3 11:13"));
}

TEST(Response, AMillionHitsOnOneLine) {
  std::string wire = "* SEARCH";
  for (int n = 1; n <= 1'000'000; ++n) wire += " " + std::to_string(2 * n);
  EXPECT_EQ(parse_as<SearchData>(wire + "\r\n").numbers.count(), 1'000'000u);
}

}  // namespace
}  // namespace mailtool::imap
