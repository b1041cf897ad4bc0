/// \file
/// MxSessionPool: sessions that wait for the next message.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/send_session.h"

namespace mailtool::app {

/// Safe to use from many threads.
class MxSessionPool {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::size_t kMostKept = 20;
  static constexpr std::chrono::seconds kProbeAfter{10};  ///< RSET first
  static constexpr std::chrono::seconds kLongestIdle{60};
  static constexpr std::chrono::minutes kLongestLife{30};

  struct Kept {
    std::string key;  ///< see session_key()
    std::unique_ptr<SendSession> session;
    Clock::time_point begun;
    Clock::time_point rested = {};
  };

  /// A session of `key` that still answers, if there is one.
  std::optional<Kept> take(const std::string& key);

  /// Keeps it, or says QUIT: when it is not usable, or has lived too long. The
  /// one that has rested longest makes room.
  void put(Kept kept);

  /// Says QUIT to all.
  void finish();

 private:
  std::optional<Kept> pick(const std::string& key);
  std::mutex mutex_;
  std::vector<Kept> kept_;  // in the order of their rest
};

}  // namespace mailtool::app
