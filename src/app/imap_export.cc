// mailtool imap export: folders into Maildirs, and later what has changed.

#include <utility>

#include "app/destination_name.h"
#include "app/fetch_state.h"
#include "app/imap_export_folder.h"
#include "app/imap_export_report.h"
#include "app/imap_mirror_choice.h"
#include "app/imap_progress.h"
#include "app/imap_session.h"
#include "app/imap_verbs.h"
#include "app/signals.h"
#include "app/user_folders.h"
#include "mailtool/base/printable.h"
#include "mailtool/store/folder.h"
#include "mailtool/store/lock_file.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShownName = 200;

Result<std::string> directory(const Invocation& invocation) {
  const auto to = invocation.options.get("to");
  if (!to) {
    return Error{ErrorKind::usage, "no --to", "", "",
                 "--to maildir:DIR says where the folders go"};
  }
  auto name = DestinationName::parse(expand_home_behind_word(*to));
  if (!name) {
    auto error = std::move(name).error();
    // Other kinds are of no use here.
    error.hint = "--to maildir:DIR says where the folders go";
    return error;
  }
  if (name->kind != DestinationKind::maildir) {
    return Error{ErrorKind::usage, "export goes to maildir:DIR alone",
                 "--to " + printable(*to, kShownName)};
  }
  return std::move(name->path);
}

// user@host, whatever the scheme or port.
Result<std::string> owner(const Invocation& invocation) {
  const auto server = invocation.options.get("server");
  if (!server) return std::string();
  auto url = parse_server_url(*server, {"imap", "imaps"});
  if (!url) return std::move(url).error();
  return maildrop_identity(invocation.options.get_or("user", url->user), *url);
}

// About one folder: the others may do better.
bool is_of_one_folder(const Error& error) {
  return error.kind == ErrorKind::bad_input ||
         error.kind == ErrorKind::no_such_item ||
         error.kind == ErrorKind::rejected ||
         error.kind == ErrorKind::deferred ||
         error.kind == ErrorKind::no_permission ||
         error.kind == ErrorKind::unsupported;
}

bool is_local(const Error& error) {
  return error.kind == ErrorKind::bad_input ||
         error.kind == ErrorKind::local_io ||
         error.kind == ErrorKind::cannot_create ||
         error.kind == ErrorKind::system;
}

class Exporter {
 public:
  Exporter(const Invocation& invocation, ImapSession& session, Output& out)
      : invocation_(invocation),
        session_(session),
        report_(invocation, out),
        progress_(imap_progress_descriptor(invocation),
                  static_cast<std::size_t>(invocation.terminal_columns)),
        context_{.client = session.client(), .progress = progress_} {}

  ExportContext& context() { return context_; }

  Result<ExitStatus> run(const Words& words) {
    auto choice = choose(words);
    if (!choice) return session_.at_server(std::move(choice).error());
    for (const auto& word : choice->unmatched) {
      // "Archive/*" where nothing is archived yet is no mistake, but a command
      // that copies nothing at all is.
      const bool pattern = word.find_first_of("*%") != word.npos;
      if (pattern && !choice->mailboxes.empty()) {
        note("no folder matches " + printable(word, kShownName));
        continue;
      }
      tell(session_.at_server({ErrorKind::no_such_item, "no such folder",
                               printable(word, kShownName)}));
    }
    for (const auto& mailbox : choice->mailboxes) {
      if (auto done = one(mailbox); !done) return std::move(done).error();
    }
    progress_.aside([] {});
    if (auto said = report_.finish(status_); !said) return said.error();
    return status_;
  }

 private:
  // With ENABLE in the same flight.
  Result<MailboxChoice> choose(const Words& words) {
    auto& client = context_.client;
    auto ticket = client.begin_enable("QRESYNC");
    if (!ticket) return std::move(ticket).error();
    auto choice = choose_mailboxes(session_, words);
    if (!choice) return choice;
    if (*ticket) {
      auto enabled = client.finish_enable(**ticket);
      if (!enabled) return std::move(enabled).error();
      context_.qresync = *enabled;
    }
    auto condstore = client.offers("CONDSTORE");
    if (!condstore) return std::move(condstore).error();
    context_.condstore = *condstore || context_.qresync;
    return choice;
  }

  Result<void> one(const client::ListedMailbox& mailbox) {
    const auto& name = mailbox.list.mailbox.utf8;
    FolderExport folder(context_, mailbox);
    auto done = folder.run();
    std::optional<Error> failed;
    if (!done) {
      auto error = std::move(done).error().at(printable(name, kShownName));
      failed = is_local(error) ? std::move(error)
                               : session_.at_server(std::move(error));
    } else if (auto not_sent = folder.not_sent()) {
      failed = session_.at_server(
          (*std::move(not_sent)).at(printable(name, kShownName)));
    }
    auto said = report_.folder(name, folder.path(), folder.counts(),
                               failed ? failed->one_line() : "");
    if (failed && !is_of_one_folder(*failed)) return *std::move(failed);
    if (failed) tell(*std::move(failed));
    return said;
  }

  // For whoever types a pattern, not for a timer.
  void note(const std::string& text) {
    if (invocation_.stderr_is_terminal && !invocation_.quiet()) {
      progress_.aside([&] { warn("imap", text); });
    }
  }

  void tell(Error error) {
    progress_.aside([&] { report_error("imap", error); });
    status_ = combine(status_, exit_status(error.kind));
  }

  const Invocation& invocation_;
  ImapSession& session_;
  ExportReport report_;
  FetchProgress progress_;
  ExportContext context_;
  ExitStatus status_ = ExitStatus::ok;
};

}  // namespace

Result<ExitStatus> imap_export(const Invocation& invocation, const Words& words,
                               Output& out) {
  if (words.empty()) return Error{ErrorKind::usage, "export needs a FOLDER"};
  auto below = directory(invocation);
  if (!below) return std::move(below).error();
  auto whose = owner(invocation);
  if (!whose) return std::move(whose).error();
  std::optional<store::LockFile> lock;
  if (!invocation.dry_run()) {
    if (auto made = store::create_folder(*below); !made) return made.error();
    auto locked = store::LockFile::acquire(
        *below + "/.mailtool-lock", std::chrono::milliseconds(0),
        interrupt_fd());
    if (!locked) return std::move(locked).error();
    lock = *std::move(locked);
  }
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  Exporter exporter(invocation, **session, out);
  auto& context = exporter.context();
  context.directory = *std::move(below);
  context.owner = *std::move(whose);
  context.remove = invocation.options.has("delete");
  context.dry_run = invocation.dry_run();
  return exporter.run(words);
}

}  // namespace mailtool::app
