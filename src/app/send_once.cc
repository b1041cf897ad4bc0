#include "app/send_once.h"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/file_source.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/atomic_file.h"
#include "mailtool/store/folder.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kTitle = "mailtool-once 1";
constexpr std::size_t kMaxOctets = 16 * 1024 * 1024;
constexpr std::size_t kDigestOctets = 16;

// A lock file is never removed, so keys share a bounded number of them.
std::string lock_of(const std::string& folder, std::string_view name) {
  return folder + "/lock-" + std::string(name.substr(0, 2));
}

Result<std::string> read_file(const std::string& path) {
  auto source = FileSource::open(path);
  if (!source) return std::move(source).error();
  StringSink text(kMaxOctets);
  std::string buffer(64 * 1024, '\0');
  for (;;) {
    const auto count = source->read_some({buffer.data(), buffer.size()});
    if (!count) return count.error();
    if (*count == 0) return text.take();
    auto kept = text.write(std::string_view(buffer).substr(0, *count));
    if (!kept) return std::move(kept).error().at(path);
  }
}

// Takes away what no run asks for any more. Nothing depends on it.
void remove_expired(const std::string& folder, std::int64_t now) {
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder, failed), end;
       !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    struct stat status {};
    if (name.size() != 2 * kDigestOctets ||
        ::stat(entry->path().c_str(), &status) != 0 ||
        status.st_mtime > now - 2 * OnceRecord::kLifetime) {
      continue;
    }
    const auto lock = store::LockFile::acquire(lock_of(folder, name),
                                               std::chrono::milliseconds(0));
    if (lock) ::unlink(entry->path().c_str());
  }
}

}  // namespace

Result<OnceRecord> OnceRecord::open(const std::string& folder,
                                    std::string_view key, std::int64_t now,
                                    std::chrono::milliseconds wait,
                                    int stop_fd) {
  if (auto made = store::create_folder(folder); !made) {
    return std::move(made).error();
  }
  remove_expired(folder, now);
  const auto name = hex(sha256(key), kDigestOctets);
  auto lock = store::LockFile::acquire(lock_of(folder, name), wait, stop_fd);
  if (!lock) {
    return std::move(lock).error().at("--once").with_hint(
        "another run with this key is under way");
  }
  OnceRecord record(std::move(*lock), folder + "/" + name, now);
  if (auto loaded = record.load(); !loaded) return std::move(loaded).error();
  return record;
}

Result<void> OnceRecord::load() {
  if (::access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return {};
  auto text = read_file(path_);
  if (!text) {
    auto error = std::move(text).error();
    error.kind = ErrorKind::local_io;
    return error;
  }
  for (const auto line : split(*text, '\n')) {
    const auto blank = line.find(' ');
    if (line == kTitle || blank == line.npos) continue;
    const auto time = parse_number(line.substr(0, blank), INT64_MAX);
    if (!time) continue;
    const auto when = static_cast<std::int64_t>(*time);
    // A clock that was set back must not keep mail from being sent for years.
    if (when <= now_ - kLifetime || when > now_ + kLifetime) continue;
    entries_.push_back({when, std::string(line.substr(blank + 1))});
  }
  return {};
}

bool OnceRecord::has(std::string_view recipient) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.recipient == recipient;
  });
}

Result<void> OnceRecord::add(const std::vector<std::string>& recipients) {
  if (recipients.empty()) return {};
  for (const auto& recipient : recipients) {
    entries_.push_back({now_, recipient});
  }
  auto file = store::AtomicFile::create(path_);
  if (!file) return std::move(file).error();
  std::string text(kTitle);
  text += '\n';
  for (const auto& entry : entries_) {
    text += std::to_string(entry.time) + ' ' + entry.recipient + '\n';
  }
  if (auto written = file->write(text); !written) return written;
  return file->commit();
}

}  // namespace mailtool::app
