// Which accounts of the config file a command works with.

#include <algorithm>

#include "app/config.h"
#include "app/suggestion.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

Error wrong(std::string what) {
  return Error{ErrorKind::usage, std::move(what)};
}

bool has_server(const std::vector<Setting>& settings, const Command& command) {
  return std::any_of(settings.begin(), settings.end(), [&](const Setting& s) {
    return s.command == command.name && s.name == "server";
  });
}

Result<std::vector<std::string>> all_accounts(const Command& command,
                                              const Config& config) {
  std::vector<std::string> names;
  for (const auto& [name, settings] : config.accounts) {
    if (has_server(settings, command)) names.push_back(name);
  }
  if (!names.empty()) return names;
  const auto server =
      "no account has a " + std::string(command.name) + " server";
  if (config.path.empty()) {
    return Error{ErrorKind::config, server + ": there is no config file"}
        .with_hint("see mailtool.conf(5)");
  }
  return Error{ErrorKind::config, server, printable(config.path)};
}

}  // namespace

std::string account_of(const Environment& environment) {
  auto named = environment("MAILTOOL_ACCOUNT").value_or("");
  if (environment("MAILTOOL_MAILDROP").value_or("") == named) named.clear();
  return named;
}

Result<std::string> choose_account(const Config& config,
                                   const OptionValues& command_line,
                                   const Environment& environment) {
  auto named = command_line.get_or("account", account_of(environment));
  if (named.empty()) {
    if (!config.default_account.empty()) return config.default_account;
    if (config.accounts.size() == 1) return config.accounts.begin()->first;
    return std::string();
  }
  if (config.accounts.contains(named)) return named;
  if (config.path.empty()) {
    return Error{ErrorKind::config, "no account '" + printable(named, 80) +
                                        "': there is no config file"}
        .with_hint("see mailtool.conf(5)");
  }
  std::vector<std::string_view> names;
  for (const auto& account : config.accounts) names.push_back(account.first);
  return Error{
      ErrorKind::config,
      "no account '" + printable(named, 80) + "'" + did_you_mean(named, names),
      printable(config.path)};
}

Result<std::vector<std::string>> choose_accounts(
    const Command& command, const Config& config,
    const OptionValues& command_line, const Environment& environment) {
  const auto typed = command_line.all("account");
  const bool all = command_line.has("all-accounts");
  if (all && !typed.empty()) {
    return wrong("--all-accounts and --account exclude each other");
  }
  if (!all && typed.size() < 2) {
    auto one = choose_account(config, command_line, environment);
    if (!one) return std::move(one).error();
    return std::vector{*std::move(one)};
  }
  if (command_line.has("server")) {
    return wrong("several accounts, but one server on the command line");
  }
  if (all) return all_accounts(command, config);
  std::vector<std::string> names;
  for (const auto& name : typed) {
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return wrong("account '" + printable(name, 80) + "' is given twice");
    }
    OptionValues one;
    one.set("account", {name, "command line"});
    auto chosen = choose_account(config, one, environment);
    if (!chosen) return std::move(chosen).error();
    names.push_back(*std::move(chosen));
  }
  return names;
}

}  // namespace mailtool::app
