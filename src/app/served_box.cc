#include "app/served_box.h"

#include <algorithm>
#include <utility>

#include "app/output.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {
namespace {

using serve::Flags;

constexpr std::size_t kMaxDamaged = 100;

// Spooled until it is whole: many come in side by side.
class BoxAppending : public serve::Appending {
 public:
  BoxAppending(ServedBox& box, const std::string& folder, Flags flags,
               std::optional<std::int64_t> date)
      : box_(box), spool_(folder), flags_(flags), date_(date) {}
  Result<void> write(std::string_view octets) override {
    return spool_.write(octets);
  }
  void end() override {
    const auto source = spool_.source();
    ticket_ = box_.add(*source, date_, flags_);
  }
  std::optional<Result<void>> outcome() override { return ticket_->outcome; }
  std::uint32_t uid() const override { return ticket_->uid; }

 private:
  ServedBox& box_;
  store::Spool spool_;
  Flags flags_;
  std::optional<std::int64_t> date_;
  std::shared_ptr<DiskTicket> ticket_;
};

// Fails where less comes than was known when the file was opened: who reads it has
// announced that.
class WholeSource : public SeekableSource {
 public:
  WholeSource(ServeDisk& disk, std::unique_ptr<SeekableSource> inner,
              std::uint64_t octets, std::string path)
      : disk_(disk),
        inner_(std::move(inner)),
        octets_(octets),
        path_(std::move(path)) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    auto count = inner_->read_some(into);
    if (!count) return count;
    at_ += *count;
    if (*count > 0 || into.empty() || at_ >= octets_) return count;
    (void)disk_.told({ErrorKind::config, "it became shorter while it was read",
                      path_});
    return Error{ErrorKind::local_io, "it became shorter while it was read"};
  }
  Result<void> seek(std::uint64_t offset) override {
    at_ = offset;
    return inner_->seek(offset);
  }

 private:
  ServeDisk& disk_;
  std::unique_ptr<SeekableSource> inner_;
  std::uint64_t octets_;
  std::string path_;
  std::uint64_t at_ = 0;
};

}  // namespace

void ServeDisk::sync() {
  for (auto* box : std::exchange(dirty_, {})) box->settle();
}

void ServeDisk::look() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + kBeat;
  std::erase_if(watched_, [](const auto* box) { return !box->is_watched(); });
  // Where it fails a command of the client says so.
  for (auto* box : watched_) (void)box->look();
}

void ServeDisk::take_in(ServedBox& box) {
  const bool known =
      std::find(behind_.begin(), behind_.end(), &box) != behind_.end();
  if (!known) behind_.push_back(&box);
}

// Of one box; of several in turn.
void ServeDisk::work() {
  if (!works_.empty()) {
    auto portion = std::move(works_.front());
    works_.pop_front();
    if (portion()) works_.push_back(std::move(portion));
  }
  if (behind_.empty()) return;
  auto& box = *behind_.front();
  behind_.pop_front();
  (void)box.look();
}

Error ServeDisk::told(Error error) {
  if (error.kind != ErrorKind::config || error.step.empty()) return error;
  if (damaged_.size() < kMaxDamaged && damaged_.insert(error.step).second) {
    report_error("serve", error);
  }
  return {ErrorKind::config, "the mailbox is damaged"};
}

Result<std::shared_ptr<ServedBox>> ServedBox::open(ServeDisk& disk,
                                                   const std::string& path,
                                                   std::uint32_t uidvalidity) {
  auto maildir = store::ServedMaildir::open(path, uidvalidity);
  if (!maildir) return std::move(maildir).error();
  std::shared_ptr<ServedBox> box(
      new ServedBox(disk, *std::move(maildir), path));
  if (auto loaded = box->load_keywords(); !loaded) {
    return std::move(loaded).error();
  }
  box->read_messages();
  if (box->is_behind()) disk.take_in(*box);
  return box;
}

