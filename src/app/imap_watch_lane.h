/// \file
/// WatchLane: one connection after the other, for some of the folders.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "app/imap_session.h"
#include "app/imap_watch_session.h"

namespace mailtool::app {

class SessionLogs;

/// What all lanes of a watch share; all of it outlives them.
struct WatchJob {
  const Invocation& invocation;
  const WatchOptions& options;
  const ServerUrl& url;
  SessionLogs& logs;
  WatchReport& report;
};

/// Used by one thread.
class WatchLane {
 public:
  WatchLane(WatchJob job, std::shared_ptr<Connector> connector)
      : job_(job), connector_(std::move(connector)) {}

  /// Another lane to the same server, with the same credentials.
  [[nodiscard]] std::unique_ptr<WatchLane> another() const {
    return std::make_unique<WatchLane>(job_, connector_);
  }

  /// A session, however long it takes: what is temporary is tried again. Fails
  /// with what is not, with interrupted, and at --deadline.
  Result<std::shared_ptr<ImapSession>> connect();
  /// The session that watch() begins with.
  void keep(std::shared_ptr<ImapSession> session) {
    session_ = std::move(session);
  }
  /// Watches until there is no more to do: success. Fails as connect().
  Result<void> watch(std::vector<WatchedFolder*> folders);

  /// The last session had got as far as to watch.
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  Result<void> watch_once(const std::vector<WatchedFolder*>& folders);
  [[nodiscard]] bool worth_another_try(const Error& error);
  Result<void> wait_after(const Error& error);

  WatchJob job_;
  std::shared_ptr<Connector> connector_;
  std::shared_ptr<ImapSession> session_;
  Backoff backoff_;
  IdleRenewal renewal_;
  std::minstd_rand chance_{std::random_device{}()};
  bool connected_ = false;
  bool met_ = false;   // the server was worked with, ever
  bool lost_ = false;  // and is being tried again
  bool asked_again_ = false;  // for the password, since the last login
};

}  // namespace mailtool::app
