#include "app/aliases.h"

#include <utility>

#include "app/alias_items.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

Error wrong(const std::string& path, std::size_t line, std::string what) {
  return Error{ErrorKind::config, std::move(what),
               printable(path) + ":" + std::to_string(line)};
}

// name = word / DQUOTE *( any / "\" any ) DQUOTE
std::string name_of(std::string_view text) {
  return lower(unquoted(trim(text)));
}

}  // namespace

// alias   = name ":" [ item *( "," item ) ]              ; aliases(5)
// A line that begins with a blank goes on with the one before it; empty lines
// and comments between them do not matter.
Result<Aliases> Aliases::parse(std::string_view text, std::string path,
                               const AliasLimits& limits) {
  Aliases aliases;
  aliases.path_ = std::move(path);
  aliases.limits_ = limits;
  if (text.size() > limits.octets) {
    return Error{ErrorKind::config,
                 "larger than " + std::to_string(limits.octets) + " octets",
                 printable(aliases.path_)};
  }
  Alias* current = nullptr;
  Alias repeated;  // what a name that is said again would mean
  std::size_t number = 0;
  for (auto line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto content = trim(without_comment(line));
    if (content.empty()) continue;
    if (is_blank(line[0])) {
      if (current == nullptr) {
        return wrong(aliases.path_, number, "goes on with no line before it");
      }
      current->value += " " + std::string(content);
      continue;
    }
    const auto colon = find_outside_quotes(content, ':');
    const auto name = name_of(content.substr(0, colon));
    if (colon == content.npos || name.empty()) {
      return wrong(aliases.path_, number, "not of the form 'name: address, …'");
    }
    if (name.find('@') != name.npos) {
      return wrong(aliases.path_, number, "the name of an alias has no domain");
    }
    if (aliases.aliases_.size() >= limits.names) {
      return wrong(aliases.path_, number,
                   "more than " + std::to_string(limits.names) + " names");
    }
    Alias alias{std::string(trim(content.substr(colon + 1))), number};
    const auto [at, fresh] = aliases.aliases_.try_emplace(name, alias);
    repeated = std::move(alias);
    current = fresh ? &at->second : &repeated;
  }
  return aliases;
}

Result<Aliases> Aliases::load(const std::string& path) {
  const AliasLimits limits;
  auto text = read_alias_file(path, limits.octets);
  if (!text) return std::move(text).error();
  return parse(*text, path, limits);
}

}  // namespace mailtool::app
