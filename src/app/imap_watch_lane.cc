#include "app/imap_watch_lane.h"

#include <utility>

#include "app/session_logs.h"
#include "app/signals.h"
#include "mailtool/net/run_limits.h"

namespace mailtool::app {
namespace {

// A session that held so long was a good one.
constexpr std::chrono::seconds kHeld{30};

bool is_over(const Error& error) {
  return error.kind == ErrorKind::interrupted || caught_signal() != 0 ||
         time_left() == 0;
}

}  // namespace

Result<std::shared_ptr<ImapSession>> WatchLane::connect() {
  while (true) {
    auto session = ImapSession::connect(connector_, job_.url,
                                        job_.invocation.quiet());
    if (session) {
      asked_again_ = false;
      return session;
    }
    if (auto waited = wait_after(session.error()); !waited) {
      return waited.error();
    }
  }
}

Result<void> WatchLane::watch(std::vector<WatchedFolder*> folders) {
  while (true) {
    if (!session_) {
      auto session = connect();
      if (!session) return std::move(session).error();
      session_ = *std::move(session);
    }
    const auto begun = std::chrono::steady_clock::now();
    auto ended = watch_once(folders);
    session_.reset();
    if (ended) return {};
    if (std::chrono::steady_clock::now() - begun > kHeld) backoff_.reset();
    if (auto waited = wait_after(ended.error()); !waited) return waited;
  }
}

Result<void> WatchLane::watch_once(const std::vector<WatchedFolder*>& folders) {
  if (std::exchange(lost_, false)) {
    job_.report.note(job_.url.to_string() +
                     (met_ ? ": connected again" : ": connected"));
  }
  WatchSession session(*session_, *connector_, folders, job_.options,
                       job_.report, renewal_);
  auto ended = session.run();
  connected_ = session.settled();
  met_ = met_ || connected_;
  if (ended) return {};
  if (ended.error().kind == ErrorKind::interrupted) {
    session_->client().logout();
  }
  return session_->at_server(std::move(ended).error());
}

// Of what cannot be told from a mistake in the command line, only what has
// worked before is tried again.
bool WatchLane::worth_another_try(const Error& error) {
  switch (error.kind) {
    case ErrorKind::unresolved:
    case ErrorKind::unreachable:
    case ErrorKind::timed_out:
    case ErrorKind::disconnected:
    case ErrorKind::deferred: return true;
    case ErrorKind::no_host:
    case ErrorKind::protocol:
    case ErrorKind::system: return met_;
    case ErrorKind::no_auth: break;
    default: return false;
  }
  // A token that was good may have run out: its source may have another.
  const auto& options = job_.invocation.options;
  const auto source = options.get("token-from")
                          ? options.get("token-from")
                          : options.get("password-from");
  if (!met_ || asked_again_ || !source || *source == "prompt") return false;
  asked_again_ = true;
  auto connector = Connector::make(job_.invocation, &job_.logs);
  if (connector) connector_ = *std::move(connector);
  return connector.has_value();
}

Result<void> WatchLane::wait_after(const Error& error) {
  if (is_over(error) || job_.report.done()) return error;
  if (!worth_another_try(error)) return error;
  const auto wait =
      backoff_.next(static_cast<std::uint32_t>(chance_()),
                    suggested_backoff(error.server_said));
  lost_ = true;
  // To the second, unless it is less.
  const auto shown = wait < std::chrono::seconds(10)
                         ? wait
                         : std::chrono::round<std::chrono::seconds>(wait);
  job_.report.note(error.one_line() + "; trying again in " +
                   net::duration_text(shown));
  if (pause_for(wait)) return {};
  connected_ = false;
  if (caught_signal() != 0 || time_left() != 0) {
    return Error{ErrorKind::interrupted, "interrupted"};
  }
  return error;
}

}  // namespace mailtool::app
