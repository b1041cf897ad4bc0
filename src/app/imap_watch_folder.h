/// \file
/// WatchedFolder: what is known of one folder, and what has become of it since.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/imap_watch_program.h"
#include "app/imap_watch_report.h"
#include "app/imap_watch_state.h"
#include "app/imap_watch_uids.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::app {

/// Lives as long as the watch; the sessions that look into the folder come and
/// go. Each new message is told, its program run and that written to the disk,
/// before the next: whatever ends the watch, no new message is left out, and
/// at most the last one comes twice. Flag changes and expunged messages are
/// told as far as the server tells.
///
/// Calls that talk to the server fail as ImapClient, and with local_io and
/// cannot_create where the state cannot be kept or the program not be run.
class WatchedFolder {
 public:
  /// `program` may be null; both outlive it.
  WatchedFolder(imap::MailboxName mailbox, WatchState state,
                WatchProgram* program, WatchReport& report);

  [[nodiscard]] const imap::MailboxName& mailbox() const { return mailbox_; }

  /// Opens the folder, read-only, and tells what has come about since the last
  /// time; the first time that is nothing.
  Result<void> enter(client::ImapClient& client);
  /// One response that nobody asked for, while the folder is open. No I/O.
  void hear(const imap::Response& data);
  /// True when settle() has something to ask the server.
  [[nodiscard]] bool unsettled() const { return grown_ || unsure_; }
  /// Tells what was heard, and asks for what it means.
  Result<void> settle(client::ImapClient& client);
  /// Tells what was heard, as far as it needs no asking.
  Result<void> tell_heard();

  /// Of a folder that is not open: does it differ from what is known?
  [[nodiscard]] bool differs(const imap::StatusData& status) const;
  /// When a program that failed is to be run again; nothing is waiting: none.
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] std::optional<Clock::time_point> retry_due() const;
  /// Runs again what is due. Needs no server.
  Result<void> retry(Clock::time_point now);
  /// With --once: the program of the message told failed.
  [[nodiscard]] bool anything_failed() const;

 private:
  [[nodiscard]] WatchedName name() const;
  [[nodiscard]] WatchMarks& marks() { return *state_.marks; }
  Result<void> begin(const client::SelectedMailbox& mailbox,
                     const imap::SequenceSet& all);
  Result<void> catch_up(client::ImapClient& client,
                        const client::SelectedMailbox& mailbox,
                        const imap::SequenceSet& all);
  Result<void> look_again(client::ImapClient& client);
  Result<void> look_for_new(client::ImapClient& client);
  Result<void> tell_gone(const imap::SequenceSet& gone);
  Result<void> tell_changed(client::ImapClient& client,
                            const imap::SequenceSet& all,
                            std::optional<std::uint64_t> modseq);
  Result<void> tell_new(client::ImapClient& client,
                        const imap::SequenceSet& uids);
  Result<void> tell_one(std::uint32_t uid, imap::FetchData& message);
  Result<void> run_program(std::uint32_t uid, std::uint32_t failures);
  Result<void> save() const { return state_.save(); }

  imap::MailboxName mailbox_;
  WatchState state_;
  WatchProgram* program_;
  WatchReport& report_;

  KnownUids known_;
  bool seen_ = false;     // known_ is what the folder was when last looked at
  bool counted_ = false;  // ... and its messages can be told by their numbers
  std::uint64_t exists_ = 0;
  bool grown_ = false;
  bool unsure_ = false;  // the numbers and what is known do not agree
  std::vector<WatchEvent> heard_;
  std::optional<std::uint64_t> heard_modseq_;
  std::optional<Clock::time_point> retry_due_;
  std::chrono::milliseconds retry_wait_;
};

}  // namespace mailtool::app
