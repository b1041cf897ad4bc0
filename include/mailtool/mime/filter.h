/// \file
/// Filter: a Sink that changes what passes through it and has an end.
#pragma once

#include "mailtool/base/sink.h"

namespace mailtool::mime {

/// Writes to another Sink what it makes of the octets written to it. Any
/// division of the input into writes gives the same output.
class Filter : public Sink {
 public:
  /// Hands on what is still held back. Call once, after the last write; it
  /// does not finish the Sink behind.
  virtual Result<void> finish() = 0;
};

}  // namespace mailtool::mime
