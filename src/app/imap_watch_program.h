/// \file
/// WatchProgram: the program of --exec, run for one new message after the other.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "app/imap_watch_report.h"

namespace mailtool::app {

class WatchProgram {
 public:
  /// Runs of it that may fail, but for those that end with status 75, before a
  /// message is given up.
  static constexpr std::uint32_t kMostTries = 5;

  /// `words`: PROGRAM ARGS, where "{folder}" and "{uid}" stand for those of the
  /// message. `account`: its name, for MAILTOOL_ACCOUNT; may be empty.
  /// `report` outlives it.
  WatchProgram(std::vector<std::string> words, std::string account,
               bool dry_run, WatchReport& report)
      : words_(std::move(words)),
        account_(std::move(account)),
        dry_run_(dry_run),
        report_(report) {}

  enum class Outcome { done, later, failed };
  /// Runs it to its end, one at a time, with /dev/null on stdin, and shows on
  /// stderr what it writes. Status 75 is later. Fails with interrupted,
  /// timed_out (--deadline), and where it cannot be run at all.
  Result<Outcome> run(const WatchedName& name, std::uint32_t uid);

 private:
  [[nodiscard]] std::vector<std::string> words_for(const WatchedName& name,
                                                   std::uint32_t uid) const;

  std::vector<std::string> words_;
  std::string account_;
  bool dry_run_;
  WatchReport& report_;
  std::mutex mutex_;
};

}  // namespace mailtool::app
