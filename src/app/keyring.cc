#include "app/keyring.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/program.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kStep = "secret from keyring";
constexpr std::size_t kMaxSaid = 300;  // octets of what secret-tool says
constexpr std::chrono::seconds kSearchBudget{10};

Error failure(ErrorKind kind, std::string what, std::string hint = "") {
  return Error{kind, std::move(what), std::string(kStep), "", std::move(hint)};
}

// A word as a shell reads it back, for the line that the user may type.
std::string in_quotes(std::string_view word) {
  const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("@._+-").find(c) != std::string_view::npos;
  });
  if (plain && !word.empty()) return std::string(word);
  std::string text = "'";
  for (const char c : printable(word)) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

std::string store_line(const KeyringItem& item) {
  return "secret-tool store --label=" + in_quotes("mail of " + item.user) +
         (item.user.starts_with('-') ? " --" : "") + " protocol " +
         in_quotes(item.protocol) + " server " + in_quotes(item.server) +
         " user " + in_quotes(item.user);
}

std::string first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  const std::string_view own_name = "secret-tool: ";
  if (text.starts_with(own_name)) text.remove_prefix(own_name.size());
  return printable(trim(text), kMaxSaid);
}

std::vector<std::string> command(const char* verb, const KeyringItem& item) {
  return {"secret-tool", verb,        "--",   "protocol", item.protocol,
          "server",      item.server, "user", item.user};
}

// secret-tool says nothing when it finds nothing, and nothing when what it
// finds cannot be unlocked. A search unlocks nothing, but lists it.
bool is_there(const KeyringItem& item) {
  const auto end = run_program(command("search", item), kSearchBudget, true);
  return end && end->status == 0 && !end->output.empty();
}

Error refusal(const KeyringItem& item, const ProgramEnd& end) {
  if (end.signal != 0) {
    return failure(ErrorKind::no_auth, "secret-tool was ended by signal " +
                                           std::to_string(end.signal));
  }
  const auto said = first_line(end.errors);
  if (!said.empty()) {
    return failure(ErrorKind::no_auth, "secret-tool says: " + said,
                   "the keyring is that of the session; where there is none, "
                   "as in cron, set DBUS_SESSION_BUS_ADDRESS");
  }
  if (is_there(item))
    return failure(ErrorKind::no_auth, "it is locked", "unlock the keyring");
  return failure(ErrorKind::no_auth,
                 "no secret there for " + printable(item.user) + " at " +
                     printable(item.server),
                 "put it there: " + store_line(item));
}

}  // namespace

Result<Secret> keyring_secret(const KeyringItem& item,
                              std::chrono::milliseconds budget) {
  if (item.user.empty()) {
    return failure(ErrorKind::config, "whose secret is not known",
                   "name the user in the URL or with --user");
  }
  auto end = run_program(command("lookup", item), budget, true);
  if (!end) {
    auto error = std::move(end).error();
    if (error.kind == ErrorKind::no_input) {
      return failure(error.kind, "secret-tool: " + error.what,
                     "Debian has it in libsecret-tools");
    }
    if (error.kind == ErrorKind::timed_out) {
      return failure(error.kind, "no answer in time: it may be locked",
                     "unlock the keyring, and try again");
    }
    return error;
  }
  if (end->status != 0) return refusal(item, *end);
  return std::move(end->output);
}

}  // namespace mailtool::app
