#include <gtest/gtest.h>

#include "app/config.h"

namespace mailtool::app {
namespace {

class Resolve : public testing::Test {
 protected:
  void config(std::string_view text) {
    auto parsed = parse_config(text, "c.toml", "/home/alice", true);
    ASSERT_TRUE(parsed) << parsed.error().one_line();
    config_ = std::move(*parsed);
  }
  void type(std::string_view name, std::string text = "") {
    typed_.add(name, {std::move(text), "command line"});
  }
  Environment environment() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(std::string(name));
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }
  Result<std::string> account() const {
    return choose_account(config_, typed_, environment());
  }
  Result<OptionValues> resolve(std::string_view command) const {
    const auto chosen = account();
    if (!chosen) return chosen.error();
    return resolve_options(*find_command(command), typed_, environment(),
                           config_, *chosen);
  }

  std::map<std::string, std::string> variables_;
  OptionValues typed_;
  Config config_;
};

constexpr std::string_view kTwo = R"(
default = "work"
timeout = "30s"
[account.work]
user = "alice"
tls = "required"
send = "smtps://mail.crepes.fr"
password-from = "env:PW"
from = "alice@crepes.fr"
[account.work.send-options]
user = "alice-out"
[account.home]
send = "mx"
ipv4 = true
)";

TEST_F(Resolve, FlagBeatsEnvironmentBeatsFile) {
  config(kTwo);
  EXPECT_EQ(resolve("send")->get("tls"), "required");
  EXPECT_EQ(resolve("send")->origin("tls"), "c.toml:6:1");
  variables_["MAILTOOL_TLS"] = "opportunistic";
  EXPECT_EQ(resolve("send")->get("tls"), "opportunistic");
  EXPECT_EQ(resolve("send")->origin("tls"), "MAILTOOL_TLS");
  type("tls", "off");
  EXPECT_EQ(resolve("send")->get("tls"), "off");
  EXPECT_EQ(resolve("send")->count("tls"), 1u);
}

TEST_F(Resolve, OptionsOfTheCommandBeatTheAccountBeatsTheFile) {
  config(kTwo);
  EXPECT_EQ(resolve("send")->get("user"), "alice-out");
  EXPECT_EQ(resolve("imap")->get("user"), "alice");
  EXPECT_EQ(resolve("imap")->get("timeout"), "30s");
}

TEST_F(Resolve, AccountIsNamedDefaultOrTheOnlyOne) {
  EXPECT_EQ(*account(), "");
  config("[account.only]");
  EXPECT_EQ(*account(), "only");
  config("[account.a]\n[account.b]");
  EXPECT_EQ(*account(), "");
  config(kTwo);
  EXPECT_EQ(*account(), "work");
  variables_["MAILTOOL_ACCOUNT"] = "home";
  EXPECT_EQ(*account(), "home");
  type("account", "work");
  EXPECT_EQ(*account(), "work");
}

TEST_F(Resolve, UnknownAccountNamesTheNearest) {
  config(kTwo);
  type("account", "wrok");
  const auto chosen = account();
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().kind, ErrorKind::config);
  EXPECT_EQ(chosen.error().one_line(),
            "c.toml: no account 'wrok'; did you mean work?");
}

TEST_F(Resolve, RouteOfTheLineBeatsThatOfTheAccount) {
  config(kTwo);
  type("mx");
  const auto direct = resolve("send");
  EXPECT_FALSE(direct->has("server"));
  EXPECT_EQ(direct->get("from"), "alice@crepes.fr");

  typed_ = {};
  type("account", "home");
  EXPECT_TRUE(resolve("send")->has("mx"));
  type("server", "smtp://x");
  EXPECT_FALSE(resolve("send")->has("mx"));
  EXPECT_EQ(resolve("send")->get("server"), "smtp://x");
}

// The password of one server is not for another that was typed.
TEST_F(Resolve, ServerOnTheLineKeepsSecretsOfTheDefaultAccountOut) {
  config(kTwo);
  type("server", "smtp://elsewhere.example");
  EXPECT_FALSE(resolve("send")->has("password-from"));
  EXPECT_FALSE(resolve("send")->has("user"));
  EXPECT_EQ(resolve("send")->get("from"), "alice@crepes.fr");
  type("account", "work");
  EXPECT_EQ(resolve("send")->get("password-from"), "env:PW");
}

TEST_F(Resolve, FlagsInTheEnvironment) {
  variables_["MAILTOOL_IPV4"] = "yes";
  EXPECT_TRUE(resolve("fetch")->has("ipv4"));
  variables_["MAILTOOL_IPV4"] = "0";
  EXPECT_FALSE(resolve("fetch")->has("ipv4"));
  variables_["MAILTOOL_IPV4"] = "";
  EXPECT_FALSE(resolve("fetch")->has("ipv4"));
  variables_["MAILTOOL_IPV4"] = "perhaps";
  const auto wrong = resolve("fetch");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().one_line(),
            "MAILTOOL_IPV4: 'perhaps' is not one of true, false");
}

