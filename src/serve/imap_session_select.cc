// The mailbox selected: RFC 9051 sections 6.3.2, 6.3.3, 6.3.13, 6.4.1 and 6.4.2.

#include <algorithm>
#include <utility>

#include "serve/imap_dialogue.h"
#include "serve/imap_mailbox_name.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

// RFC 3501 section 6.3.1; RFC 9051 has neither.
void put_recent(std::string& out, const std::vector<ImapView::Seen>& seen) {
  out += "* 0 RECENT\r\n";
  const auto unseen =
      std::find_if(seen.begin(), seen.end(), [](const ImapView::Seen& one) {
        return (one.flags & kSeen) == 0;
      });
  if (unseen == seen.end()) return;
  out += "* OK [UNSEEN " + std::to_string(unseen - seen.begin() + 1) +
         "] the first\r\n";
}

}  // namespace

// RFC 9051 section 7.1: what comes behind CLOSED is about the next mailbox.
void ImapServer::leave_view(std::string& out) {
  if (view_ && enabled_.rev2) out += "* OK [CLOSED] left\r\n";
  view_.reset();
}

// What became of the mailbox selected, if it is no more what was selected.
std::string_view ImapServer::why_left() const {
  if (view_ && view_->mailbox().is_removed()) {
    return "the mailbox that is selected was deleted\r\n";
  }
  if (!view_ || !view_->is_renumbered()) return "";
  return "the mailbox that is selected was renamed, and has another UIDVALIDITY"
         "\r\n";
}

// By a command of its own, which goes on: whatever the client has enabled, what it
// has selected is to be said.
void ImapServer::leave_changed(std::string& out) {
  const auto why = why_left();
  if (why.empty()) return;
  out += "* OK [CLOSED] ";
  out += why;
  view_.reset();
}

// True where the mailbox selected is no more; then this was the end.
bool ImapServer::leave_removed(std::string& out) {
  const auto why = why_left();
  if (why.empty()) return false;
  out += "* BYE [UNAVAILABLE] ";
  out += why;
  wait_ = Wait::close;
  return true;
}

void ImapServer::on_select(Arguments arguments, std::string& out) {
  open(arguments, false, out);
}

void ImapServer::on_examine(Arguments arguments, std::string& out) {
  open(arguments, true, out);
}

void ImapServer::open(Arguments arguments, bool read_only, std::string& out) {
  leave_view(out);
  const auto name = mailbox_name(arguments, out);
  if (!name || !take_select_parameters(arguments.next(), out)) return;
  auto opened = mailboxes_->open(*name);
  if (!opened) return no(out, opened.error());
  const auto& mailbox = *opened;
  when_seen(
      mailbox,
      [this, mailbox, name = *name, read_only](std::string& answer) {
        enter_mailbox(mailbox, name, read_only, answer);
      },
      out);
}

void ImapServer::enter_mailbox(std::shared_ptr<Mailbox> opened,
                               const std::string& name,
                               bool read_only, std::string& out) {
  view_.emplace(std::move(opened), read_only);
  selected_ = name;
  const auto& mailbox = view_->mailbox();
  if (enabled_.condstore) view_->tell_modseqs();
  view_->put_flags_response(out);
  const auto& seen = view_->seen();
  out += "* " + std::to_string(seen.size()) + " EXISTS\r\n";
  if (enabled_.rev2) {
    out += "* LIST () \"/\" ";
    put_mailbox_name(out, name, enabled_.names());
    out += "\r\n";
  } else {
    put_recent(out, seen);
  }
  out += "* OK [UIDVALIDITY " + std::to_string(mailbox.uidvalidity()) +
         "] for good\r\n* OK [UIDNEXT " + std::to_string(mailbox.uidnext()) +
         "] the next\r\n";
  put_highest_modseq(out);
  ok(out, read_only ? "[READ-ONLY] open" : "[READ-WRITE] open");
}

// What is \Deleted goes without a word of it.
void ImapServer::on_close(Arguments, std::string& out) {
  const auto view = std::exchange(view_, std::nullopt);
  if (view->read_only()) return ok(out);
  remove_in_portions(view->shared(), view->deleted(), out);
}

void ImapServer::on_unselect(Arguments, std::string& out) {
  view_.reset();
  ok(out);
}

void ImapServer::on_idle(Arguments, std::string& out) {
  state_ = State::idle;
  out += "+ idling\r\n";
  if (!view_) return;
  watch_ = view_->mailbox().watch();
  view_->tell(out, true);
}

}  // namespace mailtool::serve
