#include "cli/make_invocation.h"

#include <utility>

#include "app/foreign_maildrop.h"
#include "cli/terminal.h"
#include "mailtool/base/printable.h"

namespace mailtool::cli {
namespace {

using app::Invocation;

// A command that is for one account must not guess which.
Error which_account(const app::Config& config) {
  std::string names;
  for (const auto& account : config.accounts) {
    if (!names.empty()) names += ", ";
    names += printable(account.first, 80);
    if (names.size() > 200) {
      names += ", …";
      break;
    }
  }
  return Error{ErrorKind::usage, "no server, and several accounts"}.with_hint(
      "--account NAME (" + names + "), --all-accounts, or a URL");
}

Result<Invocation> make_invocation(const ParsedLine& line,
                                   const app::Environment& environment,
                                   const app::Config& config,
                                   std::string account) {
  auto options = app::resolve_options(*line.command, line.options, environment,
                                      config, account);
  if (!options) return std::move(options).error();
  Invocation invocation;
  invocation.command = line.command->name;
  invocation.options = std::move(*options);
  invocation.arguments = line.arguments;
  if (const auto dkim = config.dkim.find(account); dkim != config.dkim.end())
    invocation.dkim = dkim->second;
  const bool foreign = app::names_foreign_maildrop(
      *line.command, line.options, environment, config, account);
  (foreign ? invocation.account_passed_over : invocation.account) =
      std::move(account);
  apply_terminal(look_at_terminal(environment), environment, invocation);
  return invocation;
}

}  // namespace

Result<std::vector<Invocation>> make_invocations(
    ParsedLine line, const app::Environment& environment) {
  auto config = app::load_config(line.options, environment);
  if (!config) return std::move(config).error();
  const auto accounts =
      app::choose_accounts(*line.command, *config, line.options, environment);
  if (!accounts) return accounts.error();
  const bool nowhere = accounts->front().empty() && line.arguments.empty() &&
                       !line.options.has("server");
  if (line.command->several_accounts && nowhere &&
      config->accounts.size() > 1) {
    return which_account(*config);
  }
  std::vector<Invocation> invocations;
  for (const auto& account : *accounts) {
    if (accounts->size() > 1) {
      line.options.set("account", {account, "command line"});
    }
    auto one = make_invocation(line, environment, *config, account);
    if (!one) return std::move(one).error();
    invocations.push_back(*std::move(one));
  }
  return invocations;
}

}  // namespace mailtool::cli
