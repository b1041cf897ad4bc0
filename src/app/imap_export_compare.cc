// Whether what the server said adds up, and what is asked where it does not.

#include <algorithm>
#include <utility>

#include "app/imap_export_folder.h"
#include "app/imap_mirror_flags.h"

namespace mailtool::app {
namespace {

// So often a list is asked for that adds up.
constexpr int kSearches = 4;

imap::SequenceSet up_to(std::uint32_t uid) {
  return uid == 0 ? imap::SequenceSet() : imap::SequenceSet({{1, uid}});
}

}  // namespace

bool FolderExport::is_refusal(const Error& error) {
  return error.kind == ErrorKind::rejected ||
         error.kind == ErrorKind::deferred ||
         error.kind == ErrorKind::no_permission ||
         error.kind == ErrorKind::unsupported;
}

std::uint32_t FolderExport::below() const {
  if (uidnext_) return *uidnext_;
  const auto& records = state_->records();
  return records.empty() ? 1 : records.back().uid + 1;
}

imap::SequenceSet FolderExport::known() const {
  std::vector<imap::Range> ranges;
  for (const auto& record : state_->records()) {
    if (!ranges.empty() && ranges.back().last + 1 == record.uid) {
      ranges.back().last = record.uid;
    } else {
      ranges.push_back({record.uid, record.uid});
    }
  }
  return imap::SequenceSet(std::move(ranges));
}

std::uint64_t FolderExport::live() const {
  const auto end = below();
  std::uint64_t count = 0;
  for (const auto& record : state_->records()) {
    if (record.uid < end && !record.gone()) ++count;
  }
  return count;
}

void FolderExport::count_gone() {
  counts_.gone = 0;
  for (const auto& record : state_->records()) {
    if (record.gone()) ++counts_.gone;
  }
}

void FolderExport::note_vanished() {
  if (vanished_.empty() || listing_) return;
  const imap::SequenceSet gone(std::exchange(vanished_, {}));
  std::vector<std::uint32_t> uids;
  for (const auto& record : state_->records()) {
    if (!record.gone() && gone.contains(record.uid)) uids.push_back(record.uid);
  }
  for (const auto uid : uids) state_->add_gone(uid);
  state_->settle();
  missing_ = missing_.minus(gone);
}

// What is known is what the server has: counted, so that neither its answers
// nor our state are believed alone.
bool FolderExport::adds_up() const {
  return !listing_ && uidnext_ && !refused_ &&
         live() + missing_.minus(known()).count() == exists_;
}

// Does the list leave nothing out? Mail may come while it is made, so that it
// is counted, too, as the folder was when it was opened.
bool FolderExport::is_whole(const imap::SequenceSet& uids) const {
  if (uids.count() == context_.client.selected()->exists) return true;
  return uids.intersect(up_to(below() - 1)).count() == exists_;
}

Result<imap::SequenceSet> FolderExport::list_uids() {
  if (listing_) {
    imap::SequenceSet uids(std::exchange(listed_, {}));
    listing_ = false;
    if (is_whole(uids)) return uids;
  }
  imap::SequenceSet uids;
  for (int look = 0; look < kSearches; ++look) {
    auto found = context_.client.search(imap::SearchKey());
    if (!found) return std::move(found).error();
    uids = std::move(found->uids);
    if (is_whole(uids)) return uids;
  }
  return Error{ErrorKind::deferred,
               "the server lists " + std::to_string(uids.count()) + " of " +
                   std::to_string(context_.client.selected()->exists) +
                   " messages: nothing is taken for gone"};
}

// What was said to be gone, and is listed, is here again where its file is;
// else it is to be had again.
Result<imap::SequenceSet> FolderExport::revive(
    const imap::SequenceSet& there) {
  imap::SequenceSet gone;
  for (const auto& record : state_->records()) {
    if (record.gone() && there.contains(record.uid)) gone.add(record.uid);
  }
  if (gone.empty()) return gone;
  std::vector<imap::Range> here;
  auto read = store::MirrorMaildir::for_each(
      path_, known_before_->title.uidvalidity,
      [&](const store::MirrorMaildir::File& file) {
        if (!gone.contains(file.uid)) return;
        state_->add(file.uid, flags_of_letters(file.flags));
        here.push_back({file.uid, file.uid});
      });
  if (!read) return std::move(read).error();
  const imap::SequenceSet revived(std::move(here));
  const auto lost = gone.minus(revived);
  for (const auto& range : lost.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      state_->forget(static_cast<std::uint32_t>(uid));
      changes_.erase(static_cast<std::uint32_t>(uid));
    }
  }
  state_->settle();
  return revived;
}

Result<void> FolderExport::reconcile() {
  auto listed = list_uids();
  if (!listed) return std::move(listed).error();
  const auto there = *std::move(listed);
  std::vector<std::uint32_t> gone;
  const auto end = below();
  for (const auto& record : state_->records()) {
    const bool lacks = !record.gone() && !there.contains(record.uid);
    if (lacks && record.uid < end) gone.push_back(record.uid);
  }
  for (const auto uid : gone) {
    state_->add_gone(uid);
    changes_.erase(uid);
  }
  state_->settle();
  auto revived = revive(there);
  if (!revived) return std::move(revived).error();
  missing_ = there.minus(known());
  if (uidnext_ && *uidnext_ > 1) {
    missing_ = missing_.intersect(up_to(*uidnext_ - 1));
  }
  if (context_.dry_run) {
    counts_.fetched = missing_.count();
    return {};
  }
  return missing_.empty() && revived->empty() ? Result<void>()
                                              : ask_again(*revived);
}

// Each for itself where one has spoilt the answer for all.
Result<void> FolderExport::ask_again(const imap::SequenceSet& flags_of) {
  client::SyncQuestion question;
  question.flags_of = flags_of;
  question.bodies_of = missing_;
  question.one_by_one = refused_.has_value();
  context_.progress.expect(static_cast<std::int64_t>(missing_.count()), 0);
  auto asked = context_.client.sync(question, *this);
  if (auto kept = finish_bodies(); !kept) return kept;
  missing_ = missing_.minus(known());
  if (asked) return {};
  if (!is_refusal(asked.error())) return asked;
  refused_ = std::move(asked).error();
  flags_question_ = {};
  flags_question_.flags_of = flags_of;
  return ask_flags_again();
}

// Of several questions one was refused, and it is not told which: that about
// flags is put again, alone.
Result<void> FolderExport::ask_flags_again() {
  if (flags_question_.flags_of.empty()) return {};
  auto asked = context_.client.sync(flags_question_, *this);
  if (asked || !is_refusal(asked.error())) return asked;
  flags_refused_ = std::move(asked).error();
  return {};
}

}  // namespace mailtool::app
