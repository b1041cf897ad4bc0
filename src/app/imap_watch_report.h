/// \file
/// WatchReport: where the events of a watch go.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/imap_watch_options.h"
#include "app/output.h"
#include "mailtool/imap/response.h"

namespace mailtool::app {

struct WatchEvent {
  WatchEventKind kind = WatchEventKind::fresh;
  std::optional<std::uint32_t> uid;  ///< nullopt: not known
  std::vector<std::string> flags;
  /// Of a new message; nullopt where the server gave none.
  std::optional<imap::Envelope> envelope;
};

/// The folder an event is of.
struct WatchedName {
  std::string folder;  ///< UTF-8, as typed_name() has it
  std::uint32_t uidvalidity = 0;
};

/// Writes an event a line to stdout, at once. May be used by many threads.
class WatchReport {
 public:
  /// All three outlive it.
  WatchReport(const Invocation& invocation, const WatchOptions& options,
              Output& out)
      : invocation_(invocation), options_(options), out_(out) {}

  /// Writes the line if such events are asked for. After the first one, where
  /// --once is given, nothing more is written and done() is true. Fails with
  /// local_io.
  Result<void> tell(const WatchedName& name, const WatchEvent& event);
  /// The summary, with --json.
  Result<void> finish(ExitStatus status);
  /// A line on stderr: what went wrong, and how it goes on.
  void warn(const std::string& text) const;
  /// What went wrong on the way, unless --quiet.
  void note(const std::string& text) const;
  /// True when there is no more to do: --once.
  [[nodiscard]] bool done() const { return done_; }

 private:
  Result<void> write_text(const WatchedName& name, const WatchEvent& event);
  Result<void> write_json(const WatchedName& name, const WatchEvent& event);

  const Invocation& invocation_;
  const WatchOptions& options_;
  Output& out_;
  std::mutex mutex_;
  std::atomic<bool> done_{false};
};

}  // namespace mailtool::app
