/// \file
/// FetchReport: what fetch tells: the listing, JSON, warnings, the summary.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "app/exit_status.h"
#include "app/fetch_plan.h"
#include "app/invocation.h"
#include "app/output.h"

namespace mailtool::app {

class FetchReport {
 public:
  /// `account` is for JSON, `server` for the lines on stderr.
  FetchReport(const Invocation& invocation, Output& out, std::string account,
              std::string server)
      : invocation_(invocation),
        out_(out),
        account_(std::move(account)),
        server_(std::move(server)) {}

  /// One row of --list or --dry-run: nothing was done.
  Result<void> planned(const pop3::Maildrop& maildrop, std::uint32_t number,
                       const PlannedMessage& message);

  Result<void> fetched(const pop3::Maildrop& maildrop, std::uint32_t number,
                       std::uint64_t octets, const std::string& path);
  Result<void> deleted(const pop3::Maildrop& maildrop, std::uint32_t number);
  /// `quietly`: it was said in an earlier run.
  Result<void> skipped(const pop3::Maildrop& maildrop, std::uint32_t number,
                       const PlannedMessage& message, bool quietly);
  /// One message among others failed at `action`; the run goes on and will end
  /// with `status`, unless that is ok.
  Result<void> failed(const pop3::Maildrop& maildrop, std::uint32_t number,
                      FetchAction action, const std::string& reason,
                      ExitStatus status);

  /// A line on stderr, unless --quiet.
  void say(std::string_view text) const;

  /// The outcomes so far as one status.
  [[nodiscard]] ExitStatus status() const { return status_; }
  void count(ExitStatus status) { status_ = combine(status_, status); }

  /// The last line: to stdout as JSON, to stderr on a terminal.
  Result<void> summary(ExitStatus exit);

 private:
  Result<void> object(const pop3::Maildrop& maildrop, std::uint32_t number,
                      FetchAction action, std::string_view outcome,
                      std::string_view reason, const std::string& path,
                      std::optional<bool> known);

  const Invocation& invocation_;
  Output& out_;
  std::string account_;
  std::string server_;
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
  ExitStatus status_ = ExitStatus::ok;
  std::uint64_t fetched_ = 0;
  std::uint64_t deleted_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t octets_ = 0;
};

}  // namespace mailtool::app
