/// \file
/// ServeQueueRunner: `mailtool queue run --watch`, beside a server.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>

#include "app/serve_way.h"
#include "mailtool/base/result.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

/// Another process, so that mail goes out while clients are served. It ends
/// with this, also where we are killed. All that a server has queued, this one or
/// one before, goes by the way of this one from the first message on.
class ServeQueueRunner {
 public:
  /// Started again after this long where it has ended, or could not start.
  static constexpr std::chrono::seconds kPause{10};

  /// For the queue below `state_folder`, as XDG_STATE_HOME. Where the disk is
  /// full nothing is sent until it has room for `way`. Fails with system,
  /// cannot_create, local_io.
  static Result<ServeQueueRunner> start(const std::string& state_folder,
                                        const ServeWay& way);
  ServeQueueRunner(ServeQueueRunner&& other) noexcept
      : state_folder_(std::move(other.state_folder_)),
        folder_(std::move(other.folder_)),
        way_(std::move(other.way_)),
        told_(other.told_),
        child_(std::exchange(other.child_, -1)),
        ended_(other.ended_) {}
  ServeQueueRunner& operator=(ServeQueueRunner&&) = delete;
  /// By SIGTERM; a message on its way is given a while to end.
  ~ServeQueueRunner();

  /// Sees to it that it runs.
  void upkeep();

 private:
  using Clock = std::chrono::steady_clock;
  ServeQueueRunner(std::string state_folder, store::QueueFolder folder,
                   ServedWay way)
      : state_folder_(std::move(state_folder)),
        folder_(std::move(folder)),
        way_(std::move(way)) {}
  Result<void> start_child();
  Result<void> spawn();

  std::string state_folder_;
  store::QueueFolder folder_;
  ServedWay way_;
  bool told_ = false;  // that it cannot be written
  pid_t child_ = -1;  // -1: none
  Clock::time_point ended_ = Clock::now() - kPause;
};

}  // namespace mailtool::app
