#include "app/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

Result<Config> parse(std::string_view text, bool private_to_owner = true) {
  return parse_config(text, "c.toml", "/home/alice", private_to_owner);
}

const Setting* find(const std::vector<Setting>& settings,
                    std::string_view command, std::string_view name) {
  for (const auto& setting : settings) {
    if (setting.command == command && setting.name == name) return &setting;
  }
  return nullptr;
}

TEST(Config, ReadsAnAccount) {
  const auto config = parse(R"(
default = "work"
[account.work]
from = "Alice <alice@crepes.fr>"
send = "smtps://alice@mail.crepes.fr"
fetch = "pop3s://alice@mail.crepes.fr"
imap = "imaps://alice@mail.crepes.fr"
password-from = "cmd:pass show mail/alice"
to = "maildir:~/Mail/work"
timeout = 90
[account.work.imap-options]
tls-ca = "~/own.pem"
resolve = ["a:1:127.0.0.1", "b:2:127.0.0.1"]
[account.home]
send = "mx"
)");
  ASSERT_TRUE(config) << config.error().one_line();
  EXPECT_EQ(config->default_account, "work");
  const auto& work = config->accounts.at("work");
  EXPECT_EQ(find(work, "send", "from")->text, "Alice <alice@crepes.fr>");
  EXPECT_EQ(find(work, "fetch", "from"), nullptr);
  EXPECT_EQ(find(work, "imap", "server")->text, "imaps://alice@mail.crepes.fr");
  EXPECT_EQ(find(work, "fetch", "to")->text, "maildir:/home/alice/Mail/work");
  EXPECT_EQ(find(work, "fetch", "to")->origin, "c.toml:9:1");
  EXPECT_EQ(find(work, "send", "timeout")->text, "90");
  EXPECT_EQ(find(work, "imap", "password-from")->text,
            "cmd:pass show mail/alice");
  EXPECT_EQ(find(work, "imap", "tls-ca")->text, "/home/alice/own.pem");
  EXPECT_EQ(find(work, "imap", "tls-ca")->rank, SettingRank::command_options);
  EXPECT_EQ(find(work, "send", "tls-ca"), nullptr);
  EXPECT_NE(find(config->accounts.at("home"), "send", "mx"), nullptr);
}

TEST(Config, SaysWhenTheQueueIsUsed) {
  const auto config = parse(R"(
[account.a]
queue = "on-tempfail"
[account.b]
queue = "always"
[account.c]
queue = "never"
)");
  ASSERT_TRUE(config) << config.error().one_line();
  const auto& accounts = config->accounts;
  EXPECT_NE(find(accounts.at("a"), "send", "queue-on-tempfail"), nullptr);
  EXPECT_NE(find(accounts.at("b"), "send", "queue"), nullptr);
  EXPECT_TRUE(accounts.at("c").empty());
  const auto wrong = parse("[account.a]\nqueue = \"sometimes\"\n");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().one_line().find("c.toml:2:9"), std::string::npos)
      << wrong.error().one_line();
}

TEST(Config, EmptyFileIsFine) {
  const auto config = parse("");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->accounts.empty());
}

struct Refused {
  const char* why;
  const char* text;
  const char* message;
};

