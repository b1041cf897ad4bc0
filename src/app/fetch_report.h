/// \file
/// FetchReport: what fetch tells: the listing, JSON, warnings, the summary.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "app/exit_status.h"
#include "app/fetch_counts.h"
#include "app/fetch_plan.h"
#include "app/fetch_progress.h"
#include "app/invocation.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// A message as the report names it.
struct FetchSubject {
  std::uint32_t number = 0;
  std::string uid;  ///< empty: it has none
  std::optional<std::uint64_t> octets;
};

[[nodiscard]] FetchSubject subject_of(const pop3::Maildrop& maildrop,
                                      std::uint32_t number);

/// Of one account. Used by one thread at a time.
class FetchReport {
 public:
  /// `account` is for JSON, `server` for the lines on stderr. `data` gets the
  /// listing and JSON, whole lines; it and `progress` (null: none is shown)
  /// outlive the report.
  FetchReport(const Invocation& invocation, Sink& data, std::string account,
              std::string server, FetchProgress* progress = nullptr)
      : invocation_(invocation),
        data_(data),
        account_(std::move(account)),
        server_(std::move(server)),
        progress_(progress) {}

  /// One row of --list or --dry-run: nothing was done. Told of all messages in
  /// the order of their numbers.
  Result<void> planned(const pop3::Maildrop& maildrop, std::uint32_t number,
                       const PlannedMessage& message,
                       const std::string& reason);

  /// What is to come in a session, for the progress.
  void expect(const pop3::Maildrop& maildrop,
              const std::vector<PlannedMessage>& plan);
  /// Octets of a message, as they come off the line.
  void received(std::uint64_t octets) {
    received_ += octets;
    if (progress_) progress_->received(octets);
  }

  /// The files that it was put into; none of a program.
  using Paths = std::vector<std::string>;
  Result<void> fetched(const pop3::Maildrop& maildrop, std::uint32_t number,
                       std::uint64_t octets, const Paths& paths);
  Result<void> deleted(const pop3::Maildrop& maildrop, std::uint32_t number);
  /// Known from now on, without having been fetched.
  Result<void> adopted(const pop3::Maildrop& maildrop, std::uint32_t number);
  /// So many that another tool had fetched.
  void imported(std::uint64_t count) { counts_.imported += count; }
  /// So many that have got new unique-ids.
  void rebased(std::uint64_t count) { counts_.rebased += count; }
  /// `quietly`: it was said in an earlier run.
  Result<void> skipped(const pop3::Maildrop& maildrop, std::uint32_t number,
                       const std::string& reason, bool quietly);
  /// One message among others failed at `action`; the run goes on and will end
  /// with `status`. `quietly`: it was said in an earlier run, and is no matter
  /// of the status.
  Result<void> failed(const FetchSubject& message, FetchAction action,
                      const std::string& reason, ExitStatus status,
                      bool quietly = false);

  /// What ended the session, with the server's name: counted and told.
  void ended_by(const Error& error);

  /// Other accounts have reports of their own: rows and the summary say whose
  /// they are.
  void among_others() { among_others_ = true; }

  /// A line on stderr, unless --quiet.
  void say(std::string_view text) const;

  /// The outcomes so far as one status.
  [[nodiscard]] ExitStatus status() const { return status_; }
  void count(ExitStatus status) { status_ = combine(status_, status); }
  [[nodiscard]] const FetchCounts& counts() const { return counts_; }

  /// The last line: to stdout as JSON, type "summary", or "account" among
  /// others; to stderr on a terminal.
  Result<void> summary(ExitStatus exit);

 private:
  [[nodiscard]] bool foretells() const {
    return invocation_.dry_run() || invocation_.options.has("list");
  }
  Result<void> object(const pop3::Maildrop& maildrop, std::uint32_t number,
                      FetchAction action, std::string_view outcome,
                      std::string_view reason, const Paths& paths,
                      std::optional<bool> known, std::string_view then = {}) {
    if (!invocation_.json()) return {};
    return object(subject_of(maildrop, number), action, outcome, reason, paths,
                  known, then);
  }
  Result<void> object(const FetchSubject& message, FetchAction action,
                      std::string_view outcome, std::string_view reason,
                      const Paths& paths, std::optional<bool> known,
                      std::string_view then = {});
  // With the deletion rules, a message that is fetched goes in the same run.
  [[nodiscard]] bool goes_then(const PlannedMessage& message) const;
  Result<void> table_head(const pop3::Maildrop& maildrop);
  [[nodiscard]] std::string table_row(const pop3::Maildrop& maildrop,
                                      std::uint32_t number,
                                      const PlannedMessage& message,
                                      const std::string& reason) const;
  void foretell(const PlannedMessage& message, std::uint64_t octets);
  void tell(std::string_view text) const;

  const Invocation& invocation_;
  Sink& data_;
  std::string account_;
  std::string server_;
  FetchProgress* progress_;
  std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
  ExitStatus status_ = ExitStatus::ok;
  FetchCounts counts_;
  bool among_others_ = false;
  std::uint64_t received_ = 0;
  std::uint64_t expected_messages_ = 0;  // of all sessions
  std::uint64_t expected_octets_ = 0;
  std::string error_;  // what ended the session
  // Of the table on a terminal, in columns.
  std::size_t number_width_ = 0;
  std::size_t octets_width_ = 0;
  std::size_t uid_width_ = 0;
};

}  // namespace mailtool::app
