#include <gtest/gtest.h>

#include "app/config.h"

namespace mailtool::app {
namespace {

Result<Config> parse(std::string_view text) {
  return parse_config(text, "c.toml", "/home/alice", true);
}

TEST(DkimTable, ReadsOneKey) {
  const auto config = parse(R"(
[account.work]
send = "mx"
[account.work.dkim]
domain = "Crêpes.Example"
selector = "2026"
key = "~/dkim.pem"
[account.home]
send = "mx"
)");
  ASSERT_TRUE(config) << config.error().one_line();
  const auto& dkim = config->dkim.at("work");
  EXPECT_EQ(dkim.domain, "xn--crpes-isa.example");
  ASSERT_EQ(dkim.keys.size(), 1u);
  EXPECT_EQ(dkim.keys[0].selector, "2026");
  EXPECT_EQ(dkim.keys[0].path, "/home/alice/dkim.pem");
  EXPECT_EQ(dkim.origin, "c.toml:4:15");
  EXPECT_FALSE(config->dkim.contains("home"));
  EXPECT_TRUE(config->accounts.contains("work"));
}

TEST(DkimTable, ReadsOneKeyForEachAlgorithm) {
  const auto config = parse(
      "[account.a]\n"
      "dkim = {selector = ['r', 'ed.2026'], key = ['/r.pem', '/ed.pem']}");
  ASSERT_TRUE(config) << config.error().one_line();
  const auto& dkim = config->dkim.at("a");
  EXPECT_EQ(dkim.domain, "");
  ASSERT_EQ(dkim.keys.size(), 2u);
  EXPECT_EQ(dkim.keys[1].selector, "ed.2026");
  EXPECT_EQ(dkim.keys[1].path, "/ed.pem");
}

struct Refused {
  const char* why;
  const char* text;  // of [account.a.dkim]
  const char* message;
};

const Refused kRefused[] = {
    {"no selector", "key = 'x'", "c.toml:1:12: dkim lacks selector"},
    {"no key", "selector = 'x'", "c.toml:1:12: dkim lacks key"},
    {"nothing", "", "c.toml:1:12: dkim lacks selector"},
    {"unknown key", "selector = 's'\nkey = 'k'\ndoman = 'x'",
     "c.toml:4:1: unknown key 'doman'; did you mean domain?"},
    {"fields cannot be chosen", "selector = 's'\nkey = 'k'\nheaders = 'x'",
     "c.toml:4:1: unknown key 'headers'"},
    {"wrong type of the domain", "domain = 1",
     "c.toml:2:10: domain wants a string, not an integer"},
    {"wrong type of a key", "selector = 's'\nkey = true",
     "c.toml:3:7: key wants a string, not a boolean"},
    {"wrong type in an array", "selector = ['s', 2]\nkey = ['k', 'l']",
     "c.toml:2:18: selector wants a string, not an integer"},
    {"no domain name", "selector = 's'\nkey = 'k'\ndomain = 'a b'",
     "c.toml:4:10: 'a b' is no domain name"},
    {"an address", "selector = 's'\nkey = 'k'\ndomain = '192.0.2.1'",
     "c.toml:4:10: '192.0.2.1' is no domain name"},
    {"no selector's name", "selector = 's;p'\nkey = 'k'",
     "c.toml:2:12: 's;p' is no selector: letters, digits and hyphens, in "
     "parts with dots between"},
    {"empty part of a selector", "selector = 's.'\nkey = 'k'",
     "c.toml:2:12: 's.' is no selector: letters, digits and hyphens, in parts "
     "with dots between"},
    {"empty selector", "selector = ''\nkey = 'k'",
     "c.toml:2:12: selector is empty or has more than one line"},
    {"NUL in a file name", "selector = 's'\nkey = \"k\\u0000\"",
     "c.toml:3:7: key is empty or has more than one line"},
    {"fewer keys than selectors", "selector = ['s', 't']\nkey = 'k'",
     "c.toml:3:7: as many keys as selectors are wanted: 2, not 1"},
    {"no keys", "selector = []\nkey = []",
     "c.toml:3:7: key wants 1 to 10 files"},
};

TEST(DkimTable, RefusesWithLineAndColumn) {
  for (const auto& c : kRefused) {
    const auto config = parse("[account.a.dkim]\n" + std::string(c.text));
    ASSERT_FALSE(config) << c.why;
    EXPECT_EQ(config.error().kind, ErrorKind::config) << c.why;
    EXPECT_EQ(config.error().one_line(), c.message) << c.why;
  }
}

TEST(DkimTable, IsATableOfAnAccount) {
  EXPECT_EQ(parse("[account.a]\ndkim = 'x'").error().one_line(),
            "c.toml:2:8: dkim wants a table, not a string");
  EXPECT_FALSE(parse("[dkim]\nselector = 's'\nkey = 'k'"));
  EXPECT_FALSE(parse("[account.a.send-options]\ndkim = {}"));
}

TEST(DkimTable, BoundsTheNumberOfKeys) {
  std::string many = "[";
  for (int i = 0; i < 11; ++i) many += "'k',";
  many += "]";
  const auto config = parse("[account.a]\ndkim = {selector = " + many +
                            ", key = " + many + "}");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().one_line().find("1 to 10 files"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::app
