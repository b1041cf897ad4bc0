#include "mailtool/store/disposal.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "store/system.h"

namespace mailtool::store {

Disposal::~Disposal() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Disposal::add(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    folders_.insert(path);
  }
  begin();
}

void Disposal::add_folder(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    whole_.insert(path);
  }
  begin();
}

void Disposal::begin() {
  changed_.notify_all();
  if (thread_.joinable()) return;
  // Signals are for the thread that waits for them.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Disposal::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(
      lock, [this] { return folders_.empty() && whole_.empty() && !busy_; });
}

bool Disposal::is_ending() {
  const std::lock_guard lock(mutex_);
  return ending_;
}

void Disposal::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] {
      return ending_ || !folders_.empty() || !whole_.empty();
    });
    if (ending_) return;
    const bool whole = folders_.empty();
    auto& queue = whole ? whole_ : folders_;
    const auto path = std::move(queue.extract(queue.begin()).value());
    busy_ = true;
    lock.unlock();
    whole ? remove_folder(path) : empty(path);
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

// What cannot be unlinked is tried again the next time.
void Disposal::empty(const std::string& path) {
  DIR* entries = ::opendir(path.c_str());
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) {
    if (is_ending()) break;
    if (std::string_view(entry->d_name).starts_with(kPrefix)) {
      (void)sys_unlink(::dirfd(entries), entry->d_name);
    }
  }
  ::closedir(entries);
}

// Of many files one at a time, so that it can end in the midst.
void Disposal::remove_folder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (fs::recursive_directory_iterator at(path, error), end;
       !error && at != end; at.increment(error)) {
    if (is_ending()) return;
    std::error_code failed;
    const bool folder = fs::is_directory(at->symlink_status(failed));
    if (!folder) (void)sys_unlink(AT_FDCWD, at->path().c_str());
  }
  fs::remove_all(path, error);
}

}  // namespace mailtool::store
