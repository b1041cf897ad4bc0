/// \file
/// WatchSession: one connection that hears of the changes of folders.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/imap_session.h"
#include "app/imap_watch_folder.h"
#include "app/imap_watch_pace.h"

namespace mailtool::app {

class WatchSession {
 public:
  /// All outlive it. `connector` is that of `session`. Several `folders` need a
  /// server with NOTIFY.
  WatchSession(ImapSession& session, Connector& connector,
               std::vector<WatchedFolder*> folders, const WatchOptions& options,
               WatchReport& report, IdleRenewal& renewal)
      : client_(session.client()),
        connector_(connector),
        folders_(std::move(folders)),
        options_(options),
        report_(report),
        renewal_(renewal) {}
  ~WatchSession() { client_.listen(nullptr); }
  WatchSession(const WatchSession&) = delete;
  WatchSession& operator=(const WatchSession&) = delete;

  /// Catches up, then watches until report.done() or an Error. Errors are as of
  /// ImapClient and WatchedFolder; interrupted is one, too.
  Result<void> run();
  /// True once all folders were looked into: the server can be worked with.
  [[nodiscard]] bool settled() const { return settled_; }

 private:
  using Clock = std::chrono::steady_clock;

  Result<void> ask_for_notices();
  void hear(const imap::Response& data);
  Result<void> enter(WatchedFolder& folder);
  Result<void> enter_all();
  Result<void> settle();
  Result<void> enter_changed();
  Result<void> check_those_left();
  Result<void> retry();
  Result<void> idle();
  Result<void> idle_on(Clock::time_point until);
  Result<void> poll();
  [[nodiscard]] Clock::time_point next_look(Clock::time_point until) const;
  [[nodiscard]] bool something_to_do() const;

  client::ImapClient& client_;
  Connector& connector_;
  std::vector<WatchedFolder*> folders_;
  const WatchOptions& options_;
  WatchReport& report_;
  IdleRenewal& renewal_;
  SuspendClock suspended_;
  WatchedFolder* current_ = nullptr;
  std::vector<bool> changed_;  // of folders_: STATUS said so
  /// MESSAGES, UIDNEXT and UIDVALIDITY that STATUS gave last.
  using Counts = std::array<std::optional<std::uint64_t>, 3>;
  std::vector<Counts> counts_;
  bool settled_ = false;
  bool idles_ = true;
  Clock::time_point poll_at_{};  // at once
  /// When to ask once more about the folders that are not open.
  std::optional<Clock::time_point> recheck_at_;
  Clock::time_point heard_at_ = Clock::now();
};

}  // namespace mailtool::app
