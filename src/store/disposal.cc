#include "mailtool/store/disposal.h"

#include <dirent.h>
#include <signal.h>

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
  changed_.wait(lock, [this] { return folders_.empty() && !busy_; });
}

bool Disposal::is_ending() {
  const std::lock_guard lock(mutex_);
  return ending_;
}

void Disposal::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !folders_.empty(); });
    if (ending_) return;
    const auto path = *folders_.begin();
    folders_.erase(folders_.begin());
    busy_ = true;
    lock.unlock();
    empty(path);
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

}  // namespace mailtool::store
