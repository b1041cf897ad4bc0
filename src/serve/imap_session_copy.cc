// COPY and MOVE: RFC 9051 sections 6.4.7 and 6.4.8.

#include <algorithm>
#include <utility>

#include "serve/imap_copy_run.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_uid_set.h"

namespace mailtool::serve {
namespace {

// Of one portion, which other sessions wait for.
constexpr std::size_t kCopied = 200;
constexpr std::uint64_t kOctets = 4 * 1024 * 1024;

constexpr std::string_view kNoTarget = "[TRYCREATE] no such mailbox";
constexpr std::string_view kGone =
    "[EXPUNGEISSUED] some messages are there no more";

}  // namespace

void ImapServer::on_copy(Arguments arguments, std::string& out) {
  transfer(arguments, false, out);
}

void ImapServer::on_move(Arguments arguments, std::string& out) {
  if (writable(out)) transfer(arguments, true, out);
}

void ImapServer::transfer(Arguments arguments, bool move, std::string& out) {
  const auto uids = messages(arguments, out);
  if (!uids) return;
  const auto name = mailbox_name(arguments.next(), out);
  if (!name) return;
  if (move && view_->mailbox().is_being_emptied()) {
    return no(out, "[INUSE] another client is renaming it: try again");
  }
  auto to = mailboxes_->open(*name);
  if (!to) {
    return to.error().kind == ErrorKind::no_such_item
               ? no(out, kNoTarget)
               : no(out, to.error());
  }
  std::vector<std::uint32_t> there;
  for (const auto uid : *uids) {
    if (view_->message(uid) != nullptr) there.push_back(uid);
  }
  auto claim =
      move ? std::make_unique<MoveClaim>(view_->shared(), there) : nullptr;
  if (claim) there = claim->uids();
  // A number that means nothing any more is not passed over: RFC 2180 section
  // 4.4.1.
  if (!by_uid_ && there.size() < uids->size()) {
    view_->tell(out, false);
    return no(out, kGone);
  }
  if (there.empty()) return finish(out, "nothing to copy", by_uid_);
  const auto run = std::make_shared<CopyRun>(
      view_->shared(), *std::move(to), std::move(there), std::move(claim));
  in_portions(
      [this, run](std::string& answer) {
        copy_some(run, answer);
        return false;
      },
      out);
}

// The originals go once all copies are durable, and not before. Between two
// portions others may delete the mailbox, and expunge messages.
void ImapServer::copy_some(const std::shared_ptr<CopyRun>& run,
                           std::string& out) {
  wait_ = Wait::octets;
  if (run->to().is_removed()) return no(out, kNoTarget);
  std::vector<std::uint32_t> uids;
  for (std::uint64_t octets = 0;
       uids.size() < kCopied && octets < kOctets && !run->done();) {
    const auto uid = run->next(1).front();
    const auto* message = view_->message(uid);
    if (message == nullptr && by_uid_) continue;
    if (message == nullptr) {
      view_->tell(out, false);
      return no(out, kGone);
    }
    uids.push_back(uid);
    octets += message->octets;
  }
  run->begin(std::move(uids));
  await(
      [this, run](std::string& answer) {
        const auto outcome = run->outcome();
        if (!outcome) return false;
        if (*outcome && !run->done()) {
          portion_ = [this, run](std::string& next) {
            copy_some(run, next);
            return false;
          };
          wait_ = Wait::room;
        } else if (*outcome) {
          end_copy(run, answer);
        } else if (outcome->error().kind == ErrorKind::no_such_item) {
          no(answer, run->to().is_removed() ? kNoTarget : kGone);
        } else {
          no(answer, outcome->error());
        }
        // There may be another step to wait for.
        return !then_;
      },
      out);
}

// From here on no session can come between: what is told is what happens, and who
// deletes the mailbox later deletes what was moved into it.
void ImapServer::end_copy(const std::shared_ptr<CopyRun>& run,
                          std::string& out) {
  if (run->to().is_removed()) return no(out, kNoTarget);
  if (run->copies().empty()) return finish(out, "nothing to copy", by_uid_);
  const auto code = "[COPYUID " + std::to_string(run->to().uidvalidity()) +
                    " " + set_of(run->originals()) + " " +
                    set_of(run->copies()) + "]";
  // What another has removed meanwhile is not moved: it would be there again.
  const auto& originals = run->originals();
  if (run->moves() &&
      std::any_of(originals.begin(), originals.end(), [this](auto uid) {
        return view_->message(uid) == nullptr;
      })) {
    view_->tell(out, by_uid_);
    return no(out, kGone);
  }
  run->keep();
  if (!run->moves()) return finish(out, code + " done", by_uid_);
  out += "* OK " + code + " moved\r\n";
  remove_in_portions(
      view_->shared(),
      [run](std::size_t count) { return run->remove_originals(count); }, out);
}

}  // namespace mailtool::serve
