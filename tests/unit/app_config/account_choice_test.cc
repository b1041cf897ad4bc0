#include <gtest/gtest.h>

#include "app/config.h"

namespace mailtool::app {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kFile = R"(
default = "work"
[account.work]
fetch = "pop3s://alice@mail.crepes.fr"
[account.home]
fetch = "pop3s://alice@home.example"
[account.only-sends]
send = "smtps://alice@mail.crepes.fr"
)";

std::string chosen(std::string_view file, const Words& accounts, bool all,
                   bool server = false, const std::string& variable = "") {
  auto config = parse_config(file, "c.toml", "", true);
  EXPECT_TRUE(config);
  if (file.empty()) config->path.clear();
  OptionValues typed;
  for (const auto& name : accounts) typed.add("account", {name, ""});
  if (all) typed.set("all-accounts", {});
  if (server) typed.set("server", {"pop3://x", ""});
  const auto names =
      choose_accounts(*find_command("fetch"), *config, typed,
                      [&](std::string_view name) -> std::optional<std::string> {
                        if (name == "MAILTOOL_ACCOUNT") return variable;
                        return std::nullopt;
                      });
  if (!names) return names.error().one_line();
  std::string text;
  for (const auto& name : *names) text += "[" + name + "]";
  return text;
}

TEST(ChooseAccounts, Some) {
  EXPECT_EQ(chosen(kFile, {}, false), "[work]");
  EXPECT_EQ(chosen(kFile, {"home"}, false), "[home]");
  EXPECT_EQ(chosen(kFile, {"home", "work"}, false), "[home][work]");
  EXPECT_EQ(chosen("", {}, false), "[]");
  EXPECT_EQ(chosen(kFile, {"home"}, false, true), "[home]");
}

TEST(ChooseAccounts, AMaildropIsNoAccount) {
  const auto account = [](const std::string& maildrop) {
    return account_of(
        [&](std::string_view name) -> std::optional<std::string> {
          return name == "MAILTOOL_ACCOUNT" ? "bob@mail.example" : maildrop;
        });
  };
  EXPECT_EQ(account("bob@mail.example"), "");
  EXPECT_EQ(account("eve@mail.example"), "bob@mail.example");
}

TEST(ChooseAccounts, AllThatHaveAServer) {
  EXPECT_EQ(chosen(kFile, {}, true), "[home][work]");
  EXPECT_EQ(chosen(kFile, {}, true, false, "only-sends"), "[home][work]");
  EXPECT_EQ(chosen("[account.a]\nuser='x'\n", {}, true),
            "c.toml: no account has a fetch server");
  EXPECT_EQ(chosen("", {}, true),
            "no account has a fetch server: there is no config file");
}

TEST(ChooseAccounts, Contradictions) {
  EXPECT_EQ(chosen(kFile, {"home"}, true),
            "--all-accounts and --account exclude each other");
  EXPECT_EQ(chosen(kFile, {"home", "home"}, false),
            "account 'home' is given twice");
  EXPECT_EQ(chosen(kFile, {"home", "wrok"}, false),
            "c.toml: no account 'wrok'; did you mean work?");
  for (const bool all : {false, true}) {
    EXPECT_EQ(chosen(kFile, all ? Words() : Words{"home", "work"}, all, true),
              "several accounts, but one server on the command line");
  }
}

}  // namespace
}  // namespace mailtool::app