ServedBox::~ServedBox() {
  if (!added_.empty() || !changed_.empty()) settle();
  disk_.forget(*this);
}

// What would come into it would be lost.
Error ServedBox::deleted() {
  return {ErrorKind::no_such_item, "the mailbox was deleted"};
}

bool ServedBox::is_here() {
  if (maildir_->is_in_place()) return true;
  if (!lost_) lose();
  return false;
}

// Nobody has been told that any of it is kept.
void ServedBox::lose() {
  lost_ = true;
  maildir_->abandon();
  set_removed();
  for (const auto* waiting : {&added_, &changed_}) {
    for (const auto& one : *waiting) one->outcome = Result<void>(deleted());
  }
  added_.clear();
  changed_.clear();
  disk_.mark(*this);  // so that those in IDLE are told
}

std::uint64_t ServedBox::highest_modseq() {
  const auto highest = maildir_->highest_modseq();
  if (counted_ != (highest > 0)) read_messages();
  counted_ = highest > 0;
  return highest;
}

std::shared_ptr<void> ServedBox::watch() {
  auto watch = watch_.lock();
  if (!watch) {
    watch = std::make_shared<char>();
    watch_ = watch;
    disk_.watch(*this);
  }
  return watch;
}

void ServedBox::read_messages() {
  stale_ = false;
  ++changes_;
  messages_.clear();
  for (const auto& one : maildir_->messages()) {
    messages_.push_back(
        {one.uid, one.octets, one.date, flags_of(one.flags()), one.modseq});
  }
}

// What was added is behind all the others, as a rule.
void ServedBox::read_added(std::size_t count) {
  const auto& all = maildir_->messages();
  const auto before = messages_.size();
  const bool behind = stale_ || all.size() != before + count ||
                      (before > 0 && all[before - 1].uid != messages_.back().uid);
  if (behind) return read_messages();
  ++changes_;
  for (auto at = all.begin() + static_cast<std::ptrdiff_t>(before);
       at != all.end(); ++at) {
    messages_.push_back(
        {at->uid, at->octets, at->date, flags_of(at->flags()), at->modseq});
  }
}

serve::MailboxMessage* ServedBox::message(std::uint32_t uid) {
  const auto at = std::lower_bound(
      messages_.begin(), messages_.end(), uid,
      [](const auto& one, std::uint32_t wanted) { return one.uid < wanted; });
  return at != messages_.end() && at->uid == uid ? &*at : nullptr;
}

Result<bool> ServedBox::refresh() {
  if (!is_here()) return deleted();
  auto changed = maildir_->refresh();
  if (!changed || *changed || stale_) read_messages();
  return changed;
}

Result<void> ServedBox::look() {
  if (!is_here()) return deleted();
  const auto changed = maildir_->look();
  // What was before it failed may have been taken in.
  stale_ = stale_ || !changed || *changed;
  if (!changed) return changed.error();
  if (stale_) {
    read_messages();
    // So that those in IDLE are told, whoever has looked.
    disk_.mark(*this);
  }
  if (is_behind()) disk_.take_in(*this);
  return {};
}

// A session that is about one of messages() may ask for it: they stay as they
// are until something else is asked for, but for its octets.
Result<std::unique_ptr<SeekableSource>> ServedBox::open(std::uint32_t uid) {
  const Error gone{ErrorKind::no_such_item, "gone"};
  const auto* known = maildir_->find(uid);
  if (known == nullptr) return gone;
  auto source = maildir_->read(*known);
  if (!source && source.error().kind == ErrorKind::no_such_item) {
    if (!is_here()) return gone;
    auto changed = maildir_->find_again();
    if (!changed) return std::move(changed).error();
    stale_ = stale_ || *changed;
    known = maildir_->find(uid);
    if (known == nullptr) return gone;
    source = maildir_->read(*known);
  }
  if (!source) return source;
  const auto path = maildir_->path_of(*known);
  if (auto* one = message(uid); one != nullptr && one->octets != known->octets) {
    one->octets = known->octets;
    stale_ = true;
    (void)disk_.told(
        {ErrorKind::config, "another program has changed its size", path});
  }
  return std::unique_ptr<SeekableSource>(
      new WholeSource(disk_, *std::move(source), known->octets, path));
}

