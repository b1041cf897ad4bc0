#include "mailtool/store/served_maildir.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "mailtool/store/folder.h"
#include "store/served_state.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

// UIDs that are set apart at a time: one write of `served` for so many.
constexpr std::uint32_t kReserved = 1000;

bool by_uid(const ServedMessage& a, const ServedMessage& b) {
  return a.uid < b.uid;
}

}  // namespace

std::string_view ServedMessage::flags() const {
  const auto info = name.rfind(":2,");
  if (info == name.npos) return {};
  return std::string_view(name).substr(info + 3);
}

Result<std::unique_ptr<ServedMaildir>> ServedMaildir::open(
    const std::string& path, std::uint32_t new_uidvalidity) {
  if (auto made = create_folder(path); !made) return std::move(made).error();
  if (!can_be(path)) {
    return Error{ErrorKind::config, "it or what is in it is no folder", path};
  }
  auto lock = LockFile::acquire(path + "/lock", std::chrono::milliseconds(0));
  if (!lock) return std::move(lock).error();
  std::unique_ptr<ServedMaildir> maildir(
      new ServedMaildir(path, *std::move(lock)));
  if (auto loaded = maildir->load_state(new_uidvalidity); !loaded) {
    return std::move(loaded).error();
  }
  auto files = MirrorMaildir::open(path, maildir->in_names_);
  if (!files) return std::move(files).error();
  maildir->files_ = *std::move(files);
  maildir->note_place();
  maildir->clear_tmp();
  if (auto seen = maildir->take_in(); !seen) return std::move(seen).error();
  return maildir;
}

ServedMaildir::~ServedMaildir() {
  if (!is_in_place()) return;
  for (const auto& one : batch_) {
    if (!one.linked.empty()) (void)sys_unlink(AT_FDCWD, one.linked.c_str());
  }
  if (uidvalidity_ != 0) keep_state();
}

Result<void> ServedMaildir::load_state(std::uint32_t new_uidvalidity) {
  const auto path = path_ + "/served";
  const auto state = read_served(path);
  if (!state) return state.error();
  if (!*state && new_uidvalidity == 0) {
    return Error{ErrorKind::no_such_item, "gone", path};
  }
  if (!*state) {
    uidvalidity_ = in_names_ = new_uidvalidity;
    return write_state(uidnext_, next_modseq_);
  }
  uidvalidity_ = (*state)->uidvalidity;
  in_names_ = (*state)->in_names;
  uidnext_ = reserved_ = (*state)->uidnext;
  next_modseq_ = reserved_modseq_ = (*state)->modseq;
  return {};
}

Result<void> ServedMaildir::write_state(std::uint32_t uidnext,
                                        std::uint64_t modseq) {
  if (auto here = check(); !here) return here;
  auto wrote = write_served(path_ + "/served",
                            {uidvalidity_, uidnext, modseq, in_names_});
  if (!wrote) return wrote;
  reserved_ = uidnext;
  reserved_modseq_ = modseq;
  return {};
}

// The next UID may be given once this has succeeded.
Result<void> ServedMaildir::reserve() {
  if (uidnext_ < reserved_) return {};
  if (uidnext_ >= UINT32_MAX - kReserved) {
    return Error{ErrorKind::local_io, "no UID is left", path_};
  }
  return write_state(uidnext_ + kReserved, reserved_modseq_);
}

Result<void> ServedMaildir::begin_at(std::uint32_t uidnext) {
  uidnext_ = std::max(uidnext_, uidnext);
  return reserve();
}

const ServedMessage* ServedMaildir::find(std::uint32_t uid) const {
  ServedMessage wanted;
  wanted.uid = uid;
  const auto at =
      std::lower_bound(messages_.begin(), messages_.end(), wanted, by_uid);
  return at != messages_.end() && at->uid == uid ? &*at : nullptr;
}

std::string ServedMaildir::path_of(const ServedMessage& message) const {
  return path_ + (message.in_new ? "/new/" : "/cur/") + message.name;
}

// Some file systems keep another one instead, of those beyond these, that is
// nearer.
Result<bool> ServedMaildir::keeps(std::int64_t date) const {
  if (date >= 0 && date <= INT32_MAX) return true;
  const auto path = path_ + "/tmp/" + std::string(kLinked) + "date";
  const Descriptor file(
      sys_open(AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600));
  if (!file.valid()) return system_error("create", path, errno);
  struct stat status {};
  const bool kept = sys_set_modified(file.get(), date) == 0 &&
                    ::fstat(file.get(), &status) == 0 &&
                    status.st_mtim.tv_sec == date;
  (void)sys_unlink(AT_FDCWD, path.c_str());
  return kept;
}

