// Searches whose result the server keeps: SEARCHRES (RFC 5182).

#include <utility>

#include "client/imap_change_run.h"

namespace mailtool::client {
namespace {

imap::SearchKey both(imap::SearchKey a, const imap::SearchKey& b) {
  if (b.kind == imap::SearchKey::Kind::all) return a;
  imap::SearchKey key;
  key.kind = imap::SearchKey::Kind::both;
  key.children = {std::move(a), b};
  return key;
}

// Of "$" those that `key` matches (RFC 5182 section 2.1).
imap::SearchKey of_saved(const imap::SearchKey& key) {
  imap::SearchKey saved;
  saved.kind = imap::SearchKey::Kind::word;
  saved.name = "$";
  return both(std::move(saved), key);
}

}  // namespace

bool ImapClient::can_save() const {
  // A server with limits keeps no more than its limit (RFC 9738).
  return capabilities_ &&
         (capabilities_->has("SEARCHRES") || capabilities_->has("IMAP4REV2")) &&
         !capabilities_->limit("MESSAGELIMIT") &&
         !capabilities_->limit("SAVELIMIT");
}

// What a change will be asked to look at goes out in the flight of the search.
std::vector<SearchQuestion> ImapClient::saved_questions(
    const imap::SearchKey& key, bool count_only) const {
  std::vector<SearchQuestion> questions{{key, count_only, "", false}};
  if (!keep_results_ || count_only || !can_save()) return questions;
  questions.front().save = true;
  for (const auto& asked : among_keys_) {
    questions.push_back({of_saved(asked), false, "", false});
  }
  return questions;
}

void ImapClient::note_saved(const std::vector<SearchOutcome>& found) {
  if (!found.front().extended || found.front().in_pieces) return;
  saved_ = found.front().uids;
  among_saved_.clear();
  for (std::size_t i = 1; i < found.size(); ++i) {
    among_saved_.push_back(found[i].uids);
  }
}

// Not where more than one step is needed: what is deleted depends on what was
// copied. Nor where the server bounds how many messages a command may name.
Result<bool> ImapClient::may_change_at_once(const ImapChange& what) {
  auto how = ChangeRun(*this, what).method();
  // That the server can do it in no way is change()'s to say.
  if (!how && how.error().kind == ErrorKind::unsupported) return false;
  if (!how) return std::move(how).error();
  const bool one_step =
      *how == ChangeMethod::move || *how == ChangeMethod::copy;
  return one_step && keep_results_ && can_save() &&
         message_limit() == UINT64_MAX;
}

// The search empties "$" where it fails, and so does a SELECT (RFC 5182 section
// 2.1): what follows then changes nothing, as a rule. It is not about what a
// second search finds.
Result<ImapClient::FoundAndChanged> ImapClient::search_and_change(
    const imap::MailboxName& mailbox, const imap::SearchKey& key,
    const ImapChange& what) {
  ChangeRun run(*this, what);
  auto how = run.method();
  if (!how) return std::move(how).error();
  ImapSweep sweep(*this, run.first_steps(*how));
  int searches = 0;
  auto found = select_and_search(mailbox, false, key, false, [&] {
    if (++searches == 1) sweep.begin_saved();
  });
  if (!found || searches > 1 || found->search.in_pieces) {
    auto swept = sweep.finish_unfound(selected_ ? selected_->exists : 0);
    if (!swept.copied.empty() && selected_) {
      auto why = found ? Error{ErrorKind::protocol,
                               "a search failed, and what it was to save was "
                               "changed all the same",
                               "SEARCH"}
                       : std::move(found).error();
      Found told{*selected_, {}};
      told.search.uids = copied_from(swept);
      auto report = run.settle(*how, std::move(swept));
      report.stopped_by = std::move(why);
      return FoundAndChanged{std::move(told), std::move(report)};
    }
    if (!found) return std::move(found).error();
    auto report = run.run(found->search.uids);
    return FoundAndChanged{*std::move(found), std::move(report)};
  }
  auto swept = sweep.finish_saved(found->search.uids);
  if (found->search.uids.empty()) {
    return FoundAndChanged{*std::move(found), {}};
  }
  // "$" was empty when it was used: the search was obeyed, not saved.
  if (!swept.error && swept.gone == found->search.uids) {
    auto report = run.run(found->search.uids);
    return FoundAndChanged{*std::move(found), std::move(report)};
  }
  auto report = run.settle(*how, run.with_target(*how, std::move(swept)));
  return FoundAndChanged{*std::move(found), std::move(report)};
}

Result<imap::SequenceSet> ImapClient::among(const imap::SequenceSet& uids,
                                            const imap::SearchKey& key) {
  if (uids.empty()) return imap::SequenceSet();
  if (saved_ && *saved_ == uids) {
    for (std::size_t i = 0; i < among_saved_.size(); ++i) {
      if (among_keys_[i] == key) return among_saved_[i].intersect(uids);
    }
    auto found = search(of_saved(key));
    if (!found) return std::move(found).error();
    return found->uids.intersect(uids);
  }
  imap::SearchKey which;
  which.kind = imap::SearchKey::Kind::uid;
  which.set = uids;
  // Longer than a line: the span, and what else is found is left out.
  if (to_wire(uids).size() > set_octets_) {
    which.set = imap::SequenceSet(
        {{uids.ranges().front().first, uids.ranges().back().last}});
  }
  auto found = search(both(std::move(which), key));
  if (!found) return std::move(found).error();
  return found->uids.intersect(uids);
}

}  // namespace mailtool::client
