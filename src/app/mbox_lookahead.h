/// \file
/// MboxLookahead: what stands further on in an input that is read in order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "app/file_source.h"
#include "mailtool/base/result.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

class MboxLookahead {
 public:
  static constexpr std::uint64_t kAnywhere = std::uint64_t{1} << 60;

  virtual ~MboxLookahead() = default;
  /// Longest body that it is asked to look behind.
  [[nodiscard]] virtual std::uint64_t most_ahead() const { return kAnywhere; }
  /// Reads octets from `offset` of the input on, which has not been read yet;
  /// fewer than asked for only where it ends. Fails with local_io,
  /// cannot_create or interrupted.
  virtual Result<std::size_t> read_at(std::uint64_t offset,
                                      std::span<char> into) = 0;
};

/// Of a file on disk.
class FileLookahead : public MboxLookahead {
 public:
  /// Offsets count from `start`.
  FileLookahead(int descriptor, std::uint64_t start)
      : descriptor_(descriptor), start_(start) {}
  Result<std::size_t> read_at(std::uint64_t offset,
                              std::span<char> into) override;

 private:
  int descriptor_;
  std::uint64_t start_;
};

/// Of a pipe: what is asked for ahead of time is spooled, and given from there
/// when its turn comes.
class PipeLookahead : public MboxLookahead, public Source {
 public:
  static constexpr std::uint64_t kMaxAhead = 64 * 1024 * 1024;

  /// `source` outlives it; `folder` is for the spool.
  PipeLookahead(Source& source, std::string folder)
      : source_(source), spool_(std::move(folder)) {}

  Result<std::size_t> read_some(std::span<char> into) override;
  [[nodiscard]] std::uint64_t most_ahead() const override { return kMaxAhead; }
  Result<std::size_t> read_at(std::uint64_t offset,
                              std::span<char> into) override;

 private:
  Source& source_;
  store::Spool spool_;
  std::uint64_t position_ = 0;  // of the next octet that read_some() gives
  std::uint64_t spool_begin_ = 0;
  bool ended_ = false;
};

}  // namespace mailtool::app
