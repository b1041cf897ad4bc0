#include "store/batch_sync.h"

#include <linux/magic.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "mailtool/base/ascii.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kThreads = 8;
constexpr unsigned kMeasureAgain = 32;  // batches
constexpr long kXfs = 0x58465342;

// Until Linux 5.8 syncfs did not tell of pages that could not be written.
bool kernel_reports() {
  utsname system{};
  if (::uname(&system) != 0) return false;
  const auto words = split(system.release, '.');
  if (words.size() < 2) return false;
  const auto major = parse_number(words[0]);
  const auto digits = words[1].find_first_not_of("0123456789");
  const auto minor = parse_number(words[1].substr(0, digits));
  if (!major || !minor) return false;
  return *major > 5 || (*major == 5 && *minor >= 8);
}

// Network and stacked file systems keep errors, or data, to themselves.
bool is_plain_local(int directory) {
  struct statfs found {};
  if (::fstatfs(directory, &found) != 0) return false;
  switch (found.f_type) {
    case EXT4_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case kXfs: return true;
    default: return false;
  }
}

// Several fsync at a time share the writes of the file system's journal.
std::vector<int> sync_each(std::span<const int> descriptors) {
  std::vector<int> errors(descriptors.size(), 0);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (auto i = next++; i < descriptors.size(); i = next++) {
      if (sys_fsync(descriptors[i]) != 0) errors[i] = errno;
    }
  };
  std::vector<std::thread> threads;
  try {
    const auto wanted = std::min(kThreads, descriptors.size() / 2);
    while (threads.size() + 1 < wanted) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // No thread to be had: those there are do the work.
  }
  work();
  for (auto& thread : threads) thread.join();
  return errors;
}

}  // namespace

BatchSync::BatchSync(int directory)
    : directory_(directory),
      syncfs_reports_(kernel_reports() && is_plain_local(directory)) {}

void BatchSync::measured(SyncWay way, double seconds_each) {
  auto& known = seconds_each_[static_cast<std::size_t>(way)];
  known = known == kUnknown ? seconds_each : (known + seconds_each) / 2;
}

void BatchSync::choose() {
  if (!syncfs_reports_) return;
  const double each = seconds_each_[0];
  const double whole = seconds_each_[1];
  if (each == kUnknown || whole == kUnknown) {
    next_ = whole == kUnknown ? SyncWay::file_system : SyncWay::each_file;
    return;
  }
  // The disk, and what others write to it, change while we run.
  const bool again = ++batches_ % kMeasureAgain == 0;
  next_ = (whole < each) != again ? SyncWay::file_system : SyncWay::each_file;
}

std::vector<int> BatchSync::sync(std::span<const int> descriptors) {
  const bool small = descriptors.size() < kWorthMeasuring;
  const bool closed = std::find(descriptors.begin(), descriptors.end(), -1) !=
                      descriptors.end();
  auto way = small ? SyncWay::each_file : next_;
  if (closed) way = SyncWay::file_system;

  const auto start = Clock::now();
  std::vector<int> errors;
  if (way == SyncWay::each_file) {
    errors = sync_each(descriptors);
  } else {
    const int error = sys_syncfs(directory_) == 0 ? 0 : errno;
    errors.assign(descriptors.size(), error);
  }
  if (small) return errors;
  const std::chrono::duration<double> took = Clock::now() - start;
  measured(way, took.count() / static_cast<double>(descriptors.size()));
  // A batch that could not go the way that was to be tried tells nothing of it.
  if (way == next_) choose();
  return errors;
}

}  // namespace mailtool::store
