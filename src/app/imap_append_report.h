/// \file
/// AppendReport: what `imap append` says of the messages it brought.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/imap_append_batch.h"
#include "app/invocation.h"
#include "app/json.h"
#include "app/output.h"

namespace mailtool::app {

class AppendReport {
 public:
  using Items = std::vector<const AppendBatch::Item*>;

  /// `invocation` and `out` outlive it. `folder` is the one that was typed.
  AppendReport(const Invocation& invocation, std::string folder, Output& out);

  /// Of one message, or input.
  void failed(const Error& error);
  /// With --dry-run: so many would be.
  void would_append(std::size_t messages) { appended_ += messages; }
  /// `went`: where, as far as the server tells. Fails as `out` does.
  Result<void> appended(const Items& items, const imap::MailboxName& to,
                        const std::optional<client::AppendUid>& went);
  [[nodiscard]] std::uint64_t appended() const { return appended_; }

  /// The run has come to its end. Fails as `out` does.
  Result<ExitStatus> finish();
  /// It ends before its time: a program is told how far it came.
  Result<ExitStatus> stop(Error error);

 private:
  Result<ExitStatus> summarise();
  [[nodiscard]] std::string uids_text() const;

  const Invocation& invocation_;
  std::string folder_;
  Output& out_;
  JsonWriter json_;
  ExitStatus status_ = ExitStatus::ok;
  std::uint64_t appended_ = 0;
  std::uint64_t failed_ = 0;
  imap::SequenceSet uids_;
};

}  // namespace mailtool::app