// Other programs rename a file to give it other flags: what they have changed
// stays, but for what is changed here.
Result<bool> ServedBox::set_flags(std::uint32_t uid, Flags flags) {
  const auto* known = message(uid);
  const auto before = known == nullptr ? flags : known->flags;
  if (stale_) read_messages();
  for (int tries = 0; tries < 2; ++tries) {
    auto* now = message(uid);
    if (now == nullptr) return false;
    const auto merged = (now->flags | (flags & ~before)) & ~(before & ~flags);
    auto done = maildir_->set_flags(uid, letters(merged));
    if (!done) return done;
    if (!*done && !is_here()) return deleted();
    if (*done) {
      now->flags = merged;
      now->modseq = maildir_->find(uid)->modseq;
      ++changes_;
      // They cannot be counted any more.
      if (counted_ && now->modseq == 0) (void)highest_modseq();
      return true;
    }
    if (auto found = maildir_->find_again(); !found) return found;
    read_messages();
  }
  if (message(uid) == nullptr) return false;
  return Error{ErrorKind::local_io, "another program renames it", path_};
}

Result<void> ServedBox::remove(const std::vector<std::uint32_t>& uids) {
  if (uids.empty()) return {};
  if (!is_here()) return deleted();
  const auto removed = maildir_->remove(uids);
  read_messages();
  return removed ? Result<void>() : removed.error();
}

std::shared_ptr<DiskTicket> ServedBox::ticket() {
  disk_.mark(*this);
  return changed_.emplace_back(std::make_shared<DiskTicket>());
}

std::unique_ptr<serve::Pending> ServedBox::sync() {
  return std::make_unique<TicketPending>(ticket());
}

std::shared_ptr<DiskTicket> ServedBox::add(Source& message,
                                           std::optional<std::int64_t> date,
                                           Flags flags) {
  auto one = std::make_shared<DiskTicket>();
  if (is_removed()) {
    one->outcome = Result<void>(deleted());
    return one;
  }
  if (auto added = maildir_->add(message, date, letters(flags)); !added) {
    one->outcome = is_here() ? std::move(added) : deleted();
    return one;
  }
  disk_.mark(*this);
  return added_.emplace_back(std::move(one));
}

Result<std::unique_ptr<serve::Appending>> ServedBox::append(
    Flags flags, std::optional<std::int64_t> date) {
  return std::unique_ptr<serve::Appending>(
      new BoxAppending(*this, disk_.temporary_folder(), flags, date));
}

void ServedBox::settle() {
  if (!added_.empty() || !changed_.empty()) (void)is_here();
  const auto added = std::exchange(added_, {});
  if (!added.empty()) {
    const auto uids = maildir_->commit();
    std::vector<std::uint32_t> unwanted;
    std::size_t count = 0;
    for (std::size_t i = 0; i < added.size(); ++i) {
      const bool kept = uids && (*uids)[i] != 0;
      added[i]->uid = kept ? (*uids)[i] : 0;
      if (kept) {
        ++count;
        added[i]->outcome = Result<void>();
        if (added[i]->unwanted) unwanted.push_back(added[i]->uid);
      } else {
        added[i]->outcome = Result<void>(
            uids ? Error{ErrorKind::local_io, "cannot be kept"} : uids.error());
      }
    }
    read_added(count);
    if (!unwanted.empty()) (void)remove(unwanted);
    if (!unwanted.empty()) (void)ticket();
  }
  const auto changed = std::exchange(changed_, {});
  if (!changed.empty()) {
    const auto synced = maildir_->sync();
    for (const auto& one : changed) one->outcome = synced;
  }
  disk_.dispose(maildir_->take_removed());
}

}  // namespace mailtool::app
