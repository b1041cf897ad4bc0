// mailtool imap delete: to the trash folder, or for good.

#include <utility>

#include "app/imap_changer.h"
#include "app/imap_confirm.h"
#include "app/imap_verbs.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Every folder that messages are to be deleted from is the trash.
Result<bool> all_in_trash(ImapSession& session, const What& what,
                          const imap::MailboxName& trash) {
  auto folders = targets(session, what);
  if (!folders) return std::move(folders).error();
  for (const auto& target : *folders) {
    if (target.folder.wire != trash.wire) return false;
  }
  return true;
}

class Deletion {
 public:
  Deletion(const Invocation& invocation, ImapSession& session)
      : invocation_(invocation), session_(session) {}

  /// Where to, or that it is for good; nothing is changed.
  Result<Change> plan(const What& what) {
    bool for_good = invocation_.options.has("permanent");
    if (!for_good) {
      auto trash = session_.folder("@trash");
      if (!trash) {
        return session_.at_server(std::move(trash).error())
            .with_hint("--permanent deletes for good");
      }
      trash_ = *std::move(trash);
      auto all = all_in_trash(session_, what, *trash_);
      if (!all) return std::move(all).error();
      for_good = *all;
    }
    Change change;
    change.verb = for_good ? "delete" : "move";
    change.past = for_good ? "deleted" : "moved";
    change.rest =
        for_good ? " for good" : " to " + printable(trash_->utf8, 200);
    change.what.allow_marked = invocation_.options.has("allow-marked");
    if (!for_good) {
      change.what.to = *trash_;
      // What lies in the trash already goes for good.
      auto some = some_in_trash(what);
      if (!some) return std::move(some).error();
      if (*some) change.decide = decision(change.what);
      return change;
    }
    change.what.kind = client::ImapChange::Kind::erase;
    change.decide = decision(change.what);
    auto can = session_.client().can_expunge_some();
    if (!can) return session_.at_server(std::move(can).error());
    if (!*can && !change.what.allow_marked && invocation_.dry_run()) {
      return session_.at_server({ErrorKind::unsupported,
                                 "the server cannot expunge single messages"});
    }
    return change;
  }

 private:
  Result<bool> some_in_trash(const What& what) {
    auto folders = targets(session_, what);
    if (!folders) return std::move(folders).error();
    for (const auto& target : *folders) {
      if (target.folder.wire == trash_->wire) return true;
    }
    return false;
  }

  std::function<Result<client::ImapChange>(const FoundMessages&)> decision(
      const client::ImapChange& usual) {
    return [this, usual](const FoundMessages& found)
               -> Result<client::ImapChange> {
      if (trash_ && found.folder.wire != trash_->wire) return usual;
      auto erase = usual;
      erase.kind = client::ImapChange::Kind::erase;
      auto sure = confirm(invocation_,
                          "delete " + count_of(found.count) + " of " +
                              printable(found.folder.utf8, 200) + " for good?");
      if (!sure) return std::move(sure).error();
      return erase;
    };
  }

  const Invocation& invocation_;
  ImapSession& session_;
  std::optional<imap::MailboxName> trash_;
};

}  // namespace

Result<ExitStatus> imap_delete(const Invocation& invocation, const Words& words,
                               Output& out) {
  if (words.size() != 1) {
    return Error{ErrorKind::usage, "delete takes one WHAT"};
  }
  auto prepared = prepare(invocation, words[0]);
  if (!prepared) return std::move(prepared).error();
  if (is_empty_set(prepared->what)) {
    Change nothing;
    nothing.verb = "delete";
    nothing.past = "deleted";
    return nothing_to_do(invocation, *prepared, nothing, out);
  }
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  Deletion deletion(invocation, **session);
  const auto plan = [&] { return deletion.plan(prepared->what); };
  return run_change(invocation, **session, *prepared, plan, out);
}

}  // namespace mailtool::app
