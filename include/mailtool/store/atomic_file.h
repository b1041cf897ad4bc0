/// \file
/// AtomicFile: a file that is there as a whole or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::store {

/// Writes beside `path` and renames over it once all is on the disk. Without
/// commit() nothing changes and nothing is left behind.
class AtomicFile : public Sink {
 public:
  /// Mode 0600. Fails with cannot_create or local_io.
  static Result<AtomicFile> create(std::string path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile() override;

  /// Makes room for `octets`: what is written within it does not fail for want
  /// of disk. Where the file system cannot do that, nothing happens. Before
  /// the first write(). Fails with local_io.
  Result<void> reserve(std::uint64_t octets);
  /// Fails with local_io.
  Result<void> write(std::string_view octets) override;
  /// Syncs, renames, syncs the folder. Fails with local_io.
  Result<void> commit();

 private:
  AtomicFile(std::string path, std::string temporary, int descriptor)
      : path_(std::move(path)),
        temporary_(std::move(temporary)),
        descriptor_(descriptor) {}
  Result<void> drain();

  std::string path_;
  std::string temporary_;  // empty once it is no more
  std::string buffer_;
  std::uint64_t octets_ = 0;  // written
  bool reserved_ = false;
  int descriptor_;
};

}  // namespace mailtool::store
