#include <gtest/gtest.h>

#include "app/imap_uid_words.h"

#include "app/imap_query_plan.h"

namespace mailtool::app {
namespace {

// 2026-11-21 12:00 UTC, in a zone two hours east of it.
QueryClock fixed_clock() {
  QueryClock clock;
  clock.now = 1795262400;
  clock.midnight = [](const imap::Date& date) -> std::int64_t {
    // Only days of November 2026 are asked for below.
    return 1795219200 + (date.day - 21) * 86400 - 2 * 3600;
  };
  return clock;
}

// What is sent to find the candidates.
std::string wire(const Query& query, bool within) {
  const auto plan = plan_query(query, QueryServer{.within = within});
  EXPECT_TRUE(plan);
  if (!plan) return "";
  imap::CommandBuilder builder("S");
  append_search_key(builder, plan->candidates);
  const auto command = builder.build();
  EXPECT_TRUE(command);
  if (!command) return "";
  auto text = to_wire(*command, imap::LiteralMode::all_at_once);
  return text.substr(2, text.size() - 4);
}

struct Case {
  const char* query;
  const char* keys;
};

// clang-format off
const Case kCases[] = {
  {"",                             "ALL"},
  {"is:unread",                    "UNSEEN"},
  {"is:read is:flagged",           "(SEEN FLAGGED)"},
  {"is:answered and is:draft",     "(ANSWERED DRAFT)"},
  {"is:read or is:flagged",        "OR SEEN FLAGGED"},
  {"is:read or is:draft or is:deleted", "OR SEEN OR DRAFT DELETED"},
  {"-is:read",                     "NOT SEEN"},
  {"not is:read",                  "NOT SEEN"},
  {"not -is:read",                 "SEEN"},
  {"not not not is:read",          "NOT SEEN"},
  {"from:alice",                   "FROM alice"},
  {"from:alice to:bob",            "(FROM alice TO bob)"},
  {"subject:\"disk full\"",        "SUBJECT \"disk full\""},
  {"subject:\"a \\\"b\\\"\"",      "SUBJECT \"a \\\"b\\\"\""},
  {"subject:Grüße",                "SUBJECT {7+}\r\nGrüße"},
  {"lunch",                        "TEXT lunch"},
  {"\"or\"",                       "TEXT or"},
  {"\"from:x\"",                   "TEXT from:x"},
  {"header:List-Id=lkml",          "HEADER List-Id lkml"},
  {"header:X-Spam",                "HEADER X-Spam \"\""},
  {"header:Name=\"a b\"",          "HEADER Name \"a b\""},
  {"id:<1@x>",                     "HEADER Message-ID <1@x>"},
  {"kw:$Junk",                     "KEYWORD $Junk"},
  {"larger:5M",                    "LARGER 5242880"},
  {"smaller:10",                   "SMALLER 10"},
  {"uid:4,2",                      "UID 2,4"},
  {"uid:100:*",                    "UID 100:*"},
  {"raw:(OR SEEN FROM \"a)b\")",   "(OR SEEN FROM \"a)b\")"},
  {"(from:a or from:b) is:unread", "(OR FROM a FROM b UNSEEN)"},
  {"from:a (is:read or (is:draft -cc:c))", "(FROM a OR SEEN (DRAFT NOT CC c))"},
  {"-(is:read is:draft)",          "NOT (SEEN DRAFT)"},
  {"FROM:x",                       "FROM x"},
  {"since:2026-11-10 or is:read",  "OR SINCE 7-Nov-2026 SEEN"},
  {"kw:x -kw:y",                   "(KEYWORD x NOT KEYWORD y)"},
  {"larger:9G",                    "LARGER 4294967295"},
  {"has:attachment or is:read",    "ALL"},
  {"is:read (has:attachment or -is:draft)", "SEEN"},
  {"-(has:attachment is:read)",    "ALL"},
  {"-(is:read or has:attachment)", "NOT SEEN"},
};
// clang-format on

TEST(Query, Table) {
  for (const auto& c : kCases) {
    const auto query = parse_query(c.query, fixed_clock());
    ASSERT_TRUE(query) << c.query << ": " << query.error().one_line();
    EXPECT_EQ(wire(*query, true), c.keys) << c.query;
  }
}

const char* const kRefused[] = {
    "()",
    "() or from:x",
    "is:read (())",
    "\"\"",
    "\" \"",
    "is:read or \"\"",
    "text:\"\"",
    "from:\" \"",
    "id:\"\"",
    "header:From=\"\"",
    "header:From=",
    "is:read or is:draft is:deleted",
    "is:read is:draft or is:deleted",
    "is:read and is:draft or is:deleted",
    "or is:read",
    "is:read or",
    "is:read or or is:draft",
    "not",
    "(is:read",
    "is:read)",
    "from:",
    "from:\"alice",
    "raw:(SEEN",
    "is:bogus",
    "form:alice",
    "larger:huge",
    "since:yesterday",
    "since:2026-02-30",
    "older:soon",
    "uid:0",
    "has:money",
    "header:=x",
    "header:\"a b=x\"",
    "kw:\"a b\"",
    "kw:\\Seen",
    "raw:(FROM {3}",
    "raw:\"SEEN)\"",
    "raw:\"(SEEN\"",
    "raw:\"FROM \\\"x\"",
    "raw:\"SEEN\r\nA1 LOGOUT\"",
};

TEST(Query, Refused) {
  for (const auto* text : kRefused) {
    const auto query = parse_query(text, fixed_clock());
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().kind, ErrorKind::usage) << text;
  }
}

TEST(Query, WhatLooksLikeUids) {
  for (const auto* text : {"0", "1 2", ":", ",", "*", "10-12", "1..5", "2,3,4-6",
                           "1, 2", " 7 ", "(7)", "1 or 2", "not 3", "-5"}) {
    EXPECT_TRUE(looks_like_uids(text)) << text;
  }
  for (const auto* text : {"", " ", "()", "\"10-12\"", "text:10-12", "12 is:read",
                           "uid:7", "a1", "or", "v1.2"}) {
    EXPECT_FALSE(looks_like_uids(text)) << text;
  }
}

TEST(Query, TyposAreNamed) {
  const auto query = parse_query("form:alice", fixed_clock());
  ASSERT_FALSE(query);
  EXPECT_NE(query.error().one_line().find("from"), std::string::npos);
}

TEST(Query, AgesAreExactWithAndWithoutWithin) {
  const auto query = parse_query("older:1d newer:30d", fixed_clock());
  ASSERT_TRUE(query);
  EXPECT_EQ(wire(*query, true), "(OLDER 86400 YOUNGER 2592000)");
  // Roughly, with two days to spare for time zones.
  EXPECT_EQ(wire(*query, false), "(BEFORE 23-Nov-2026 SINCE 20-Oct-2026)");
  ASSERT_EQ(query->root.children.size(), 2u);
  EXPECT_EQ(query->root.children[0].term.arrival->to, 1795262400 - 86400 + 1);
  EXPECT_EQ(query->root.children[1].term.arrival->from, 1795262400 - 2592000);
}

TEST(Query, DaysAreThoseHere) {
  const auto query =
      parse_query("since:2026-11-10 before:2026-11-12", fixed_clock());
  ASSERT_TRUE(query);
  const auto midnight = fixed_clock().midnight({2026, 11, 10});
  const auto& terms = query->root.children;
  EXPECT_EQ(terms[0].term.arrival->from, midnight);
  EXPECT_EQ(terms[1].term.arrival->to, midnight + 2 * 86400);
  EXPECT_EQ(wire(*query, true), "(SINCE 7-Nov-2026 BEFORE 14-Nov-2026)");
}

TEST(Query, OneDay) {
  const auto query = parse_query("on:2026-11-10", fixed_clock());
  ASSERT_TRUE(query);
  const auto& moments = *query->root.term.arrival;
  EXPECT_EQ(moments.to - moments.from, 86400);
}

TEST(Query, TheOppositeOfDaysIsRoughToo) {
  const auto query = parse_query("-since:2026-11-10", fixed_clock());
  ASSERT_TRUE(query);
  EXPECT_EQ(wire(*query, true), "NOT SINCE 12-Nov-2026");
}

TEST(Query, WordsAreKept) {
  const auto query = parse_query(
      "from:bob \"a b\" subject:\"x \\\" y\" raw:(SEEN)", fixed_clock());
  ASSERT_TRUE(query);
  const auto& terms = query->root.children;
  EXPECT_EQ(terms[0].term.words, "from:bob");
  EXPECT_EQ(terms[1].term.words, "\"a b\"");
  EXPECT_EQ(terms[2].term.words, "subject:\"x \\\" y\"");
  EXPECT_EQ(terms[3].term.words, "raw:(SEEN)");
}

TEST(Query, DepthIsBounded) {
  const std::string deep =
      std::string(100, '(') + "is:read" + std::string(100, ')');
  EXPECT_FALSE(parse_query(deep, fixed_clock()));
  const std::string fine =
      std::string(25, '(') + "is:read" + std::string(25, ')');
  EXPECT_TRUE(parse_query(fine, fixed_clock()));
  EXPECT_FALSE(parse_query(std::string(100'000, 'a'), fixed_clock()));
}

TEST(Query, RawKeysStandBesideTheRest) {
  auto query = parse_query("is:read or is:draft", fixed_clock());
  ASSERT_TRUE(query);
  query = with_raw_keys(*query, "OR FROM \"a)b\" SEEN");
  ASSERT_TRUE(query);
  EXPECT_EQ(wire(*query, false), "(OR SEEN DRAFT (OR FROM \"a)b\" SEEN))");
  for (const auto* bad : {"", " ", ")", "(", "FROM {3+}", "\"",
                          "SEEN\r\nA9 LOGOUT", "Gr\xc3\xbc"}) {
    EXPECT_FALSE(with_raw_keys({}, bad)) << bad;
  }
  EXPECT_FALSE(with_raw_keys({}, std::string(40, '(') + std::string(40, ')')));
  EXPECT_FALSE(with_raw_keys({}, std::string("SEEN\0", 5)));
}

TEST(Query, Days) {
  EXPECT_EQ(parse_day("2024-02-29"), (imap::Date{2024, 2, 29}));
  for (const auto* bad : {"2023-02-29", "2026-13-01", "2026-00-10", "2026-1-01",
                          "26-01-01", "", "2026/01/01"}) {
    EXPECT_FALSE(parse_day(bad)) << bad;
  }
}

}  // namespace
}  // namespace mailtool::app
