#include "app/foreign_maildrop.h"

#include <algorithm>

#include "app/fetch_state.h"
#include "app/server_url.h"

namespace mailtool::app {
namespace {

// What the account, and else the file, sets for the command.
std::string setting(const std::vector<Setting>& settings,
                    const Command& command, std::string_view name) {
  const Setting* best = nullptr;
  for (const auto& one : settings) {
    if (one.command != command.name || one.name != name || one.off) continue;
    if (best == nullptr || one.rank >= best->rank) best = &one;
  }
  return best != nullptr ? best->text : std::string();
}

// The first that is not empty.
std::string first_of(std::initializer_list<std::string> texts) {
  const auto found = std::find_if(texts.begin(), texts.end(),
                                  [](const auto& text) { return !text.empty(); });
  return found != texts.end() ? *found : std::string();
}

}  // namespace

bool names_server_alone(const OptionValues& command_line,
                        const Environment& environment) {
  return command_line.has("server") && !command_line.has("account") &&
         account_of(environment).empty();
}

bool names_foreign_maildrop(const Command& command,
                            const OptionValues& command_line,
                            const Environment& environment,
                            const Config& config, const std::string& account) {
  const auto found = config.accounts.find(account);
  if (command.name != "fetch" || found == config.accounts.end() ||
      !names_server_alone(command_line, environment)) {
    return false;
  }
  const auto typed =
      parse_server_url(command_line.get_or("server", ""), {"pop3", "pop3s"});
  const auto own = parse_server_url(setting(found->second, command, "server"),
                                    {"pop3", "pop3s"});
  if (!typed || !own) return true;
  const auto variable = environment("MAILTOOL_USER").value_or("");
  const auto of_file = setting(config.settings, command, "user");
  const auto typed_user = first_of(
      {command_line.get_or("user", ""), variable, of_file, typed->user});
  const auto own_user =
      first_of({variable, setting(found->second, command, "user"), of_file,
                own->user});
  return maildrop_identity(typed_user, *typed) !=
         maildrop_identity(own_user, *own);
}

bool is_maildrop_option(std::string_view name) {
  constexpr std::string_view kNames[] = {"keep",      "delete", "delete-after",
                                         "keep-last", "to",     "rcpt"};
  return std::find(std::begin(kNames), std::end(kNames), name) !=
         std::end(kNames);
}

}  // namespace mailtool::app