TEST_F(Resolve, FalseInTheEnvironmentBeatsTrueInTheFile) {
  config(kTwo);
  type("account", "home");
  EXPECT_TRUE(resolve("fetch")->has("ipv4"));
  variables_["MAILTOOL_IPV4"] = "false";
  EXPECT_FALSE(resolve("fetch")->has("ipv4"));
}

TEST_F(Resolve, WrongValueInTheEnvironment) {
  variables_["MAILTOOL_TLS"] = "bogus";
  const auto wrong = resolve("send");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::config);
  EXPECT_EQ(wrong.error().one_line(),
            "MAILTOOL_TLS: 'bogus' is not one of required, opportunistic, off");
  variables_["MAILTOOL_TLS"] = "off\n";
  EXPECT_FALSE(resolve("send"));
}

TEST_F(Resolve, OnlyOptionsMadeForItComeFromTheEnvironment) {
  variables_["MAILTOOL_SUBJECT"] = "x";
  variables_["MAILTOOL_DRY_RUN"] = "1";
  EXPECT_FALSE(resolve("send")->has("subject"));
  EXPECT_FALSE(resolve("send")->has("dry-run"));
}

TEST_F(Resolve, RivalsOfAStrongerSourceStandAside) {
  config("[account.a]\ndelete = true\n");
  EXPECT_TRUE(resolve("fetch")->has("delete"));
  type("keep");
  EXPECT_FALSE(resolve("fetch")->has("delete"));
}

// Rules of one side add up, whatever sources they come from.
TEST_F(Resolve, OptionsOfOneSideGoTogether) {
  config("[account.a]\ndelete = true\nkeep-last = 10\n");
  EXPECT_EQ(resolve("fetch")->get("keep-last"), "10");
  type("delete-after", "7d");
  EXPECT_EQ(resolve("fetch")->get("keep-last"), "10");
  EXPECT_TRUE(resolve("fetch")->has("delete"));
  typed_ = {};
  type("headers-only");
  EXPECT_FALSE(resolve("fetch")->has("keep-last"));
  typed_ = {};
  config("[account.a]\nkeep = true\nkeep-last = 10\n");
  EXPECT_EQ(resolve("fetch").error().kind, ErrorKind::config);
}

TEST_F(Resolve, RivalsInOnePlaceAreAnError) {
  config("[account.a]\ndelete = true\nkeep = true\n");
  const auto wrong = resolve("fetch");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::config);
}

TEST_F(Resolve, StrongerSourceReplacesAllValues) {
  config("[account.a]\nresolve = ['a:1:127.0.0.1', 'b:1:127.0.0.1']\n");
  EXPECT_EQ(resolve("fetch")->count("resolve"), 2u);
  type("resolve", "c:1:127.0.0.1");
  EXPECT_EQ(resolve("fetch")->all("resolve"),
            (std::vector<std::string>{"c:1:127.0.0.1"}));
}

constexpr std::string_view kBob = R"(
[account.work]
fetch = "pop3s://bob@Mail.Example"
password-from = "env:PW"
to = "maildir:~/Mail"
rcpt = "bob@mail.example"
limit = 5
[account.work.fetch-options]
delete = true
)";

TEST_F(Resolve, WhatBecomesOfMailIsNotForAnotherMaildrop) {
  for (const char* url :
       {"pop3s://carol@mail.example", "pop3s://bob@other.example",
        "pop3s://Bob@mail.example", "pop3://mail.example", "nonsense"}) {
    typed_ = {};
    config(kBob);
    type("server", url);
    for (const char* name : {"to", "rcpt", "delete", "password-from"}) {
      EXPECT_FALSE(resolve("fetch")->has(name)) << url << ' ' << name;
    }
    EXPECT_EQ(resolve("fetch")->get("limit"), "5") << url;
    type("account", "work");
    EXPECT_TRUE(resolve("fetch")->has("to")) << url;
    EXPECT_TRUE(resolve("fetch")->has("delete")) << url;
  }
}

TEST_F(Resolve, OnlyUserAndHostMakeTheMaildrop) {
  config(kBob);
  type("server", "pop3://bob@mail.example.:1110");
  EXPECT_TRUE(resolve("fetch")->has("to"));
  EXPECT_TRUE(resolve("fetch")->has("delete"));
  EXPECT_FALSE(resolve("fetch")->has("password-from"));
  type("user", "carol");
  EXPECT_FALSE(resolve("fetch")->has("to"));
}

TEST_F(Resolve, TheUserOfAnAccountIsOfItsMaildrop) {
  config("[account.work]\nuser = \"bob\"\nfetch = \"pop3://mail.example\"\n"
         "to = \"maildir:m\"");
  type("server", "pop3://bob@mail.example");
  EXPECT_TRUE(resolve("fetch")->has("to"));
  variables_["MAILTOOL_USER"] = "carol";
  EXPECT_TRUE(resolve("fetch")->has("to"));
  variables_.clear();
  typed_ = {};
  type("server", "pop3://mail.example");
  EXPECT_FALSE(resolve("fetch")->has("to"));
}

}  // namespace
}  // namespace mailtool::app
