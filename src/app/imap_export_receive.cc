// What the server says of a mailbox, and into which file it goes.

#include <algorithm>
#include <utility>

#include "app/imap_export_folder.h"
#include "app/imap_mirror_flags.h"

namespace mailtool::app {

Result<void> FolderExport::open_state(std::uint32_t uidvalidity) {
  const store::MirrorTitle title{uidvalidity, context_.owner,
                                 lasting_name()};
  if (!context_.dry_run) {
    auto maildir = store::MirrorMaildir::open(path_, uidvalidity);
    if (!maildir) return std::move(maildir).error();
    maildir_ = *std::move(maildir);
  }
  auto state = context_.dry_run ? store::MirrorState::read(state_path_, title)
                                : store::MirrorState::open(state_path_, title);
  if (!state) return std::move(state).error();
  state_ = *std::move(state);
  return was_there_ ? recognise(uidvalidity) : Result<void>();
}

// A run may have ended between the naming of a file and the line in the state;
// or somebody has removed the state.
Result<void> FolderExport::recognise(std::uint32_t uidvalidity) {
  const auto point = state_->point();
  bool found = false;
  auto read = store::MirrorMaildir::for_each(
      path_, uidvalidity, [&](const store::MirrorMaildir::File& file) {
        if (state_->find(file.uid) != nullptr) return;
        state_->add(file.uid, flags_of_letters(file.flags));
        found = true;
      });
  if (!read || !found) return read;
  state_->settle();
  if (context_.dry_run) return {};
  // Whoever named them may have died before this.
  if (auto synced = maildir_->sync(); !synced) return synced;
  // What was complete still is.
  if (point) state_->add_point(*point);
  return state_->commit();
}

Result<void> FolderExport::opened(const client::SelectedMailbox& mailbox) {
  if (!mailbox.uidvalidity || mailbox.uid_not_sticky) {
    return Error{ErrorKind::unsupported,
                 "the server keeps no UIDs: there is nothing to tell one run's "
                 "messages from another's"};
  }
  if (known_before_ &&
      known_before_->title.uidvalidity != *mailbox.uidvalidity) {
    return changed(*mailbox.uidvalidity);
  }
  exists_ = mailbox.exists;
  uidnext_ = mailbox.uidnext;
  modseq_ = mailbox.highest_modseq.value_or(0);
  if (!state_) {
    auto ready = open_state(*mailbox.uidvalidity);
    if (!ready) return ready;
  }
  if (uidnext_) {
    if (auto forward = went_back(*uidnext_); !forward) return forward;
  }
  opened_ = true;
  return {};
}

Result<void> FolderExport::flags(std::uint32_t uid,
                                 const std::vector<std::string>& flags) {
  if (uid == imap::kStar) return {};
  if (listing_) {
    if (!listed_.empty() && listed_.back().last + 1 == uid) {
      listed_.back().last = uid;
    } else {
      listed_.push_back({uid, uid});
    }
  }
  if (!state_) return {};
  const auto* record = state_->find(uid);
  if (record == nullptr) return {};
  auto text = mirror_flags(flags);
  if (!record->gone() && state_->flags_of(*record) == text) {
    changes_.erase(uid);
  } else {
    changes_[uid] = std::move(text);
  }
  return {};
}

Result<void> FolderExport::vanished(const imap::SequenceSet& uids) {
  vanished_.insert(vanished_.end(), uids.ranges().begin(),
                   uids.ranges().end());
  if (vanished_.size() < 10'000) return {};
  vanished_ = imap::SequenceSet(std::move(vanished_)).ranges();
  if (vanished_.size() < imap::kMaxRanges) return {};
  return Error{ErrorKind::protocol, "VANISHED without end"};
}

bool FolderExport::wanted(std::uint32_t uid) const {
  return state_ && state_->find(uid) == nullptr;
}

Result<void> FolderExport::begin() {
  octets_ = 0;
  lines_.emplace(maildir_->files());
  return maildir_->files().begin();
}

Result<void> FolderExport::write(std::string_view octets) {
  octets_ += octets.size();
  context_.progress.received(octets.size());
  return lines_->write(octets);
}

Result<void> FolderExport::end(const client::SyncedMessage& message) {
  // No message is empty: the server could not read it.
  if (octets_ == 0) {
    discard();
    return {};
  }
  if (auto finished = lines_->finish(); !finished) return finished;
  auto flags = mirror_flags(message.flags);
  const auto date = message.internal_date
                        ? imap::parse_internal_date(*message.internal_date)
                        : std::nullopt;
  auto ended =
      maildir_->end_message(message.uid, date, maildir_letters(flags));
  if (!ended) return ended;
  arrived_.push_back({message.uid, std::move(flags)});
  counts_.octets += octets_;
  context_.progress.message_came();
  return maildir_->files().due() ? turn() : Result<void>();
}

void FolderExport::discard() {
  if (maildir_) maildir_->files().discard();
}

// What was sealed before is safe now, and said to be here; what has come since
// is sealed.
Result<void> FolderExport::turn() {
  auto& files = maildir_->files();
  const auto stored = files.settle();
  std::optional<Error> failed;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i].error) {
      if (!failed) failed = stored[i].error;
      continue;
    }
    state_->add(sealed_[i].uid, sealed_[i].flags);
    ++counts_.fetched;
  }
  sealed_ = std::exchange(arrived_, {});
  files.seal();
  auto said = state_->commit();
  if (failed) return *std::move(failed);
  return said;
}

Result<void> FolderExport::finish_bodies() {
  discard();
  for (int round = 0; round < 2; ++round) {
    if (auto turned = turn(); !turned) return turned;
  }
  state_->settle();
  return {};
}

}  // namespace mailtool::app
