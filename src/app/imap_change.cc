// mailtool imap move, copy, flag: find, check, then change.

#include <utility>

#include "app/imap_changer.h"
#include "app/imap_flag_name.h"
#include "app/imap_folder_name.h"
#include "app/imap_verbs.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// move and copy differ in one command.
Result<ExitStatus> transfer(const Invocation& invocation, const Words& words,
                            bool move, Output& out) {
  const auto& options = invocation.options;
  const std::string verb = move ? "move" : "copy";
  const auto to = options.get("to");
  if (words.size() != 1) {
    return Error{ErrorKind::usage, verb + " takes one WHAT"};
  }
  if (!to) return Error{ErrorKind::usage, verb + " needs --to FOLDER"};
  if (auto legal = check_folder_names({*to}); !legal) return legal.error();
  auto prepared = prepare(invocation, words[0]);
  if (!prepared) return std::move(prepared).error();
  Change change;
  change.verb = verb;
  change.past = move ? "moved" : "copied";
  change.rest = " to " + printable(*to, 200);
  change.what.kind = move ? client::ImapChange::Kind::move
                          : client::ImapChange::Kind::copy;
  change.what.create = options.has("create");
  change.what.allow_marked = options.has("allow-marked");
  if (is_empty_set(prepared->what)) {
    return nothing_to_do(invocation, *prepared, change, out);
  }
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  const auto plan = [&]() -> Result<Change> {
    auto target = (*session)->folder(*to);
    if (!target) return (*session)->at_server(std::move(target).error());
    change.what.to = *std::move(target);
    return change;
  };
  return run_change(invocation, **session, *prepared, plan, out);
}

struct FlagChange {
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

// "+seen" is \Seen; "+\Seen" too; "+$Junk" a keyword: see flag_name().
Result<FlagChange> parse_flags(const Words& words) {
  FlagChange change;
  for (const auto& word : words) {
    const bool signed_word = word.starts_with('+') || word.starts_with('-');
    if (!signed_word) {
      return Error{ErrorKind::usage, "not a flag, as +seen or -$Junk",
                   "flag " + printable(word, 100), "",
                   "the flags stand before the one WHAT: flag +seen 2,4:9"};
    }
    auto name = flag_name(word.substr(1), word.substr(0, 1));
    if (!name) {
      return std::move(name).error().at("flag " + printable(word, 100));
    }
    (word.front() == '+' ? change.add : change.remove)
        .push_back(*std::move(name));
  }
  return change;
}

}  // namespace

Result<ExitStatus> imap_move(const Invocation& invocation, const Words& words,
                             Output& out) {
  return transfer(invocation, words, true, out);
}

Result<ExitStatus> imap_copy(const Invocation& invocation, const Words& words,
                             Output& out) {
  return transfer(invocation, words, false, out);
}

Result<ExitStatus> imap_flag(const Invocation& invocation, const Words& words,
                             Output& out) {
  if (words.size() < 2) {
    return Error{ErrorKind::usage, "flag takes ±FLAG… and one WHAT"};
  }
  const auto flags = parse_flags(Words(words.begin(), words.end() - 1));
  if (!flags) return flags.error();
  auto prepared = prepare(invocation, words.back());
  if (!prepared) return std::move(prepared).error();
  Change change;
  change.verb = "flag";
  change.past = "flagged";
  change.what.kind = client::ImapChange::Kind::flags;
  change.what.add = flags->add;
  change.what.remove = flags->remove;
  if (is_empty_set(prepared->what)) {
    return nothing_to_do(invocation, *prepared, change, out);
  }
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  const auto plan = [&]() -> Result<Change> { return change; };
  return run_change(invocation, **session, *prepared, plan, out);
}

}  // namespace mailtool::app
