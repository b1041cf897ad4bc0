/// \file
/// How far the downloads of imap have come, on the terminal.
#pragma once

#include <string_view>

#include "app/fetch_progress.h"
#include "app/invocation.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Where a FetchProgress goes: stderr, or -1 where the options or data on the
/// same terminal forbid it.
[[nodiscard]] int imap_progress_descriptor(const Invocation& invocation);

/// Hands on what it is given, and counts it. Both outlive it.
class ProgressSink : public Sink {
 public:
  ProgressSink(Sink& to, FetchProgress& progress)
      : to_(to), progress_(progress) {}
  Result<void> write(std::string_view octets) override {
    progress_.received(octets.size());
    return to_.write(octets);
  }

 private:
  Sink& to_;
  FetchProgress& progress_;
};

}  // namespace mailtool::app
