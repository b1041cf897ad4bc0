// mailtool imap: finds the verb and runs it.

#include <utility>

#include "app/commands.h"
#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

struct VerbRow {
  std::string_view name;
  Result<ExitStatus> (*run)(const Invocation&, const Words&, Output&);
};

constexpr VerbRow kVerbs[] = {
    {"folders", imap_folders},
    {"folder", imap_folder},
    {"search", imap_search},
    {"list", imap_list},
    {"get", imap_get},
    {"attachments", imap_attachments},
    {"move", imap_move},
    {"copy", imap_copy},
    {"flag", imap_flag},
    {"delete", imap_delete},
    {"undo", imap_undo},
    {"append", imap_append},
    {"watch", imap_watch},
    {"export", imap_export},
    {"import", imap_import},
    {"caps", imap_caps},
    {"quota", imap_quota},
    {"raw", imap_raw},
    {"batch", imap_batch},
};

}  // namespace

Result<ExitStatus> imap(const Invocation& invocation, Output& out) {
  return run_imap_verb(invocation, out);
}

namespace {

Result<ExitStatus> run_verb(const Invocation& invocation, Output& out) {
  const auto& arguments = invocation.arguments;
  if (arguments.empty()) return Error{ErrorKind::usage, "no verb"};
  for (const auto& verb : kVerbs) {
    if (verb.name != arguments.front()) continue;
    const Words words(arguments.begin() + 1, arguments.end());
    return verb.run(invocation, words, out);
  }
  return Error{ErrorKind::usage,
               "no such verb: " + printable(arguments.front(), 100)};
}

}  // namespace

Result<ExitStatus> run_imap_verb(const Invocation& invocation, Output& out) {
  auto done = run_verb(invocation, out);
  // A verb that returns its status has written its summary. One that a signal
  // stops may have, and the signal is what ends the program.
  if (!done && done.error().kind != ErrorKind::interrupted) {
    (void)write_summary(invocation, out, exit_status(done.error().kind));
  }
  return done;
}

Result<void> write_summary(const Invocation& invocation, Output& out,
                           ExitStatus status) {
  if (!invocation.json()) return {};
  JsonWriter json(out);
  json.begin_object().field("type", "summary");
  json.field("exit", static_cast<int>(status));
  return json.end_object().end_line();
}

}  // namespace mailtool::app
