#include "mailtool/smtp/mta_sts.h"

#include <gtest/gtest.h>

namespace mailtool::smtp {
namespace {

using Mode = MtaStsPolicy::Mode;

struct RecordCase {
  const char* why;
  const char* text;
  const char* id;  // null: no such record
};

// clang-format off
const RecordCase kRecords[] = {
  {"RFC 8461 section 3.1",   "v=STSv1; id=20160831085700Z;",             "20160831085700Z"},
  {"no last semicolon",      "v=STSv1; id=1",                            "1"},
  {"no blanks",              "v=STSv1;id=1;",                            "1"},
  {"blanks",                 "v=STSv1 \t; \t id=1 ;\t",                  "1"},
  {"an extension",           "v=STSv1; id=1; a-b.c_d=x/y:z",             "1"},
  {"extension first",        "v=STSv1; x=y; id=1",                       "1"},
  {"the first id counts",    "v=STSv1; id=1; id=2",                      "1"},
  {"32 letters",             "v=STSv1; id=abcdefghijklmnopqrstuvwxyzABCDEF", "abcdefghijklmnopqrstuvwxyzABCDEF"},
  {"33 letters",             "v=STSv1; id=abcdefghijklmnopqrstuvwxyzABCDEFG", nullptr},
  {"empty id",               "v=STSv1; id=;",                            nullptr},
  {"id with a hyphen",       "v=STSv1; id=2016-08;",                     nullptr},
  {"blank in the id",        "v=STSv1; id=a b;",                         nullptr},
  {"no id",                  "v=STSv1;",                                 nullptr},
  {"version alone",          "v=STSv1",                                  nullptr},
  {"version not first",      "id=1; v=STSv1;",                           nullptr},
  {"other version",          "v=STSv2; id=1;",                           nullptr},
  {"version in lower case",  "v=stsv1; id=1;",                           nullptr},
  {"longer version",         "v=STSv10; id=1;",                          nullptr},
  {"ID in upper case",       "v=STSv1; ID=1;",                           nullptr},
  {"no equals sign",         "v=STSv1; id",                              nullptr},
  {"an empty field",         "v=STSv1;; id=1",                           nullptr},
  {"blank before the name",  " v=STSv1; id=1;",                          nullptr},
  {"SPF",                    "v=spf1 -all",                              nullptr},
  {"empty",                  "",                                         nullptr},
};
// clang-format on

TEST(MtaStsRecord, Ids) {
  for (const auto& item : kRecords) {
    const auto id = parse_mta_sts_id(item.text);
    EXPECT_EQ(id.value_or("none"), item.id ? item.id : "none") << item.why;
  }
}

TEST(MtaStsRecord, WhatClaimsToBeOne) {
  EXPECT_TRUE(is_mta_sts_record("v=STSv1; id=not valid"));
  EXPECT_TRUE(is_mta_sts_record("v=STSv1"));
  EXPECT_FALSE(is_mta_sts_record("v=STSv10; id=1"));
  EXPECT_FALSE(is_mta_sts_record("v=spf1"));
}

struct PolicyCase {
  const char* why;
  std::string text;
  std::optional<MtaStsPolicy> policy;
};

std::string with(const std::string& lines) {
  return "version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 1\n" + lines;
}
const MtaStsPolicy kPlain{Mode::enforce, 1, {"a.test"}};

std::vector<PolicyCase> policies() {
  const MtaStsPolicy rfc{Mode::enforce, 604800,
                         {"mail.example.com", "*.example.net",
                          "backupmx.example.com"}};
  // clang-format off
  return {
    {"RFC 8461 section 3.2", "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\n"
                             "mx: backupmx.example.com\r\nmax_age: 604800\r\n", rfc},
    {"LF alone, no last one", "version: STSv1\nmode: testing\nmx: a.test\nmax_age: 0", MtaStsPolicy{Mode::testing, 0, {"a.test"}}},
    {"no blank after colons", "version:STSv1\nmode:enforce\nmx:a.test\nmax_age:1\n", kPlain},
    {"blanks at line ends",  "version: STSv1 \nmode:\t enforce\t\nmx: a.test  \nmax_age: 1 \n", kPlain},
    {"none needs no mx",     "version: STSv1\nmode: none\nmax_age: 1\n", MtaStsPolicy{Mode::none, 1, {}}},
    {"any order",            "max_age: 1\nmx: a.test\nmode: enforce\nversion: STSv1\n", kPlain},
    {"upper case host",      with("mx: B.Test\n"), MtaStsPolicy{Mode::enforce, 1, {"a.test", "b.test"}}},
    {"extensions",           with("x-y.z_1: any: thing \xc3\xbc\n"), kPlain},
    {"the first one counts", with("mode: none\nmax_age: 7\n"), kPlain},
    {"empty lines",          "\r\n" + with("\n \t\n"), kPlain},
    {"most seconds",         "version: STSv1\nmode: none\nmax_age: 31557600\n", MtaStsPolicy{Mode::none, 31557600, {}}},
    {"too many seconds",     "version: STSv1\nmode: none\nmax_age: 31557601\n", {}},
    {"eleven digits",        "version: STSv1\nmode: none\nmax_age: 00000000001\n", {}},
    {"negative",             "version: STSv1\nmode: none\nmax_age: -1\n", {}},
    {"days",                 "version: STSv1\nmode: none\nmax_age: 7d\n", {}},
    {"no version",           "mode: none\nmax_age: 1\n", {}},
    {"version 2",            "version: STSv2\nmode: none\nmax_age: 1\n", {}},
    {"no mode",              "version: STSv1\nmx: a.test\nmax_age: 1\n", {}},
    {"unknown mode",         "version: STSv1\nmode: report\nmx: a.test\nmax_age: 1\n", {}},
    {"mode in upper case",   "version: STSv1\nmode: Enforce\nmx: a.test\nmax_age: 1\n", {}},
    {"no max_age",           "version: STSv1\nmode: enforce\nmx: a.test\n", {}},
    {"no mx",                "version: STSv1\nmode: enforce\nmax_age: 1\n", {}},
    {"mx that is no domain", with("mx: a_b.test\n"), {}},
    {"empty mx",             with("mx:\n"), {}},
    {"mx with a dot behind", with("mx: a.test.\n"), {}},
    {"wildcard inside",      with("mx: a.*.test\n"), {}},
    {"wildcard alone",       with("mx: *\n"), {}},
    {"wildcard of a part",   with("mx: *a.test\n"), {}},
    {"wildcard twice",       with("mx: *.*.test\n"), {}},
    {"label of 64",          with("mx: " + std::string(64, 'a') + ".test\n"), {}},
    {"no colon",             with("hello\n"), {}},
    {"blank before colon",   with("x : y\n"), {}},
    {"HTML",                 "<html></html>", {}},
    {"NUL",                  with(std::string("x\0y: z\n", 7)), {}},
    {"CR alone ends no line", "version: STSv1\rmode: none\rmax_age: 1\r", {}},
    {"empty",                "", {}},
    {"64 KiB",               with("x: " + std::string(kMaxMtaStsOctets - with("x: ").size(), 'y')), kPlain},
    {"one octet more",       with("x: " + std::string(kMaxMtaStsOctets - with("x: ").size() + 1, 'y')), {}},
  };
  // clang-format on
}

TEST(MtaStsPolicies, ReadStrictly) {
  for (const auto& item : policies()) {
    const auto policy = parse_mta_sts_policy(item.text);
    ASSERT_EQ(policy.has_value(), item.policy.has_value())
        << item.why << ": " << (policy ? "read" : policy.error().what);
    if (!policy) {
      EXPECT_EQ(policy.error().kind, ErrorKind::protocol) << item.why;
      continue;
    }
    EXPECT_EQ(*policy, *item.policy) << item.why;
    EXPECT_EQ(*parse_mta_sts_policy(to_text(*policy)), *policy) << item.why;
  }
}

TEST(MtaStsPolicies, Names) {
  const MtaStsPolicy policy{Mode::enforce, 1, {"mail.example.com", "*.example.net"}};
  for (const char* host : {"mail.example.com", "a.example.net", "mx-1.example.net"})
    EXPECT_TRUE(policy.names(host)) << host;
  for (const char* host :
       {"example.com", "a.mail.example.com", "xmail.example.com", "example.net",
        "a.b.example.net", ".example.net", "example.net.evil.test", "", "net"})
    EXPECT_FALSE(policy.names(host)) << host;
}

}  // namespace
}  // namespace mailtool::smtp