Result<void> ServedMaildir::add(Source& message,
                                std::optional<std::int64_t> date,
                                std::string_view flags) {
  if (auto here = check(); !here) return here;
  if (date) {
    const auto kept = keeps(*date);
    if (!kept) return kept.error();
    if (!*kept) {
      return Error{ErrorKind::rejected, "such a date cannot be kept"};
    }
  }
  if (auto reserved = reserve(); !reserved) return reserved;
  auto& files = files_->files();
  if (auto begun = files.begin(); !begun) return begun;
  std::array<char, 16 * 1024> buffer;
  std::uint64_t octets = 0;
  while (true) {
    const auto count = message.read_some(buffer);
    auto wrote = count ? files.write({buffer.data(), *count})
                       : Result<void>(count.error());
    if (!wrote) {
      files.discard();
      return wrote;
    }
    if (*count == 0) break;
    octets += *count;
  }
  if (auto ended = files_->end_message(uidnext_, date, flags); !ended) {
    files.discard();
    return ended;
  }
  batch_.push_back({uidnext_++, octets});
  return {};
}

// No name where it is gone again already.
void ServedMaildir::take_stored(const Stored& stored, Added& one,
                                std::optional<Error>& failed) {
  if (stored.error) {
    one.uid = 0;
    failed = stored.error;
    return;
  }
  struct stat status {};
  if (::stat(stored.path.c_str(), &status) != 0) return;
  one.name = stored.path.substr(stored.path.rfind('/') + 1);
  one.date = status.st_mtim.tv_sec;
}

// Those from `before` on are new. Another program may have put a file there whose
// name has a UID to come.
void ServedMaildir::sort_from(std::size_t before) {
  const auto first = static_cast<std::ptrdiff_t>(before > 0 ? before - 1 : 0);
  if (!std::is_sorted(messages_.begin() + first, messages_.end(), by_uid)) {
    std::sort(messages_.begin(), messages_.end(), by_uid);
  }
}

Result<std::vector<std::uint32_t>> ServedMaildir::commit() {
  if (auto here = check(); !here) return std::move(here).error();
  auto batch = std::exchange(batch_, {});
  std::vector<std::uint32_t> uids;
  if (batch.empty()) return uids;
  std::vector<Stored> stored;
  if (std::any_of(batch.begin(), batch.end(),
                  [](const Added& one) { return one.linked.empty(); })) {
    files_->files().seal();
    stored = files_->files().settle();
  }
  auto failed = commit_links(batch);
  const auto modseq = new_modseq();
  const auto before = messages_.size();
  auto file = stored.begin();
  for (auto& one : batch) {
    if (one.linked.empty()) take_stored(*file++, one, failed);
    uids.push_back(one.uid);
    if (one.uid == 0 || one.name.empty()) continue;
    messages_.push_back({one.uid, one.octets, one.date, std::move(one.name),
                         false, one.converted, modseq});
  }
  sort_from(before);
  const bool none = std::all_of(uids.begin(), uids.end(),
                                [](auto uid) { return uid == 0; });
  if (none && failed) return *std::move(failed);
  return uids;
}

Result<bool> ServedMaildir::set_flags(std::uint32_t uid,
                                      std::string_view flags) {
  const auto* found = find(uid);
  if (found == nullptr || !files_) return false;
  auto& message = messages_[static_cast<std::size_t>(found - messages_.data())];
  auto changed = files_->set_flags(message.in_new, message.name, flags);
  if (!changed || !*changed) return changed;
  auto name = message.name.substr(0, message.name.rfind(":2,")) + ":2," +
              std::string(flags);
  if (!message.in_new && name == message.name) return true;
  message.name = std::move(name);
  message.in_new = false;
  message.modseq = new_modseq();
  return true;
}

Result<void> ServedMaildir::sync() {
  if (auto here = check(); !here) return here;
  if (auto synced = files_->sync(); !synced || !new_changed_) return synced;
  auto synced = sync_directory(path_ + "/new");
  new_changed_ = !synced;
  return synced;
}

}  // namespace mailtool::store
