// mailtool imap watch: a line an event, for as long as it is wanted.

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "app/end_waits.h"
#include "app/imap_verbs.h"
#include "app/imap_watch_lane.h"
#include "app/session_logs.h"
#include "app/side_by_side.h"
#include "app/signals.h"

namespace mailtool::app {
namespace {

// Connections to one server at a time, where each folder needs one.
constexpr std::size_t kMostConnections = 8;

class Watch {
 public:
  Watch(const Invocation& invocation, WatchOptions options, ServerUrl url,
        Output& out)
      : invocation_(invocation),
        options_(std::move(options)),
        url_(std::move(url)),
        report_(invocation, options_, out) {
    if (options_.program.empty()) return;
    program_.emplace(options_.program, invocation.account, invocation.dry_run(),
                     report_);
  }

  Result<ExitStatus> run();

 private:
  Result<void> open_folders(ImapSession& session);
  Result<void> watch(WatchLane& first);
  Result<void> watch_each(WatchLane& first);
  [[nodiscard]] Result<ExitStatus> outcome(const Result<void>& ended) const;

  const Invocation& invocation_;
  WatchOptions options_;
  ServerUrl url_;
  WatchReport report_;
  SessionLogs logs_;
  std::optional<WatchProgram> program_;
  std::vector<std::unique_ptr<WatchedFolder>> folders_;
  bool connected_ = true;  // all lanes were when it ended
};

Result<ExitStatus> Watch::run() {
  auto connector = Connector::make(invocation_, &logs_);
  if (!connector) return std::move(connector).error();
  WatchLane lane({invocation_, options_, url_, logs_, report_},
                 *std::move(connector));
  auto ended = watch(lane);
  connected_ = connected_ && lane.connected();
  auto status = outcome(ended);
  if (!status) return status;
  if (auto wrote = report_.finish(*status); !wrote) return wrote.error();
  return status;
}

Result<void> Watch::watch(WatchLane& first) {
  auto session = first.connect();
  if (!session) return std::move(session).error();
  if (auto opened = open_folders(**session); !opened) {
    return (*session)->at_server(std::move(opened).error());
  }
  auto notifies = (*session)->client().offers("NOTIFY");
  if (!notifies) return (*session)->at_server(std::move(notifies).error());
  first.keep(*std::move(session));
  if (folders_.size() > 1 && !*notifies) return watch_each(first);
  std::vector<WatchedFolder*> all;
  for (const auto& folder : folders_) all.push_back(folder.get());
  return first.watch(std::move(all));
}

Result<void> Watch::open_folders(ImapSession& session) {
  for (const auto& name : options_.folders) {
    auto mailbox = session.folder(name);
    if (!mailbox) return std::move(mailbox).error();
    const bool twice =
        std::any_of(folders_.begin(), folders_.end(), [&](const auto& one) {
          return one->mailbox().wire == mailbox->wire;
        });
    if (twice) continue;
    WatchState state;
    // With --dry-run nothing is written, nor anything promised.
    if (!options_.place.empty() && !invocation_.dry_run()) {
      auto kept =
          WatchState::open(options_.place, options_.account, mailbox->utf8);
      if (!kept) return std::move(kept).error();
      state = *std::move(kept);
    }
    folders_.push_back(std::make_unique<WatchedFolder>(
        *std::move(mailbox), std::move(state), program_ ? &*program_ : nullptr,
        report_));
  }
  return {};
}

// Without NOTIFY: a connection a folder, each in a thread of its own.
Result<void> Watch::watch_each(WatchLane& first) {
  if (folders_.size() > kMostConnections) {
    return Error{ErrorKind::unsupported,
                 "the server offers no NOTIFY: at most " +
                     std::to_string(kMostConnections) +
                     " folders can be watched at a time"};
  }
  std::vector<std::unique_ptr<WatchLane>> others;
  for (std::size_t i = 1; i < folders_.size(); ++i) {
    others.push_back(first.another());
  }
  std::mutex mutex;
  Result<void> failed;
  side_by_side(folders_.size(), kMostConnections, [&](std::size_t i) {
    auto& lane = i == 0 ? first : *others[i - 1];
    auto ended = lane.watch({folders_[i].get()});
    const std::lock_guard one_at_a_time(mutex);
    // Those that end because another one did tell nothing new.
    if (!ended && failed && !report_.done()) failed = std::move(ended);
    end_waits();
  });
  connected_ = std::all_of(others.begin(), others.end(), [](const auto& lane) {
    return lane->connected();
  });
  return failed;
}

Result<ExitStatus> Watch::outcome(const Result<void>& ended) const {
  if (report_.done()) {
    const bool failed =
        std::any_of(folders_.begin(), folders_.end(),
                    [](const auto& one) { return one->anything_failed(); });
    return failed ? ExitStatus::temp_fail : ExitStatus::ok;
  }
  if (ended) return ExitStatus::ok;
  const bool signalled = caught_signal() != 0;
  if (!signalled && time_left() == 0) {
    if (options_.once) {
      report_.note("no event within --deadline");
      return ExitStatus::temp_fail;
    }
    if (connected_) return ExitStatus::ok;
  }
  return ended.error();
}

}  // namespace

Result<ExitStatus> imap_watch(const Invocation& invocation, const Words&,
                              Output& out) {
  auto url = ImapSession::server_of(invocation);
  if (!url) return std::move(url).error();
  auto options = WatchOptions::read(invocation, *url);
  if (!options) return std::move(options).error();
  Watch watch(invocation, *std::move(options), *std::move(url), out);
  return watch.run();
}

}  // namespace mailtool::app
