// Messages of the mailbox selected: RFC 9051 section 6.4.

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_partial.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

// One portion of a long answer.
constexpr std::size_t kPortion = std::size_t{32} * 1024;

// fetch-modifier of RFC 9394: of the messages named, those of a window.
bool take_partial(std::string_view text, bool by_uid,
                  std::vector<std::uint32_t>& uids) {
  const auto range = parse_partial(text);
  if (!by_uid || !range) return false;
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

void ImapServer::on_fetch(Arguments arguments, std::string& out) {
  auto uids = messages(arguments, out);
  if (!uids) return;
  auto at = arguments.next();
  auto question = parse_fetch(at);
  if (!question) return bad(out, "FETCH set items");
  const auto modifiers = parse_fetch_modifiers(at);
  const auto* form = "FETCH set items (CHANGEDSINCE number PARTIAL from:to)";
  if (!modifiers) return bad(out, form);
  if (!take_fetch_modseq(*modifiers, *question, *uids, out)) return;
  if (!modifiers->partial.empty() &&
      !take_partial(modifiers->partial, by_uid_, *uids)) {
    return bad(out, form);
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

}  // namespace mailtool::serve
