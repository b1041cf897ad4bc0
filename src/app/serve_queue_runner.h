/// \file
/// ServeQueueRunner: `mailtool queue run --watch`, beside a server.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// Another process, so that mail goes out while clients are served. It ends
/// with this, also where we are killed.
class ServeQueueRunner {
 public:
  /// Started again after this long where it has ended.
  static constexpr std::chrono::seconds kPause{10};

  /// For the queue below `state_folder`, as XDG_STATE_HOME. Fails with system.
  static Result<ServeQueueRunner> start(const std::string& state_folder);
  ServeQueueRunner(ServeQueueRunner&& other) noexcept
      : state_folder_(std::move(other.state_folder_)),
        child_(std::exchange(other.child_, -1)) {}
  ServeQueueRunner& operator=(ServeQueueRunner&&) = delete;
  /// By SIGTERM; a message on its way is given a while to end.
  ~ServeQueueRunner();

  /// Sees to it that it runs.
  void upkeep();

 private:
  using Clock = std::chrono::steady_clock;
  explicit ServeQueueRunner(std::string state_folder)
      : state_folder_(std::move(state_folder)) {}
  Result<void> spawn();

  std::string state_folder_;
  pid_t child_ = -1;  // -1: none
  Clock::time_point ended_;
};

}  // namespace mailtool::app
