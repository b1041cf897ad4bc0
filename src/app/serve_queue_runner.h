/// \file
/// ServeQueueRunner: `mailtool queue run --watch`, beside a server.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "app/serve_readdress.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// Another process, so that mail goes out while clients are served. It ends
/// with this, also where we are killed.
class ServeQueueRunner {
 public:
  /// Started again after this long where it has ended.
  static constexpr std::chrono::seconds kPause{10};

  /// A start does not wait longer for what earlier runs have queued to go
  /// `way`; nothing is sent before that.
  static constexpr std::chrono::seconds kToReaddress{1};

  /// For the queue below `state_folder`, as XDG_STATE_HOME. Fails with system,
  /// cannot_create, local_io.
  static Result<ServeQueueRunner> start(const std::string& state_folder,
                                        ServeWay way);
  ServeQueueRunner(ServeQueueRunner&& other) noexcept
      : state_folder_(std::move(other.state_folder_)),
        readdress_(std::move(other.readdress_)),
        child_(std::exchange(other.child_, -1)),
        ended_(other.ended_) {}
  ServeQueueRunner& operator=(ServeQueueRunner&&) = delete;
  /// By SIGTERM; a message on its way is given a while to end.
  ~ServeQueueRunner();

  /// Sees to it that it runs.
  void upkeep();

 private:
  using Clock = std::chrono::steady_clock;
  ServeQueueRunner(std::string state_folder,
                   std::unique_ptr<ServeReaddress> readdress)
      : state_folder_(std::move(state_folder)),
        readdress_(std::move(readdress)) {}
  Result<void> spawn();

  std::string state_folder_;
  std::unique_ptr<ServeReaddress> readdress_;
  pid_t child_ = -1;  // -1: none
  Clock::time_point ended_ = Clock::now() - kPause;
};

}  // namespace mailtool::app
