/// \file
/// ImapChange: what is done to messages, and ChangeReport: what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/error.h"
#include "mailtool/imap/mailbox_name.h"
#include "mailtool/imap/response.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::client {

/// What is to be done to messages of the mailbox that is selected.
struct ImapChange {
  enum class Kind : std::uint8_t {
    move,   ///< to `to`
    copy,   ///< to `to`
    flags,  ///< `add` and `remove`
    erase,  ///< for good
  };
  Kind kind = Kind::move;
  imap::MailboxName to;
  bool create = false;  ///< CREATE `to` where it is, or may be, missing
  std::vector<std::string> add;
  std::vector<std::string> remove;
  /// Where the server cannot expunge single messages: leave them \Deleted. Else
  /// such a move or erase is refused with unsupported, and nothing is changed.
  bool allow_marked = false;
};

/// How it was done.
enum class ChangeMethod : std::uint8_t {
  none,
  move,          ///< UID MOVE
  copy_expunge,  ///< UID COPY, UID STORE \Deleted, UID EXPUNGE
  copy_marked,   ///< UID COPY, UID STORE \Deleted
  copy,
  flags,
  expunged,  ///< UID STORE \Deleted, UID EXPUNGE
  marked     ///< UID STORE \Deleted
};

/// What became of each message. The sets are disjoint, and all that was asked
/// for is in one of them.
struct ChangeReport {
  ChangeMethod method = ChangeMethod::none;
  imap::SequenceSet changed;    ///< done, by the word of the server
  imap::SequenceSet gone;       ///< there was no such message any more
  imap::SequenceSet unchanged;  ///< refused, or never sent
  /// A command went out for them and was not answered.
  imap::SequenceSet unknown;
  /// False when some command was not answered: the server may yet obey it. Else
  /// `unknown` are messages that it refused to move once it had copied them.
  bool answered = true;
  /// Of a move: copied, but the original was not removed, or may not have been.
  imap::SequenceSet copied_only;
  /// Of erase: marked \Deleted, but not expunged, or maybe not.
  imap::SequenceSet marked_only;
  /// Where the messages went; what the server told of it. Also for messages in
  /// `unknown` and `copied_only`.
  std::optional<imap::CopyUid> copied;
  /// False when some of the messages copied are not in `copied`.
  bool all_copies_told = true;
  /// How many were changed: less than `changed` has where the server told that
  /// but not which.
  std::uint64_t messages = 0;
  /// Why not all was done.
  std::optional<Error> stopped_by;

  [[nodiscard]] bool whole() const { return !stopped_by; }
};

}  // namespace mailtool::client
