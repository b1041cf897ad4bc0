/// \file
/// CrlfSource: a text with LF line ends, read with CRLF.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mailtool/base/seekable_source.h"

namespace mailtool::store {

/// LF without CR before it becomes CRLF; all else stays.
class CrlfSource : public SeekableSource {
 public:
  explicit CrlfSource(std::unique_ptr<SeekableSource> inner)
      : inner_(std::move(inner)) {}
  Result<std::size_t> read_some(std::span<char> into) override;
  /// Reads what lies between; what lies before, from the beginning.
  Result<void> seek(std::uint64_t offset) override;

 private:
  Result<void> fill();

  std::unique_ptr<SeekableSource> inner_;
  std::string ready_;  // converted
  std::size_t begin_ = 0;  // of what is not yet handed out
  std::uint64_t ready_offset_ = 0;
  bool cr_ = false;
};

/// Of the rest of a file that is open, as a CrlfSource reads it. Fails as the disk
/// does.
Result<std::uint64_t> octets_with_crlf(int file);

}  // namespace mailtool::store
