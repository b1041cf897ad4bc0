// Messages of the mailbox selected: RFC 9051 section 6.4.

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_move_claim.h"
#include "serve/imap_partial.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

// One portion of a long answer.
constexpr std::size_t kPortion = std::size_t{32} * 1024;

std::string set_of(const std::vector<std::uint32_t>& uids) {
  std::vector<imap::Range> ranges;
  for (const auto uid : uids) ranges.push_back({uid, uid});
  return to_wire(imap::SequenceSet(std::move(ranges)));
}

// fetch-modifier of RFC 9394: of the messages named, those of a window.
bool take_partial(imap::Value modifiers, bool by_uid,
                  std::vector<std::uint32_t>& uids) {
  const auto name = modifiers.first();
  const auto range = parse_partial(name.next().text());
  const bool legal = by_uid && iequals(name.text(), "PARTIAL") && range &&
                     name.next().next().absent() && modifiers.next().absent();
  if (!legal) return false;
  const auto [begin, end] = range->of(uids.size());
  uids.erase(uids.begin() + static_cast<std::ptrdiff_t>(end), uids.end());
  uids.erase(uids.begin(), uids.begin() + static_cast<std::ptrdiff_t>(begin));
  return true;
}

}  // namespace

// uid = "UID" SP (copy / move / fetch / search / store / uid-expunge)
void ImapServer::on_uid(Arguments arguments, std::string& out) {
  for (const std::string_view verb :
       {"FETCH", "STORE", "SEARCH", "COPY", "MOVE", "EXPUNGE"}) {
    if (!iequals(verb, arguments.text())) continue;
    by_uid_ = true;
    return obey(arguments, out);
  }
  bad(out, "no such command");
}

std::optional<std::vector<std::uint32_t>> ImapServer::messages(
    Arguments set, std::string& out) {
  if (set.kind() == imap::Value::Kind::atom && set.text() == "$") {
    return view_->saved();
  }
  const auto parsed = imap::parse_sequence_set(set.text());
  auto uids = parsed ? view_->resolve(*parsed, by_uid_) : std::nullopt;
  if (!uids) bad(out, parsed ? "no such message" : "no set of messages");
  return uids;
}

bool ImapServer::writable(std::string& out) {
  if (!view_->read_only()) return true;
  no(out, "[READ-ONLY] it is examined");
  return false;
}

void ImapServer::on_fetch(Arguments arguments, std::string& out) {
  auto uids = messages(arguments, out);
  if (!uids) return;
  auto question = parse_fetch(arguments.next());
  if (!question) return bad(out, "FETCH set items");
  const auto modifiers = arguments.next().next();
  if (!modifiers.absent() && !take_partial(modifiers, by_uid_, *uids)) {
    return bad(out, "FETCH set items (PARTIAL from:to)");
  }
  fetch_.begin(*std::move(question), *std::move(uids));
  wait_ = Wait::room;
  fetch_more(out);
}

void ImapServer::fetch_more(std::string& out) {
  if (!fetch_.more(out, out.size() + kPortion, *view_)) return;
  if (fetch_.outcome().broken) {
    wait_ = Wait::close;
    return;
  }
  wait_ = Wait::octets;
  if (!fetch_.question().sets_seen() || view_->read_only()) {
    return end_fetch(out);
  }
  const std::shared_ptr<Pending> pending(view_->mailbox().sync());
  await(
      [this, pending](std::string& to) {
        const auto outcome = pending->outcome();
        if (!outcome) return false;
        *outcome ? end_fetch(to) : no(to, outcome->error());
        return true;
      },
      out);
}

// Of what was asked for all has come, or what is missing is told of: RFC 2180
// section 4.1.2. A UID of no message is nothing to complain of.
void ImapServer::end_fetch(std::string& out) {
  const auto& outcome = fetch_.outcome();
  if (outcome.gone > 0 && by_uid_) (void)view_->mailbox().look();
  std::string refusal;
  if (outcome.unreadable > 0) {
    refusal = "[SERVERBUG] messages that cannot be read: " +
              std::to_string(outcome.unreadable) + ", the first has UID " +
              std::to_string(outcome.unreadable_uid) + ": " +
              printable(outcome.why, 200);
  } else if (outcome.unknown_encoding) {
    refusal = "[UNKNOWN-CTE] a transfer encoding is not known; BODY has it";
  } else if (outcome.gone > 0 && !by_uid_) {
    refusal = "[EXPUNGEISSUED] messages that are there no more: " +
              std::to_string(outcome.gone);
  }
  if (refusal.empty()) return finish(out, "done", by_uid_);
  view_->tell(out, by_uid_);
  no(out, refusal);
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
