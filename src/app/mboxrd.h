/// \file
/// Mboxrd: messages one after the other in one stream, told apart by "From "
/// lines, none of their octets lost: a line that looks like one gets a ">".
#pragma once

#include <ctime>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Writes one message after the other to `out`, which outlives it. Content
/// has LF line ends.
class MboxrdWriter : public Sink {
 public:
  explicit MboxrdWriter(Sink& out) : out_(out) {}
  /// The "From " line; `when` is shown in UTC.
  Result<void> begin(std::time_t when);
  Result<void> write(std::string_view octets) override;
  /// Ends the last line and adds the empty one between messages.
  Result<void> end();

 private:
  Sink& out_;
  bool quotes_ = true;       // at a line start, or in the ">" that follow it
  std::size_t matched_ = 0;  // octets of "From " seen there and held back
  bool line_open_ = false;
};

}  // namespace mailtool::app
