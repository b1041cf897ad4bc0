/// \file
/// FromUnquoting: the lines of an mboxrd as they were before they came there.
#pragma once

#include <string>

#include "mailtool/mime/filter.h"

namespace mailtool::app {

/// Takes one ">" off each line that begins with ">" once or more and "From ".
/// Holds back at most the beginning of a line.
class FromUnquoting : public mime::Filter {
 public:
  FromUnquoting() = default;
  explicit FromUnquoting(Sink& out) : out_(&out) {}
  /// Begins another text.
  void begin(Sink& out);
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  enum class State : std::uint8_t { line_start, quotes, from, inside };
  Result<void> take_head(std::string_view& octets);

  Sink* out_ = nullptr;
  std::string held_;  // ">>>Fro": bounded by what may be held
  State state_ = State::line_start;
  std::size_t matched_ = 0;  // of "From "
};

}  // namespace mailtool::app
