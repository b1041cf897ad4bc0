/// \file
/// SeekableSource: octets that can be read from anywhere on.
#pragma once

#include <cstdint>

#include "mailtool/base/sink.h"

namespace mailtool {

class SeekableSource : public Source {
 public:
  /// What is read next is the octet at `offset`, from 0; beyond the last one the
  /// source is at its end. Fails as read_some().
  virtual Result<void> seek(std::uint64_t offset) = 0;
};

}  // namespace mailtool
