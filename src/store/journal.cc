#include "mailtool/store/journal.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "mailtool/store/atomic_file.h"
#include "store/journal_line.h"
#include "store/journal_loader.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::uint64_t kWorthCompacting = 1000;  // lines that cancel out

}  // namespace

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::unique_ptr<Journal>> Journal::open(const std::string& path,
                                               std::string_view owner,
                                               std::string_view destination) {
  std::unique_ptr<Journal> journal(
      new Journal(path, journal_title(owner) + journal_word(destination)));
  if (auto opened = journal->open_file(); !opened) {
    return std::move(opened).error();
  }
  const auto titled = journal->load();
  if (!titled) return titled.error();
  if (auto repaired = journal->repair(*titled); !repaired) {
    return std::move(repaired).error();
  }
  if (auto compacted = journal->compact(); !compacted) {
    return std::move(compacted).error();
  }
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::read(const std::string& path,
                                               std::string_view owner,
                                               std::string_view destination) {
  std::unique_ptr<Journal> journal(new Journal(
      path, journal_title(owner) +
                (destination.empty() ? "" : journal_word(destination))));
  auto file = open_regular("read", path, O_RDONLY);
  if (!file) return std::move(file).error();
  if (!file->valid()) return journal;
  journal->descriptor_ = file->release();
  if (auto loaded = journal->load(); !loaded) return loaded.error();
  return journal;
}

Result<void> Journal::open_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  auto file = open_regular("create", path_, O_RDWR | O_CREAT | O_APPEND,
                           ErrorKind::cannot_create);
  if (!file) return std::move(file).error();
  descriptor_ = file->release();
  return {};
}

// True when there is a first line, and it is ours.
Result<bool> Journal::load() {
  lines_ = 0;
  damaged_ = 0;
  const auto counted =
      for_each_journal_line(descriptor_, path_, [this](std::string_view) {
        ++lines_;
        return Result<void>{};
      });
  if (!counted) return counted.error();

  JournalLoader loader;
  loader.reserve(lines_);
  bool titled = false;
  const bool any_destination = title_.ends_with(' ');
  const auto whole =
      for_each_journal_line(descriptor_, path_, [&](std::string_view line) {
        if (!titled) {
          titled = true;
          if (line == title_ || (any_destination && line.starts_with(title_))) {
            return Result<void>{};
          }
          return Result<void>(Error{
              ErrorKind::config, path_ + " is not the journal of this account"
                                         " and destination"});
        }
        const auto parsed = parse_journal_line(line);
        if (parsed) loader.take(*parsed);
        if (!parsed && !line.empty()) ++damaged_;
        return Result<void>{};
      });
  if (!whole) return whole.error();
  whole_ = *whole;
  records_ = loader.records();
  live_lines_ = 0;
  for (const auto& record : records()) {
    live_lines_ += JournalLoader::lines_of(record);
  }
  return titled;
}

// Cuts off what a crash tore, and begins a new file.
Result<void> Journal::repair(bool titled) {
  if (sys_truncate(descriptor_, whole_) != 0) {
    return system_error("write", path_, errno);
  }
  if (titled) return {};
  if (!sys_write_all(descriptor_, title_ + "\n")) {
    return system_error("write", path_, errno);
  }
  const auto slash = path_.rfind('/');
  return sync_directory(slash == path_.npos ? "." : path_.substr(0, slash + 1));
}

Result<void> Journal::compact() {
  if (damaged_ == 0 && lines_ < 2 * live_lines_ + kWorthCompacting) return {};
  auto file = AtomicFile::create(path_);
  if (!file) return std::move(file).error();
  if (auto titled = file->write(title_ + "\n"); !titled) return titled;
  std::string lines;
  auto copied = for_each([&](std::string_view uid, const Record& record) {
    lines.clear();
    JournalLoader::append_lines(uid, record, lines);
    return file->write(lines);
  });
  if (!copied) return copied;
  if (auto done = file->commit(); !done) return done;
  lines_ = live_lines_;
  return open_file();
}

Result<void> Journal::reload() {
  if (auto appended = append(); !appended) return appended;
  if (descriptor_ < 0) return {};
  records_ = JournalRecords();
  if (auto loaded = load(); !loaded) return loaded.error();
  return {};
}

std::span<const Journal::Record> Journal::find(std::string_view uid) const {
  return records_.find(journal_key(uid));
}

const Journal::Record* Journal::find(const Message& message) const {
  const auto all = find(message.uid);
  const auto at =
      std::lower_bound(all.begin(), all.end(), message.size,
                       [](const Record& record, std::uint64_t size) {
                         return record.size() < size;
                       });
  return at != all.end() && at->size() == message.size ? &*at : nullptr;
}

Result<void> Journal::for_each(
    const std::function<Result<void>(std::string_view, const Record&)>& take)
    const {
  if (fresh()) return {};
  std::vector<bool> told(records().size());
  auto read = for_each_journal_line(
      descriptor_, path_, [&](std::string_view line) -> Result<void> {
        const auto parsed = parse_journal_line(line);
        if (!parsed) return {};
        const auto* record = find(Message{parsed->uid, parsed->size});
        if (record == nullptr) return {};
        const auto index = static_cast<std::size_t>(record - records().data());
        if (told[index]) return {};
        told[index] = true;
        return take(parsed->uid, *record);
      });
  if (!read) return read.error();
  return {};
}

unsigned Journal::fetched(const Message& message) const {
  const auto* record = find(message);
  return record != nullptr ? record->fetched() : 0;
}

unsigned Journal::adopted(const Message& message) const {
  const auto* record = find(message);
  return record != nullptr ? record->adopted() : 0;
}

unsigned Journal::failures(const Message& message) const {
  const auto* record = find(message);
  return record != nullptr ? record->failures() : 0;
}

bool Journal::skip_was_said(const Message& message) const {
  const auto* record = find(message);
  return record != nullptr && record->skip_was_said();
}

void Journal::add_fetched(const Message& message, std::uint64_t header_digest,
                          std::int64_t first_sight) {
  add('+', message, header_digest, first_sight);
}

void Journal::add_adopted(const Message& message, std::uint64_t header_digest,
                          std::int64_t first_sight) {
  add('~', message, header_digest, first_sight);
}

void Journal::add(char mark, const Message& message, std::uint64_t digest,
                  std::int64_t time) {
  append_journal_line({mark, message.uid, message.size,
                       time > 0 ? time : ::time(nullptr), digest},
                      added_);
}

Result<void> Journal::append() {
  if (added_.empty()) return {};
  // What follows must not be glued to a line that was torn.
  if (torn_) added_.insert(0, 1, '\n');
  unsynced_ = true;
  torn_ = !sys_write_all(descriptor_, added_);
  added_.clear();
  if (torn_) return system_error("write", path_, errno);
  return {};
}

Result<void> Journal::commit() {
  if (auto appended = append(); !appended) return appended;
  if (!unsynced_) return {};
  if (sys_fdatasync(descriptor_) != 0) {
    return system_error("sync", path_, errno);
  }
  unsynced_ = false;
  return {};
}

}  // namespace mailtool::store