const Refused kRefused[] = {
    {"unknown key", "[account.a]\nusr = 'x'",
     "c.toml:2:1: unknown key 'usr'; did you mean user?"},
    {"unknown key at the top", "defualt = 'x'",
     "c.toml:1:1: unknown key 'defualt'; did you mean default?"},
    {"unknown key in a table of options",
     "[account.a.imap-options]\ntls-cs = 'x'",
     "c.toml:2:1: unknown key 'tls-cs'; did you mean tls-ca?"},
    {"option of another command", "[account.a.imap-options]\nmx = true",
     "c.toml:2:1: unknown key 'mx'"},
    {"option that is for the line alone", "[account.a]\nsubject = 'x'",
     "c.toml:2:1: unknown key 'subject'"},
    {"unknown table", "[account.a.dkmi]\nkey = 'x'",
     "c.toml:1:12: unknown key 'dkmi'; did you mean dkim?"},
    {"password", "[account.a]\npassword = 'geheim'",
     "c.toml:2:1: unknown key 'password'"},
    {"password in a URL", "[account.a]\nsend = 'smtp://a:geheim@x'",
     "c.toml:2:8: a password stands in the file"},
    {"wrong type", "[account.a]\nuser = 5",
     "c.toml:2:8: user wants a string, not an integer"},
    {"wrong type of a flag", "[account.a]\nipv4 = 'yes'",
     "c.toml:2:8: ipv4 wants true or false, not a string"},
    {"wrong type of a duration", "timeout = true",
     "c.toml:1:11: timeout wants a string or an integer, not a boolean"},
    {"array for one value", "[account.a]\nuser = ['x']",
     "c.toml:2:8: user wants a string, not an array"},
    {"account is a string", "account = 'x'",
     "c.toml:1:11: account wants tables: [account.NAME], not a string"},
    {"account has no name", "[account]\nuser = 'x'",
     "c.toml:2:1: account wants tables: [account.NAME]; 'user' is a string"},
    {"options are a string", "[account.a]\nimap-options = 'x'",
     "c.toml:2:16: imap-options wants a table, not a string"},
    {"default is a number", "default = 1",
     "c.toml:1:11: default wants a string, not an integer"},
    {"default account is missing", "default = 'wrok'\n[account.work]",
     "c.toml:1:11: no account 'wrok'; did you mean work?"},
    {"choice", "[account.a]\ntls = 'bogus'",
     "c.toml:2:7: tls: 'bogus' is not one of required, opportunistic, off"},
    {"line end in a value", "[account.a]\nuser = \"a\\r\\nb\"",
     "c.toml:2:8: user: CR, LF or NUL in the value"},
    {"NUL in a value", "[account.a]\nuser = \"a\\u0000b\"",
     "c.toml:2:8: user: CR, LF or NUL in the value"},
    {"control character in a name", "[account.\"a\\u001b\"]",
     "c.toml:1:10: the name of an account is empty or holds control "
     "characters"},
};

TEST(Config, RefusesWithLineAndColumn) {
  for (const auto& c : kRefused) {
    const auto config = parse(c.text);
    ASSERT_FALSE(config) << c.why;
    EXPECT_EQ(config.error().kind, ErrorKind::config) << c.why;
    EXPECT_EQ(config.error().one_line(), c.message) << c.why;
  }
}

