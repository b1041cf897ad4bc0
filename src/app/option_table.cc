#include "app/option_table.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

const std::array<const Command*, 7> kCommands = {
    &kSendCommand,  &kFetchCommand, &kImapCommand, &kParseCommand,
    &kQueueCommand, &kServeCommand, &kWaitCommand};

void append_all(std::vector<const Option*>& to, std::span<const Option> from) {
  for (const auto& option : from) to.push_back(&option);
}

}  // namespace

std::span<const Command* const> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  for (const auto* command : kCommands) {
    if (command->name == name) return command;
  }
  return nullptr;
}

std::vector<const Option*> own_options(const Command& command) {
  std::vector<const Option*> all;
  append_all(all, command.options);
  for (const auto table : command.tables) append_all(all, table());
  return all;
}

std::vector<const Option*> options_of(const Command& command) {
  auto all = own_options(command);
  const std::size_t own = all.size();
  if (command.talks_to_servers) append_all(all, server_options());
  append_all(all, common_options());
  const auto replaced = [&](const Option* option) {
    return find_option(std::span(all).first(own), option->name) != nullptr;
  };
  all.erase(std::remove_if(all.begin() + static_cast<std::ptrdiff_t>(own),
                           all.end(), replaced),
            all.end());
  return all;
}

std::vector<const Option*> leading_options() {
  std::vector<const Option*> all;
  append_all(all, server_options());
  const auto heading = all.front()->group;
  for (const auto* command : kCommands) {
    for (const auto* own : own_options(*command)) {
      if (own->group == heading) all.push_back(own);
    }
  }
  append_all(all, common_options());
  return all;
}

const Option* find_option(std::span<const Option* const> options,
                          std::string_view name) {
  for (const auto* option : options) {
    if (option->name == name) return option;
  }
  return nullptr;
}

const Option* find_option(std::span<const Option* const> options, char letter) {
  for (const auto* option : options) {
    if (option->letter != '\0' && option->letter == letter) return option;
  }
  return nullptr;
}

const Verb* find_verb(const Command& command,
                      std::span<const std::string> words) {
  if (words.empty()) return nullptr;
  const auto two = words.size() > 1 ? words[0] + " " + words[1] : words[0];
  const Verb* found = nullptr;
  for (const auto& verb : command.verbs) {
    if (verb.name == two) return &verb;
    if (verb.name == words[0]) found = &verb;
  }
  return found;
}

bool goes_with(const Option& option, const Verb& verb) {
  if (option.verbs.empty()) return true;
  for (const auto name : split(option.verbs, ',')) {
    if (name == verb.name) return true;
  }
  return false;
}

bool exclude_each_other(const Option& a, const Option& b) {
  const bool rivals = !a.rival.empty() && a.rival == b.rival;
  const bool allies = !a.side.empty() && a.side == b.side;
  return &a != &b && rivals && !allies;
}

}  // namespace mailtool::app
