/// \file
/// What a mirror of a mailbox asks for: what is new, what has changed since, and
/// what has gone (RFC 7162, RFC 9051 section 6.4.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::client {

struct SelectedMailbox;

/// Up to where a mirror knows a mailbox.
struct SyncPoint {
  std::uint32_t uidvalidity = 0;
  std::uint64_t modseq = 0;
};

/// How a mailbox is opened.
struct SyncStart {
  imap::MailboxName mailbox;
  bool condstore = false;  ///< CONDSTORE, which the server must offer
  /// QRESYNC, which the server must have enabled: flags that changed since and
  /// messages that vanished since come with the opening.
  std::optional<SyncPoint> since;
};

/// What is asked for about its messages.
struct SyncQuestion {
  imap::SequenceSet flags_of;  ///< empty: of none
  /// Of these, only what changed since; CONDSTORE must be on.
  std::optional<std::uint64_t> changed_since;
  imap::SequenceSet bodies_of;  ///< with flags and date; empty: of none
  /// A command for each body: where one message spoils the answer for all. After
  /// 100,000 in a row that brought none no more are asked for. The set is not
  /// open-ended then.
  bool one_by_one = false;
};

/// A message whose octets were all written.
struct SyncedMessage {
  std::uint32_t uid = 0;
  std::vector<std::string> flags;
  std::optional<std::string> internal_date;  ///< as the server wrote it
};

/// Takes what the server says. An Error ends the session.
class SyncReceiver : public Sink {
 public:
  /// The mailbox is open; what follows is of it. An Error leaves out all that
  /// was asked for in the same flight, and the session goes on.
  virtual Result<void> opened(const SelectedMailbox& mailbox) = 0;
  /// Of any message, asked for or not, as often as the server says so.
  virtual Result<void> flags(std::uint32_t uid,
                             const std::vector<std::string>& flags) = 0;
  /// The set may be open-ended, and hold what never was.
  virtual Result<void> vanished(const imap::SequenceSet& uids) = 0;

  /// Is this message's body still to be had? Of those asked for.
  [[nodiscard]] virtual bool wanted(std::uint32_t uid) const = 0;
  /// A body begins, written next. Whose it is may be told at its end.
  virtual Result<void> begin() = 0;
  virtual Result<void> end(const SyncedMessage& message) = 0;
  /// The body that began is nobody's, or was cut off.
  virtual void discard() = 0;
};

}  // namespace mailtool::client
