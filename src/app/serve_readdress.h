/// \file
/// ServeReaddress: what an earlier run has queued goes by the way of this one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/serve_way.h"
#include "mailtool/store/queue_folder.h"

namespace mailtool::app {

/// Looks through a queue once, in a thread of its own, and writes the messages
/// that go another way; where another process is sending one, or the disk is
/// full, again until it is done. Killed at any moment, each message has the old
/// way or the new one, and the next start goes on.
class ServeReaddress {
 public:
  /// Between two looks at what another process holds.
  static constexpr std::chrono::milliseconds kPause{200};

  /// `folder`: as of ServeRelay::open(). Fails with cannot_create, local_io.
  static Result<std::unique_ptr<ServeReaddress>> start(
      const std::string& folder, ServeWay way);
  ServeReaddress(const ServeReaddress&) = delete;
  ServeReaddress& operator=(const ServeReaddress&) = delete;
  /// Leaves off between two messages.
  ~ServeReaddress();

  /// All have been looked at: those that nobody held go the new way. Waits no
  /// longer than that.
  bool is_through(std::chrono::milliseconds wait);

 private:
  using Ids = std::vector<std::string>;
  ServeReaddress(store::QueueFolder folder, ServeWay way)
      : folder_(std::move(folder)), way_(std::move(way)) {}
  void run();
  Ids all() const;
  Ids sweep(const Ids& ids);
  bool settle(const std::string& id);
  bool ends(std::chrono::milliseconds wait);

  store::QueueFolder folder_;
  ServeWay way_;
  bool told_ = false;  // that it failed
  std::mutex mutex_;
  std::condition_variable changed_;
  bool through_ = false;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace mailtool::app
