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

Error not_in_a_line(std::string_view option) {
  return Error{ErrorKind::usage,
               "option --" + std::string(option) + " is for the whole batch"}
      .with_hint("give it before the file");
}

// A line of a batch is what would follow the command. What is about the
// connection, and all other common options, is said once for all lines; those
// that a line may have, it has beside its own.
Result<Invocation> make_batch_line(const app::Command& command,
                                   const app::OptionValues& outer,
                                   const app::Environment& environment,
                                   std::vector<std::string> words) {
  words.insert(words.begin(), std::string(command.name));
  auto line = parse_line(words);
  if (!line.verdict) return std::move(line.verdict).error();
  if (line.wish != ParsedLine::Wish::run) return not_in_a_line("help");
  for (const auto* option : app::leading_options()) {
    const auto name = option->name;
    const bool may = name == "json" || name == "quiet" || name == "dry-run";
    if (line.options.has(name) && !may) return not_in_a_line(name);
    if (line.options.has(name)) continue;
    for (auto& text : outer.all(name)) {
      line.options.add(name, {std::move(text), outer.origin(name)});
    }
  }
  auto made = make_invocations(std::move(line), environment);
  if (!made) return std::move(made).error();
  return std::move(made->front());
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
  if (line.command == &app::kImapCommand) {
    invocation.read_line = [command = line.command, typed = line.options,
                            environment](std::vector<std::string> words) {
      return make_batch_line(*command, typed, environment, std::move(words));
    };
  }
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
