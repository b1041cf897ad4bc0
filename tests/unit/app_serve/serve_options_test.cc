#include "app/serve_options.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

using Typed = std::vector<std::pair<std::string, std::string>>;

Result<ServeOptions> read(const Typed& typed,
                          std::vector<std::string> program = {}) {
  Invocation invocation;
  invocation.command = "serve";
  for (const auto& [name, value] : typed) {
    invocation.options.add(name, {value, "command line"});
  }
  if (!invocation.options.has("root") && program.empty()) {
    invocation.options.add("root", {"/tmp/root", "command line"});
  }
  invocation.arguments = std::move(program);
  return read_serve_options(invocation);
}

const ServeDoor* door(const ServeOptions& options, std::string_view name) {
  for (const auto& one : options.doors) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

TEST(ServeOptions, UsualOnesAreOnLoopback) {
  const auto options = read({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->root, "/tmp/root");
  EXPECT_EQ(options->domains, std::vector<std::string>{"example.test"});
  ASSERT_EQ(options->users.size(), 2U);
  EXPECT_EQ(options->users[0].name, "alice");
  EXPECT_EQ(options->doors.size(), 7U);
  for (const auto& one : options->doors) {
    EXPECT_TRUE(one.endpoint.address.is_loopback());
    EXPECT_FALSE(one.fixed);
    EXPECT_EQ(one.implicit_tls, one.name.ends_with('s'));
  }
  EXPECT_EQ(door(*options, "imaps")->endpoint.port, 2993);
}

TEST(ServeOptions, AProgramHasARootOfItsOwn) {
  EXPECT_EQ(read({}, {"true"})->root, "");
  EXPECT_EQ(read({{"root", "/a/../b/"}}, {"true"})->root, "/b/");
}

TEST(ServeOptions, Addresses) {
  struct Case {
    const char* typed;
    const char* endpoint;  // nullptr: refused
    bool fixed;
  };
  const Case cases[] = {
      {"127.0.0.2:2526", "127.0.0.2:2526", true},
      {"127.0.0.2", "127.0.0.2:2525", true},
      {"2600", "127.0.0.1:2600", true},
      {"0", "127.0.0.1:0", false},
      {"127.0.0.2:0", "127.0.0.2:0", false},
      {"[::1]:0", "[::1]:0", false},
      {"[::1]:2526", "[::1]:2526", true},
      {"::1", "[::1]:2525", true},
      {"localhost:2525", nullptr, false},
      {"127.0.0.1:65536", nullptr, false},
      {"65536", nullptr, false},
      {":2525", nullptr, false},
      {"", nullptr, false},
      {"192.0.2.1:25", nullptr, false},
      {"0.0.0.0:2525", nullptr, false},
      {"[::]:2525", nullptr, false},
  };
  for (const auto& one : cases) {
    const auto options = read({{"smtp", one.typed}});
    ASSERT_EQ(options.has_value(), one.endpoint != nullptr) << one.typed;
    if (!options) {
      EXPECT_EQ(options.error().kind, ErrorKind::usage) << one.typed;
      continue;
    }
    EXPECT_EQ(door(*options, "smtp")->endpoint.to_string(), one.endpoint);
    EXPECT_EQ(door(*options, "smtp")->fixed, one.fixed) << one.typed;
  }
}

TEST(ServeOptions, ServersMayBeOff) {
  const auto some = read({{"pop3", "off"}, {"tls", "off"}, {"port", "0"}});
  ASSERT_TRUE(some);
  EXPECT_EQ(some->doors.size(), 3U);
  EXPECT_EQ(door(*some, "pop3"), nullptr);
  EXPECT_EQ(door(*some, "imap")->endpoint.port, 0);
  EXPECT_FALSE(some->tls);
  EXPECT_FALSE(read({{"imaps", "2993"}, {"tls", "off"}}));
  Typed none;
  for (const auto name : serve_door_names()) {
    none.emplace_back(std::string(name), "off");
  }
  EXPECT_FALSE(read(none));
}

TEST(ServeOptions, OthersComeInWithPasswordsAlone) {
  const Typed open{{"imap", "192.0.2.1:143"}, {"listen-public", ""}};
  EXPECT_FALSE(read(open));
  auto one = open;
  one.emplace_back("user", "alice:env:A");
  EXPECT_TRUE(read(one));
  one.emplace_back("user", "bob");
  EXPECT_FALSE(read(one));
}

TEST(ServeOptions, WithoutTlsNobodyLogsInFromElsewhere) {
  Typed typed{{"listen-public", ""}, {"tls", "off"}, {"user", "alice:env:A"}};
  EXPECT_TRUE(read(typed));
  typed.emplace_back("smtp", "0.0.0.0:2525");
  EXPECT_TRUE(read(typed)) << "mail is taken without a login";
  typed.emplace_back("imap", "[::]:2143");
  const auto refused = read(typed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_NE(refused.error().what.find("--tls off"), std::string::npos);
}

TEST(ServeOptions, Users) {
  const auto some = read({{"user", "carol"}, {"user", "dave:cmd:pass dave"}});
  ASSERT_TRUE(some);
  ASSERT_EQ(some->users.size(), 2U);
  EXPECT_EQ(some->users[0].source, "");
  EXPECT_EQ(some->users[1].source, "cmd:pass dave");
  EXPECT_FALSE(read({{"user", "carol"}, {"user", "carol:env:C"}}));
  const auto long_name = std::string(65, 'x');
  for (const std::string name :
       {"", ":env:A", "carol:", ".", "..", ".carol", "a/b", "../carol",
        "carol@crepes.test", "a b", "\"a b\"", "\"carol\"", "a\x1b[31m", long_name.c_str()}) {
    const auto refused = read({{"user", name}});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().kind, ErrorKind::usage) << name;
    EXPECT_EQ(refused.error().what.find('\x1b'), std::string::npos);
  }
}

// Reports to users had nowhere to go.
TEST(ServeOptions, MailGoesOutWhereReportsComeIn) {
  EXPECT_FALSE(read({})->relays());
  EXPECT_TRUE(read({{"dns", "0"}})->relays());
  EXPECT_TRUE(read({{"dns-server", "192.0.2.53"}})->relays());
  for (const Typed& typed :
       {Typed{{"smtp", "off"}, {"dns", "0"}},
        Typed{{"smtp", "off"}, {"dns", "0"}, {"submission", "off"}},
        Typed{{"smtp", "off"}, {"dns-server", "192.0.2.53"}}}) {
    const auto refused = read(typed);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_FALSE(refused.error().hint.empty());
  }
  const auto names_alone = read(
      {{"smtp", "off"}, {"submission", "off"}, {"smtps", "off"}, {"dns", "0"}});
  ASSERT_TRUE(names_alone);
  EXPECT_FALSE(names_alone->relays());
}

// They were taken, and nothing came of them.
TEST(ServeOptions, WhatHasNoEffectIsRefused) {
  const std::pair<const char*, const char*> dns{"dns", "0"};
  const std::pair<const char*, const char*> at{"dns-server", "192.0.2.53"};
  const std::pair<const char*, const char*> port{"mx-port", "25"};
  const auto knows = [](const char* text) {
    return std::pair<const char*, const char*>{"dns-domain", text};
  };
  struct Case {
    const char* why;
    Typed typed;
    const char* what;  // nullptr: it is taken
  };
  const Case cases[] = {
      {"no name server", {knows("x.test=192.0.2.1")}, "which is off"},
      {"another's", {knows("x.test=192.0.2.1"), at}, "which is off"},
      {"its own", {knows("x.test=192.0.2.1"), dns}, nullptr},
      {"sent by another's", {knows("x.test=192.0.2.1"), dns, at}, nullptr},
      {"our own domain", {knows("example.test=192.0.2.1"), dns}, "of this"},
      {"in any spelling", {knows("Example.TEST=192.0.2.1"), dns}, "of this"},
      {"always ours", {knows("localhost=192.0.2.1"), dns}, "of this"},
      {"not ours then",
       {knows("example.test=192.0.2.1"), dns, {"domain", "a.test"}},
       nullptr},
      {"two servers",
       {knows("x.test=192.0.2.1"), knows("X.test=192.0.2.1:26"), dns},
       "twice"},
      {"no mail goes out", {port}, "does not take"},
      {"names alone",
       {port, dns, {"smtp", "off"}, {"submission", "off"}, {"smtps", "off"}},
       "does not take"},
      {"by our names", {port, dns}, nullptr},
      {"by another's", {port, at}, nullptr},
  };
  for (const auto& one : cases) {
    const auto options = read(one.typed);
    ASSERT_EQ(options.has_value(), one.what == nullptr) << one.why;
    if (options) continue;
    EXPECT_EQ(options.error().kind, ErrorKind::usage) << one.why;
    EXPECT_NE(options.error().what.find(one.what), std::string::npos)
        << one.why << ": " << options.error().what;
    EXPECT_FALSE(options.error().hint.empty()) << one.why;
  }
}

TEST(ServeOptions, Domains) {
  const auto some =
      read({{"domain", "Cr\xc3\xaapes.test"}, {"domain", "b.test"}});
  ASSERT_TRUE(some);
  EXPECT_EQ(some->domains,
            (std::vector<std::string>{"xn--crpes-isa.test", "b.test"}));
  EXPECT_EQ(
      some->own_domains(),
      (std::set<std::string>{"xn--crpes-isa.test", "b.test", "localhost"}));
  EXPECT_FALSE(read({{"domain", "no domain"}}));
  EXPECT_FALSE(read({{"domain", "127.0.0.1"}}));
}

}  // namespace
}  // namespace mailtool::app
