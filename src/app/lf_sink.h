/// \file
/// LfSink: CRLF line ends to LF, as files and pipes here have them.
#pragma once

#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// CR that no LF follows is kept. `to` outlives it.
class LfSink : public Sink {
 public:
  explicit LfSink(Sink& to) : to_(to) {}
  Result<void> write(std::string_view octets) override;
  /// Hands on a CR still held back. Call once, at the end.
  Result<void> finish();

 private:
  Sink& to_;
  std::string lines_;  // of the call, with their CR gone
  bool held_cr_ = false;
};

}  // namespace mailtool::app
