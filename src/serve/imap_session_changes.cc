// STORE and EXPUNGE: RFC 9051 sections 6.4.3, 6.4.6 and 6.4.9.

#include <algorithm>
#include <utility>

#include "serve/imap_dialogue.h"
#include "serve/imap_store_run.h"
#include "serve/imap_uid_set.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

// Messages of one portion: a few milliseconds.
constexpr std::size_t kStored = 200;
constexpr std::size_t kRemoved = 250;
// All of a mailbox is looked through for each portion that is removed.
constexpr std::size_t kPortions = 250;
constexpr std::size_t kMaxOut = 64 * 1024;

}  // namespace

bool ImapServer::writable(std::string& out) {
  if (!view_->read_only()) return true;
  no(out, "[READ-ONLY] it is examined");
  return false;
}

void ImapServer::in_portions(std::function<bool(std::string&)> next,
                             std::string& out) {
  portion_ = std::move(next);
  wait_ = Wait::room;
  more(out);
}

void ImapServer::when_durable(std::unique_ptr<Pending> pending,
                              std::function<void(std::string&)> then,
                              std::string& out) {
  const std::shared_ptr<Pending> shared(std::move(pending));
  await(
      [this, shared, then = std::move(then)](std::string& answer) {
        const auto outcome = shared->outcome();
        if (!outcome) return false;
        *outcome ? then(answer) : no(answer, outcome->error());
        // There may be another step to wait for.
        return !then_;
      },
      out);
}

void ImapServer::on_store(Arguments arguments, std::string& out) {
  auto uids = messages(arguments, out);
  if (!uids || !writable(out)) return;
  Arguments value;
  auto run = parse_store(arguments.next(), value);
  if (!run) return bad(out, "STORE set [(UNCHANGEDSINCE number)] FLAGS (flags)");
  if (run->unchanged_since && !needs_modseqs(out)) return;
  auto named = parse_flag_list(value);
  if (!named) return bad(out, "no such flag");
  run->named = *std::move(named);
  run->uids = *std::move(uids);
  const auto shared = std::make_shared<StoreRun>(*std::move(run));
  when_seen(
      view_->shared(),
      [this, shared](std::string& answer) {
        in_portions(
            [this, shared](std::string& to) { return store_some(*shared, to); },
            answer);
      },
      out);
}

// True while some are left.
bool ImapServer::store_some(StoreRun& run, std::string& out) {
  const auto end = std::min(run.uids.size(), run.next + kStored);
  for (; run.next < end && out.size() < kMaxOut; ++run.next) {
    const auto uid = run.uids[run.next];
    const auto* message = view_->message(uid);
    if (message == nullptr) {
      run.gone = true;
    } else if (run.unchanged_since && message->modseq > *run.unchanged_since) {
      run.modified.push_back(by_uid_ ? uid : view_->number_of(uid));
    } else if (!store_one(run, uid, out)) {
      wait_ = Wait::octets;
      return false;
    }
  }
  if (run.next < run.uids.size()) return true;
  wait_ = Wait::octets;
  when_durable(
      view_->mailbox().sync(),
      // What it points to lives as long as the portion, which is over.
      [this, copy = std::make_shared<StoreRun>(std::move(run))](
          std::string& to) { end_store(*copy, to); },
      out);
  return false;
}

// A keyword that a message is to lose, and none has, is nothing to make.
bool ImapServer::name_flags(StoreRun& run, std::string& out) {
  auto& mailbox = view_->mailbox();
  auto flags = run.kind == StoreKind::remove
                   ? Result<HeldFlags>(find_flags(run.named, mailbox))
                   : make_flags(run.named, mailbox);
  if (!flags) {
    no(out, flags.error());
    return false;
  }
  run.flags = *std::move(flags);
  view_->tell_keywords(out);
  return true;
}

// False where that was the answer.
bool ImapServer::store_one(StoreRun& run, std::uint32_t uid, std::string& out) {
  if (!run.flags && !name_flags(run, out)) return false;
  const auto* message = view_->message(uid);
  const auto before = message == nullptr ? 0 : message->modseq;
  const auto stored =
      message == nullptr
          ? Result<bool>(false)
          : view_->mailbox().set_flags(uid, run.applied_to(message->flags));
  if (!stored) {
    no(out, stored.error());
    return false;
  }
  message = view_->message(uid);
  if (!*stored || message == nullptr) {
    run.gone = true;
    return true;
  }
  // Silent of this change alone: what others have changed is still told.
  if (run.silent) {
    view_->changed_silently(*message, before,
                            run.applied_to(view_->known_flags(uid)));
  }
  FetchQuestion shown;
  shown.flags = !run.silent;
  // Also where it is silent: RFC 7162 section 3.1.3.
  shown.modseq = enabled_.condstore;
  const bool counted = shown.modseq && message->modseq != before;
  if (shown.flags || counted) put_fetch(out, *view_, uid, shown);
  return true;
}

// What another session has expunged could not be changed: RFC 2180 section 4.2;
// where others have changed since, both are told: RFC 7162 section 3.1.3.
void ImapServer::end_store(const StoreRun& run, std::string& out) {
  const bool gone = run.gone && !by_uid_ && !run.silent;
  const auto modified =
      run.modified.empty() ? "" : "[MODIFIED " + set_of(run.modified) + "] ";
  if (!gone) {
    return finish(out,
                  modified.empty() ? "done"
                                   : modified + "these have changed since",
                  by_uid_);
  }
  view_->tell(out, false);
  no(out, (modified.empty() ? "[EXPUNGEISSUED] " : modified) +
              "some messages are there no more");
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
  remove_in_portions(view_->shared(), std::move(uids), out);
}

void ImapServer::remove_in_portions(const std::shared_ptr<Mailbox>& mailbox,
                                    std::vector<std::uint32_t> uids,
                                    std::string& out) {
  remove_in_portions(
      mailbox,
      [mailbox, uids = std::move(uids),
       next = std::size_t{0}](std::size_t count) mutable -> Result<bool> {
        const auto begin = uids.begin() + static_cast<std::ptrdiff_t>(next);
        next += std::min(count, uids.size() - next);
        const auto end = uids.begin() + static_cast<std::ptrdiff_t>(next);
        auto removed = mailbox->remove({begin, end});
        if (!removed) return std::move(removed).error();
        return next < uids.size();
      },
      out);
}

// One sync for all of them.
void ImapServer::remove_in_portions(
    const std::shared_ptr<Mailbox>& mailbox,
    std::function<Result<bool>(std::size_t)> remove, std::string& out) {
  const auto count = std::max(kRemoved, mailbox->messages().size() / kPortions);
  in_portions(
      [this, mailbox, count, remove = std::move(remove)](std::string& to) {
        const auto left = remove(count);
        if (left && *left) return true;
        wait_ = Wait::octets;
        if (left) {
          finish_when(mailbox->sync(), to);
        } else {
          no(to, left.error());
        }
        return false;
      },
      out);
}

}  // namespace mailtool::serve
