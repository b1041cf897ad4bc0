// What changes messages: RFC 9051 sections 6.4.3 and 6.4.6 to 6.4.9.

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_move_claim.h"
#include "serve/imap_uid_set.h"
#include "serve/imap_words.h"

namespace mailtool::serve {

bool ImapServer::writable(std::string& out) {
  if (!view_->read_only()) return true;
  no(out, "[READ-ONLY] it is examined");
  return false;
}

// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / …)
void ImapServer::on_store(Arguments arguments, std::string& out) {
  const auto uids = messages(arguments, out);
  if (!uids || !writable(out)) return;
  const auto item = arguments.next();
  auto word = upper(item.text());
  const bool silent = word.ends_with(".SILENT");
  if (silent) word.resize(word.size() - 7);
  if (word != "FLAGS" && word != "+FLAGS" && word != "-FLAGS") {
    return bad(out, "STORE set FLAGS (flags)");
  }
  auto& mailbox = view_->mailbox();
  if (auto looked = mailbox.look(); !looked) return no(out, looked.error());
  const auto flags = item.next().absent()
                         ? std::nullopt
                         : flags_of(item.next(), mailbox);
  if (!flags) return bad(out, "no such flag");
  FetchQuestion shown;
  shown.flags = true;
  for (const auto uid : *uids) {
    const auto* message = view_->message(uid);
    if (message == nullptr) continue;
    const auto now = word[0] == '+'   ? message->flags | *flags
                     : word[0] == '-' ? message->flags & ~*flags
                                      : *flags;
    const auto stored = mailbox.set_flags(uid, now);
    if (!stored) return no(out, stored.error());
    if (!*stored) continue;
    if (silent) {
      view_->knows(uid, now);
    } else {
      put_fetch(out, *view_, uid, shown);
    }
  }
  finish_when(mailbox.sync(), out, by_uid_);
}

void ImapServer::on_copy(Arguments arguments, std::string& out) {
  transfer(arguments, false, out);
}

void ImapServer::on_move(Arguments arguments, std::string& out) {
  if (writable(out)) transfer(arguments, true, out);
}

// The originals go once the copies are durable, and not before.
void ImapServer::transfer(Arguments arguments, bool move, std::string& out) {
  const auto uids = messages(arguments, out);
  if (!uids) return;
  const auto name = mailbox_name(arguments.next(), out);
  if (!name) return;
  auto to = mailboxes_->open(*name);
  if (!to) {
    return to.error().kind == ErrorKind::no_such_item
               ? no(out, "[TRYCREATE] no such mailbox")
               : no(out, to.error());
  }
  std::vector<std::uint32_t> there;
  for (const auto uid : *uids) {
    if (view_->message(uid) != nullptr) there.push_back(uid);
  }
  const auto claim =
      move ? std::make_shared<MoveClaim>(view_->shared(), there) : nullptr;
  if (claim) there = claim->uids();
  if (there.empty()) return finish(out, "nothing to copy", by_uid_);
  const std::shared_ptr<Copying> copying(
      view_->mailbox().copy(there, **to));
  await(
      [this, copying, there, move, claim, to = *to](std::string& answer) {
        const auto outcome = copying->outcome();
        if (!outcome) return false;
        if (!*outcome) {
          no(answer, outcome->error());
          return true;
        }
        const auto code = "[COPYUID " + std::to_string(to->uidvalidity()) +
                          " " + set_of(there) + " " +
                          set_of(copying->uids()) + "]";
        if (!move) {
          finish(answer, code + " done", by_uid_);
          return true;
        }
        answer += "* OK " + code + " moved\r\n";
        if (auto gone = view_->mailbox().remove(there); !gone) {
          no(answer, gone.error());
          return true;
        }
        // The next verdict is that of the removal.
        const std::shared_ptr<Pending> removal(view_->mailbox().sync());
        then_ = [this, removal](std::string& last) {
          const auto removed = removal->outcome();
          if (!removed) return false;
          *removed ? finish(last) : no(last, removed->error());
          return true;
        };
        return false;
      },
      out);
}

// EXPUNGE, and UID EXPUNGE of those named (RFC 4315).
void ImapServer::on_expunge(Arguments arguments, std::string& out) {
  if (!writable(out)) return;
  if (by_uid_ == arguments.absent()) return bad(out, "EXPUNGE");
  std::optional<std::vector<std::uint32_t>> named;
  if (by_uid_) {
    named = messages(arguments, out);
    if (!named) return;
  }
  auto uids = view_->deleted();
  if (named) {
    std::erase_if(uids, [&](std::uint32_t uid) {
      return !std::binary_search(named->begin(), named->end(), uid);
    });
  }
  if (auto gone = view_->mailbox().remove(uids); !gone) {
    return no(out, gone.error());
  }
  finish_when(view_->mailbox().sync(), out);
}

}  // namespace mailtool::serve
