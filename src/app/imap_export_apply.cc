// Flags, removals and the end of a run, in the order in which they are durable.

#include <utility>

#include "app/imap_export_folder.h"
#include "app/imap_mirror_flags.h"

namespace mailtool::app {
namespace {

// Mail readers rename files too: so often one is looked for again.
constexpr int kLooks = 4;

}  // namespace

Result<void> FolderExport::apply_flags() {
  if (changes_.empty()) return {};
  struct Renamed {
    bool in_new;
    std::string name;
    std::string letters;
  };
  bool again = true;
  for (int look = 0; again && look < kLooks; ++look) {
    again = false;
    std::vector<Renamed> files;
    auto read = maildir_->for_each([&](const store::MirrorMaildir::File& file) {
      const auto at = changes_.find(file.uid);
      if (at == changes_.end()) return;
      auto letters = maildir_letters(at->second, file.flags);
      if (letters == file.flags && !file.in_new) return;
      files.push_back({file.in_new, std::string(file.name), letters});
    });
    if (!read) return read;
    for (const auto& file : files) {
      auto done = maildir_->set_flags(file.in_new, file.name, file.letters);
      if (!done) return std::move(done).error();
      again = again || !*done;
    }
  }
  if (auto synced = maildir_->sync(); !synced) return synced;
  for (const auto& [uid, flags] : changes_) state_->add(uid, flags);
  counts_.changed = changes_.size();
  state_->settle();
  return state_->commit();
}

Result<void> FolderExport::remove_gone() {
  count_gone();
  if (!context_.remove || counts_.gone == 0) return {};
  // From here on they do not count as here, whatever happens to their files.
  if (auto said = state_->commit(); !said) return said;
  bool again = true;
  for (int look = 0; again && look < kLooks; ++look) {
    again = false;
    std::vector<std::pair<bool, std::string>> files;
    auto read = maildir_->for_each([&](const store::MirrorMaildir::File& file) {
      const auto* record = state_->find(file.uid);
      if (record == nullptr || !record->gone()) return;
      files.emplace_back(file.in_new, std::string(file.name));
    });
    if (!read) return read;
    for (const auto& [in_new, name] : files) {
      auto done = maildir_->remove(in_new, name);
      if (!done) return std::move(done).error();
      if (*done) ++counts_.removed;
      again = again || !*done;
    }
  }
  if (auto synced = maildir_->sync(); !synced) return synced;
  std::vector<std::uint32_t> uids;
  for (const auto& record : state_->records()) {
    if (record.gone()) uids.push_back(record.uid);
  }
  for (const auto uid : uids) state_->forget(uid);
  state_->settle();
  counts_.gone = 0;
  return {};
}

Result<void> FolderExport::settle_run() {
  missing_ = missing_.minus(known());
  counts_.failed = missing_.count();
  store::MirrorPoint point;
  point.uidnext = below();
  point.modseq = modseq_;
  point.messages = live() + counts_.failed;
  point.gone = counts_.gone;
  point.missing = imap::to_wire(missing_);
  // What was refused may have been the flags: the next run compares them all.
  if (!refused_ && state_->point() != point) state_->add_point(point);
  return state_->commit();
}

std::optional<Error> FolderExport::not_sent() const {
  if (counts_.failed == 0 && flags_refused_) {
    Error error{flags_refused_->kind,
                "the server did not tell all flags: some here may be old"};
    error.server_said = flags_refused_->server_said;
    return error;
  }
  if (counts_.failed == 0) return std::nullopt;
  Error error{ErrorKind::deferred, "the server did not send " +
                                       std::to_string(counts_.failed) +
                                       (counts_.failed == 1
                                            ? " message: UID "
                                            : " messages: UIDs ") +
                                       imap::to_wire(missing_.first(10))};
  if (refused_) error.server_said = refused_->server_said;
  return error;
}

}  // namespace mailtool::app
