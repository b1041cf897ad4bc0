/// \file
/// UndoLog: while messages are changed, keeps on disk how to take it back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/imap_change_report.h"
#include "app/imap_undo_record.h"
#include "app/imap_what.h"
#include "app/invocation.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/store/record_folder.h"

namespace mailtool::app {

/// So many changes can be taken back.
inline constexpr std::size_t kUndoDepth = 20;

/// Whose changes go together: user@host, with the port where it is neither 143
/// nor 993: behind one address there may be two servers. Fails as
/// parse_server_url().
Result<std::string> imap_identity(const Invocation& invocation);

/// Where the records of `identity` are. Fails as user_state_folder().
Result<store::RecordFolder> undo_folder(const std::string& identity);

/// One run of a verb. begin() is on disk before anything is changed, so that
/// what a crash leaves is known to be the last change, if not what it was. A log
/// that cannot be kept is said once, and the change goes on without.
class UndoLog {
 public:
  UndoLog(const Invocation& invocation, std::string verb)
      : invocation_(invocation), verb_(std::move(verb)) {}

  /// Before the first change; the next calls do nothing.
  void begin();
  /// Before flags are changed: how they were.
  void note_flags(const std::vector<UndoPart>& parts);
  /// After messages were moved, copied or deleted.
  void note(const FolderChange& change);
  /// After a folder was deleted: nothing brings it back, and what was changed
  /// before is not what undo is to take back next.
  void note_deleted(const std::string& folder);
  /// What happens from here on will not be known: the record stays unfinished.
  void leave_open();
  /// All is noted, also that nothing was changed: undo then takes back nothing,
  /// and not what was changed before. Of such records the newest alone is kept.
  /// The number of the record; nullopt where there is none, or where not all can
  /// be taken back.
  std::optional<std::uint64_t> finish();

 private:
  Result<store::OpenRecord> open() const;
  void append(const std::string& lines);
  void give_up(const Error& why);

  const Invocation& invocation_;
  std::string verb_;
  bool begun_ = false;
  bool anything_ = false;  // was changed
  bool complete_ = true;   // all of it can be taken back
  bool erased_ = false;    // some of it was deleted for good
  std::optional<store::OpenRecord> record_;
};

/// What flags_before() searches for.
[[nodiscard]] std::vector<imap::SearchKey> flag_keys(
    const client::ImapChange& what);
/// Of the messages found those whose flags `what` would change: one search a
/// flag. Fails as ImapClient::search().
Result<std::vector<UndoPart>> flags_before(client::ImapClient& client,
                                           const FoundMessages& found,
                                           const client::ImapChange& what);

}  // namespace mailtool::app
