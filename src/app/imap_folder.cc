// mailtool imap folder create|rename|delete|subscribe|unsubscribe|status: one
// command a folder, all in one flight.

#include <algorithm>
#include <utility>

#include "app/imap_change_report.h"
#include "app/imap_confirm.h"
#include "app/imap_folder_name.h"
#include "app/imap_folder_refusal.h"
#include "app/imap_folder_row.h"
#include "app/imap_session.h"
#include "app/imap_undo_log.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using Verb = client::ImapClient::MailboxVerb;

bool ends_run(ErrorKind kind) {
  return kind == ErrorKind::disconnected || kind == ErrorKind::timed_out ||
         kind == ErrorKind::interrupted;
}

class FolderVerb {
 public:
  FolderVerb(const Invocation& invocation, std::string verb, Output& out)
      : invocation_(invocation), verb_(std::move(verb)), out_(out) {}

  Result<ExitStatus> run(const Words& names) {
    auto session = ImapSession::start(invocation_);
    if (!session) return std::move(session).error();
    session_ = *std::move(session);
    typed_ = names;
    if (verb_ == "create") created_ = names;
    auto folders = look_up(names);
    if (!folders) return std::move(folders).error();
    Result<void> done;
    if (verb_ == "status") {
      done = count(*folders);
    } else if (invocation_.dry_run() && verb_ == "delete") {
      done = say_what_would_be_deleted(*folders);
    } else if (invocation_.dry_run()) {
      done = say_what_would_be_done(*folders);
    } else {
      // Which folder is the trash may be another one now.
      session_->forget_roles();
      done = verb_ == "rename"   ? rename(*folders)
             : verb_ == "delete" ? remove(*folders)
                                 : change(*folders);
    }
    if (!done) return session_->at_server(std::move(done).error());
    auto wrote = write_summary(invocation_, out_, status_);
    if (!wrote) return std::move(wrote).error();
    return status_;
  }

 private:
  using Folders = std::vector<imap::MailboxName>;

  Result<Folders> look_up(const Words& names) {
    Folders folders;
    for (const auto& name : names) {
      auto folder = session_->folder(name);
      if (!folder) return session_->at_server(std::move(folder).error());
      folders.push_back(*std::move(folder));
    }
    return folders;
  }

  Result<void> say_what_would_be_done(const Folders& folders) {
    const auto shown = [](const imap::MailboxName& name) {
      return printable(typed_name(name.utf8), kShownFolderName);
    };
    if (invocation_.json()) return write_what_would_be_done(folders);
    if (verb_ == "rename") {
      return out_.write("would rename " + shown(folders[0]) + " to " +
                        shown(folders[1]) + "\n");
    }
    for (const auto& folder : folders) {
      auto wrote = out_.write("would " + verb_ + " " + shown(folder) + "\n");
      if (!wrote) return wrote;
    }
    return {};
  }

  Result<void> say_what_would_be_deleted(const Folders& folders) {
    auto counted = session_->client().status_of_each(folders);
    if (!counted) return std::move(counted).error();
    for (std::size_t i = 0; i < folders.size(); ++i) {
      auto one = std::move((*counted)[i]);
      // RFC 9051 section 6.3.5
      if (one && folders[i].wire == "INBOX") {
        one = Error{ErrorKind::rejected, "INBOX cannot be deleted"};
      }
      auto told = !one ? refused(folders, i, std::move(one).error())
                  : invocation_.json()
                      ? say_what_would_be_done({folders[i]})
                      : out_.write("would delete " +
                                   printable(typed_name(folders[i].utf8),
                                             kShownFolderName) +
                                   with_messages(*one) + "\n");
      if (!told) return told;
    }
    return {};
  }

  static std::string with_messages(const imap::StatusData& status) {
    return status.messages ? " with " + count_of(*status.messages) : "";
  }

