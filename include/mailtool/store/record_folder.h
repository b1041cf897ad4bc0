/// \file
/// RecordFolder: the last few records of what was done, a file each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::store {

/// A record that is being written. Others see that it is, by a lock that the
/// kernel drops with the process.
class OpenRecord {
 public:
  OpenRecord(OpenRecord&& other) noexcept;
  OpenRecord& operator=(OpenRecord&&) = delete;
  ~OpenRecord();

  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// Appends whole lines, durably. Fails with local_io; what was appended
  /// before stays, and half a line may follow it.
  Result<void> append(std::string_view lines);
  /// Removes the record: there is nothing to remember. Its number is not given
  /// again.
  void discard();

 private:
  friend class RecordFolder;
  OpenRecord(std::string folder, std::uint64_t number, int descriptor)
      : folder_(std::move(folder)), number_(number), descriptor_(descriptor) {}
  std::string folder_;
  std::uint64_t number_;
  int descriptor_;
};

/// Files named by ascending numbers, of mode 0600, in a folder of their own.
/// Any number of processes may use it at a time.
class RecordFolder {
 public:
  /// Longest record that is read, in octets.
  static constexpr std::size_t kMaxOctets = 64 * 1024 * 1024;

  /// Nothing is looked at before it is asked for.
  explicit RecordFolder(std::string path) : path_(std::move(path)) {}

  /// A new record, durable with `lines` in it, its number above all that
  /// ever were; creates the folder. Of the others the newest `keep` - 1 stay. Fails with
  /// cannot_create or local_io; then there is no new record.
  Result<OpenRecord> begin(std::string_view lines, std::size_t keep);
  /// The numbers, newest first. A folder that is not there is empty. Fails with
  /// local_io.
  Result<std::vector<std::uint64_t>> numbers() const;
  /// What is in a record, as far as it has come. Fails with no_input when there
  /// is none (any more), local_io, or config when it is too long.
  Result<std::string> read(std::uint64_t number) const;
  /// Opens a record to go on with it. Fails with busy while it is being
  /// written or used, and as read().
  Result<OpenRecord> lock(std::uint64_t number) const;

 private:
  std::string path_;
};

}  // namespace mailtool::store
