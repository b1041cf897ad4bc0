/// \file
/// Spool: a message that must be read more than once, in bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::store {

/// Keeps what is written to it: up to kInMemory octets in memory, beyond that
/// in a file without a name in the folder for temporary files, which is gone
/// with the process whatever ends it. Not durable, on purpose.
class Spool : public Sink {
 public:
  static constexpr std::size_t kInMemory = 1024 * 1024;

  /// `folder` is where the file goes: $TMPDIR, as app found it.
  explicit Spool(std::string folder) : folder_(std::move(folder)) {}
  ~Spool() override;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// Fails with cannot_create (no file to be had) or local_io (disk full).
  Result<void> write(std::string_view octets) override;

  /// Empties it for the next message. Fails with local_io.
  Result<void> clear();

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// All octets from the first on. Several may be read side by side; the Spool
  /// outlives them and is not written to meanwhile. Fails with local_io.
  [[nodiscard]] std::unique_ptr<Source> source() const;

  /// All octets as a file of their own, opened for reading at the first one: a
  /// descriptor that is the caller's. Fails with cannot_create or local_io.
  Result<int> open_file();

  /// Writes octets [offset, offset + length) to `to`. Fails with local_io, also
  /// where there are not that many, or as `to` does.
  Result<void> copy(std::uint64_t offset, std::uint64_t length, Sink& to) const;

 private:
  Result<void> to_file();

  std::string folder_;
  std::string memory_;  // all of it, or what is not yet in the file
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace mailtool::store