  // What is in them cannot be brought back.
  Result<void> confirm_removal(const Folders& folders) {
    if (!asks(invocation_)) return {};
    auto counted = session_->client().status_of_each(folders);
    if (!counted) return std::move(counted).error();
    std::string names;
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (i > 0) names += ", ";
      names += printable(typed_name(folders[i].utf8), kShownFolderName);
      if (const auto& one = (*counted)[i]) names += with_messages(*one);
    }
    return confirm(invocation_, "delete " + names + " for good?");
  }

  Result<void> remove(const Folders& folders) {
    auto sure = confirm_removal(folders);
    if (!sure) return sure;
    UndoLog log(invocation_, "folder delete");
    log.begin();
    auto outcomes = session_->client().for_each(Verb::remove, folders);
    if (!outcomes) return std::move(outcomes).error();
    for (std::size_t i = 0; i < folders.size(); ++i) {
      const auto& one = (*outcomes)[i];
      if (one || ends_run(one.error().kind)) log.note_deleted(folders[i].utf8);
    }
    (void)log.finish();
    return tell_refused(folders, *std::move(outcomes));
  }

  Result<void> write_what_would_be_done(const Folders& folders) {
    const bool renames = verb_ == "rename";
    JsonWriter json(out_);
    for (const auto& folder : folders) {
      json.begin_object()
          .field("type", "folder")
          .field("name", typed_name(folder.utf8));
      json.field("would", verb_);
      if (renames) json.field("to", typed_name(folders.back().utf8));
      if (auto wrote = json.end_object().end_line(); !wrote) return wrote;
      if (renames) break;
    }
    return {};
  }

  Result<void> rename(const Folders& folders) {
    auto done = session_->client().rename(folders[0], folders[1]);
    if (done) return done;
    return rename_refusal(std::move(done).error(), {typed_[0], folders[0]},
                          {typed_[1], folders[1]});
  }

  // Those that were refused, by the names that they have here.
  template <class Outcome, class Ask>
  Result<void> ask_again(Folders& folders,
                         std::vector<Result<Outcome>>& outcomes, Ask ask) {
    const auto refused = std::find_if(outcomes.begin(), outcomes.end(),
                                      [](const auto& one) { return !one; });
    if (refused == outcomes.end() ||
        !session_->reconsiders(refused->error(), created_)) {
      return {};
    }
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (outcomes[i]) continue;
      auto other = session_->other_name(folders[i].utf8);
      if (!other) continue;
      folders[i] = *std::move(other);
      auto again = ask(Folders{folders[i]});
      if (!again) return std::move(again).error();
      outcomes[i] = std::move(again->front());
    }
    return {};
  }

  Result<void> change(Folders& folders) {
    if (const auto role = invocation_.options.get("role")) {
      if (folders.size() > 1) {
        return Error{ErrorKind::usage, "one folder has a role, not several",
                     "--role"};
      }
      const auto name = role->substr(role->starts_with('@') ? 1 : 0);
      const auto use = std::string("\\") +
                       static_cast<char>(name[0] - 'a' + 'A') + name.substr(1);
      return create_with_use(folders[0], use);
    }
    const auto what = verb_ == "create"      ? Verb::create
                      : verb_ == "subscribe" ? Verb::subscribe
                                             : Verb::unsubscribe;
    const auto ask = [&](const Folders& some) {
      return session_->client().for_each(what, some);
    };
    auto outcomes = ask(folders);
    if (!outcomes) return std::move(outcomes).error();
    auto again = ask_again(folders, *outcomes, ask);
    if (!again) return again;
    return tell_refused(folders, *std::move(outcomes));
  }

  Result<void> create_with_use(imap::MailboxName folder,
                               const std::string& use) {
    auto made = session_->client().create_with_use(folder, use);
    if (!made && session_->reconsiders(made.error(), created_)) {
      if (auto other = session_->other_name(folder.utf8)) {
        folder = *std::move(other);
        made = session_->client().create_with_use(folder, use);
      }
    }
    if (made) return made;
    auto error = folder_refusal(std::move(made).error(), verb_,
                                named_folder(typed_[0], folder));
    return error.kind == ErrorKind::unsupported
               ? std::move(error).with_hint("leave out --role")
               : std::move(error);
  }

  Result<void> tell_refused(const Folders& folders,
                            std::vector<Result<void>> outcomes) {
    for (std::size_t i = 0; i < folders.size(); ++i) {
      auto& one = outcomes[i];
      if (one) continue;
      auto told = refused(folders, i, std::move(one).error());
      if (!told) return told;
    }
    return {};
  }

  // One name that is refused does not stop the others.
  Result<void> refused(const Folders& folders, std::size_t index, Error error) {
    if (ends_run(error.kind)) return error;
    error = folder_refusal(std::move(error), verb_,
                           named_folder(typed_[index], folders[index]));
    if (folders.size() == 1) return error;
    status_ = combine(status_, exit_status(error.kind));
    report_error("imap", session_->at_server(std::move(error)));
    return {};
  }

  Result<void> count(Folders& folders) {
    const auto ask = [&](const Folders& some) {
      return session_->client().status_of_each(some);
    };
    auto counted = ask(folders);
    if (!counted) return std::move(counted).error();
    auto again = ask_again(folders, *counted, ask);
    if (!again) return again;
    for (std::size_t i = 0; i < folders.size(); ++i) {
      auto& one = (*counted)[i];
      auto told = one ? show(folders[i], *one)
                      : refused(folders, i, std::move(one).error());
      if (!told) return told;
    }
    return {};
  }

  Result<void> show(const imap::MailboxName& folder,
                    const imap::StatusData& status) {
    if (invocation_.json()) {
      JsonWriter json(out_);
      json.begin_object()
          .field("type", "folder")
          .field("name", typed_name(folder.utf8));
      json.field("messages", status.messages).field("unseen", status.unseen);
      json.field("size", status.size).field("uidnext", status.uidnext);
      json.field("uidvalidity", status.uidvalidity);
      return json.end_object().end_line();
    }
    FolderRow row(invocation_.stdout_is_terminal);
    row.add(count_text(status.messages), 7).add(count_text(status.unseen), 7);
    row.add(count_text(status.size), 12);
    row.add(printable(typed_name(folder.utf8), kShownFolderName), 0);
    return out_.write(row.take());
  }

  const Invocation& invocation_;
  std::string verb_;
  Output& out_;
  Words typed_;
  Words created_;  // those of typed_ that are to be created
  std::shared_ptr<ImapSession> session_;
  ExitStatus status_ = ExitStatus::ok;
};

}  // namespace

Result<ExitStatus> imap_folder(const Invocation& invocation, const Words& words,
                               Output& out) {
  if (words.size() < 2 || (words[0] == "rename" && words.size() != 3)) {
    return Error{ErrorKind::usage, "folder: a name is missing"};
  }
  const Words names(words.begin() + 1, words.end());
  if (auto legal = check_folder_names(names); !legal) return legal.error();
  return FolderVerb(invocation, words[0], out).run(names);
}

}  // namespace mailtool::app
