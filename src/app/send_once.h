/// \file
/// OnceRecord: who was sent the message of a --once KEY, and when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/store/lock_file.h"

namespace mailtool::app {

/// A file a key, which says when each recipient was sent it:
///
///     mailtool-once 1
///     1795262400 bob@hamburger.edu
///
/// What lies further back than kLifetime does not count. Two runs with one key
/// wait for each other. A damaged line counts for nothing.
class OnceRecord {
 public:
  static constexpr std::int64_t kLifetime = 24 * 3600;  // seconds

  /// `folder` is created where it is absent. `now` is seconds since 1970.
  /// Waits for another run with the key up to `wait`, then fails with busy;
  /// with interrupted once `stop_fd` is readable; with cannot_create or
  /// local_io.
  static Result<OnceRecord> open(const std::string& folder,
                                 std::string_view key, std::int64_t now,
                                 std::chrono::milliseconds wait, int stop_fd);

  [[nodiscard]] bool has(std::string_view recipient) const;
  /// Durable when it returns. Fails with local_io.
  Result<void> add(const std::vector<std::string>& recipients);

 private:
  struct Entry {
    std::int64_t time;
    std::string recipient;
  };
  OnceRecord(store::LockFile lock, std::string path, std::int64_t now)
      : lock_(std::move(lock)), path_(std::move(path)), now_(now) {}
  Result<void> load();

  store::LockFile lock_;
  std::string path_;
  std::int64_t now_;
  std::vector<Entry> entries_;
};

}  // namespace mailtool::app
