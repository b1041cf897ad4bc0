/// \file
/// LineSink: the lines of one writer among several, each whole.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Holds what is written back until a line end, then hands whole lines on
/// under `mutex`, which all writers to `out` share.
class LineSink : public Sink {
 public:
  LineSink(Sink& out, std::mutex& mutex) : out_(out), mutex_(mutex) {}

  Result<void> write(std::string_view octets) override {
    line_ += octets;
    const auto end = line_.rfind('\n');
    if (end == line_.npos) return {};
    const std::lock_guard lock(mutex_);
    auto written = out_.write(std::string_view(line_).substr(0, end + 1));
    line_.erase(0, end + 1);
    return written;
  }

 private:
  Sink& out_;
  std::mutex& mutex_;
  std::string line_;
};

}  // namespace mailtool::app