// Found by the fuzzer: a lone CR where a table is named ended the program.
TEST(Config, ControlCharactersAreRefusedWithTheirPlace) {
  const auto config = parse("# \xc3\xbc\r\n[\raccount.a]\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::config);
  EXPECT_EQ(config.error().one_line(),
            "c.toml:2:2: malformed TOML: a control character");
  EXPECT_FALSE(parse(std::string_view("a\0b = 1\n", 8)));
  EXPECT_FALSE(parse("# \x1b\n"));
  EXPECT_TRUE(parse("# tab\t and CRLF\r\n"));
}

// Found by the fuzzer: what cannot begin a key ended the program.
TEST(Config, WhatCannotNameATableIsAnError) {
  for (const char* text : {"[`account.a]\n", "[*]\n", "[[,]]\n", "[a.*]\n"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

TEST(Config, MalformedTomlHasLineAndColumn) {
  const auto config = parse("[account.a]\nuser = \n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::config);
  EXPECT_TRUE(
      config.error().one_line().starts_with("c.toml:2:8: malformed TOML: "))
      << config.error().one_line();
  EXPECT_FALSE(parse("[account.a]\nuser = \"\xff\"\n"));
  EXPECT_FALSE(parse("[send"));
  EXPECT_FALSE(parse("a = " + std::string(100000, '[')));
}

TEST(Config, WrongUrlIsSaidWithItsPlace) {
  for (const char* text :
       {"[account.a]\nsend = 'imap://x'", "[account.a]\nfetch = 'mail.example'",
        "[account.a]\nimap = 'imaps://x:99999'"}) {
    const auto config = parse(text);
    ASSERT_FALSE(config) << text;
    EXPECT_TRUE(config.error().one_line().starts_with("c.toml:2:"))
        << config.error().one_line();
  }
}

TEST(Config, PasswordsAreNeverRepeated) {
  for (const bool private_to_owner : {true, false}) {
    const auto config =
        parse("[account.a]\nimap = 'imaps://a:geheim@x'", private_to_owner);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().one_line().find("geheim"), std::string::npos);
    EXPECT_EQ(
        config.error().one_line().find("others can read") != std::string::npos,
        !private_to_owner);
  }
}

// The file itself: where it is looked for, and what may be wrong with it.
class ConfigFile : public testing::Test {
 protected:
  std::string path(const char* name) const {
    return (folder_.path() / name).string();
  }
  void write(const std::string& where, std::string_view text) const {
    std::filesystem::create_directories(
        std::filesystem::path(where).parent_path());
    std::ofstream(where) << text;
  }
  Environment environment() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(std::string(name));
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }

  test::TempDir folder_;
  std::map<std::string, std::string> variables_;
  OptionValues typed_;
};

TEST_F(ConfigFile, IsLookedForInOrder) {
  write(path("home/.config/mailtool/config.toml"), "[account.from-home]");
  write(path("xdg/mailtool/config.toml"), "[account.from-xdg]");
  write(path("named.toml"), "[account.from-variable]");
  write(path("typed.toml"), "[account.from-option]");
  variables_["HOME"] = path("home");
  EXPECT_TRUE(
      load_config(typed_, environment())->accounts.contains("from-home"));
  variables_["XDG_CONFIG_HOME"] = path("xdg");
  EXPECT_TRUE(
      load_config(typed_, environment())->accounts.contains("from-xdg"));
  variables_["MAILTOOL_CONFIG"] = path("named.toml");
  EXPECT_TRUE(
      load_config(typed_, environment())->accounts.contains("from-variable"));
  typed_.set("config", {path("typed.toml"), "command line"});
  EXPECT_TRUE(
      load_config(typed_, environment())->accounts.contains("from-option"));
}

TEST_F(ConfigFile, DefaultMayBeAbsent) {
  variables_["XDG_CONFIG_DIRS"] = path("nowhere");
  EXPECT_TRUE(load_config(typed_, environment()));
  variables_["HOME"] = path("nowhere");
  EXPECT_TRUE(load_config(typed_, environment()));
}

// A service may have no home, and a home no file.
TEST_F(ConfigFile, OfTheSystemStandsInForThatOfTheUser) {
  write(path("second/mailtool/config.toml"), "[account.second]");
  write(path("third/mailtool/config.toml"), "[account.third]");
  variables_["XDG_CONFIG_DIRS"] =
      "relative::" + path("first") + ":" + path("second") + ":" + path("third");
  EXPECT_TRUE(load_config(typed_, environment())->accounts.contains("second"));
  variables_["HOME"] = path("home");
  const auto system = load_config(typed_, environment());
  EXPECT_EQ(system->path, path("second/mailtool/config.toml"));
  // One file is read, whole: nothing is mixed.
  write(path("home/.config/mailtool/config.toml"), "[account.user]");
  const auto user = load_config(typed_, environment());
  EXPECT_TRUE(user->accounts.contains("user"));
  EXPECT_FALSE(user->accounts.contains("second"));
}

TEST_F(ConfigFile, OfTheSystemIsCheckedLikeAnother) {
  variables_["XDG_CONFIG_DIRS"] = path("system");
  write(path("system/mailtool/config.toml"),
        "[account.a]\nsend = 'smtp://a:geheim@x'");
  ::chmod(path("system/mailtool/config.toml").c_str(), 0644);
  const auto readable = load_config(typed_, environment());
  ASSERT_FALSE(readable);
  EXPECT_NE(readable.error().what.find("others can read"), std::string::npos);
  write(path("system/mailtool/config.toml"), "[account.a]\nsned = 'mx'");
  EXPECT_EQ(load_config(typed_, environment()).error().what,
            "unknown key 'sned'; did you mean send?");
}

TEST_F(ConfigFile, NamedMayNotBeAbsent) {
  typed_.set("config", {path("absent.toml"), "command line"});
  const auto config = load_config(typed_, environment());
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::no_input);
}

TEST_F(ConfigFile, UnreadableIsSaid) {
  typed_.set("config", {folder_.path().string(), "command line"});
  const auto folder = load_config(typed_, environment());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, ErrorKind::config);

  write(path("large.toml"), std::string(kConfigOctets + 1, '#'));
  typed_.set("config", {path("large.toml"), "command line"});
  const auto large = load_config(typed_, environment());
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, ErrorKind::config);
}

TEST_F(ConfigFile, KnowsWhetherOthersCanReadIt) {
  write(path("c.toml"), "[account.a]\nsend = 'smtp://a:geheim@x'");
  typed_.set("config", {path("c.toml"), "command line"});
  ::chmod(path("c.toml").c_str(), 0644);
  EXPECT_NE(
      load_config(typed_, environment()).error().what.find("others can read"),
      std::string::npos);
  ::chmod(path("c.toml").c_str(), 0600);
  EXPECT_EQ(
      load_config(typed_, environment()).error().what.find("others can read"),
      std::string::npos);
}

}  // namespace
}  // namespace mailtool::app
