/// \file
/// UndoRecord: what is needed to take back one change, as a text file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::app {

/// A step of a change. Its inverse is in the brackets.
struct UndoPart {
  enum class Kind : std::uint8_t {
    moved,      ///< `uids` of `folder` are `to_uids` of `to` [move back]
    copied,     ///< likewise, and still where they were [delete the copies]
    flagged,    ///< `flag` was set on `uids`, which lacked it [clear it]
    unflagged,  ///< `flag` was cleared on `uids`, which had it [set it]
    untold,     ///< moved or copied, the server told not where to [none]
    unsure,     ///< as moved, but the line was lost on the way [none]
    /// As moved, but the line was lost once the server had told where all go to
    /// [move back, where none of `uids` is there].
    cut,
    /// As moved, but the server refused it in the midst, and had told where all
    /// go to, one for one [move back those of `uids` that are there no more].
    refused,
    erased,  ///< deleted for good; no UIDs: the folder itself [none]
  };
  Kind kind = Kind::moved;
  std::string folder;  ///< UTF-8
  std::uint32_t uidvalidity = 0;
  imap::SequenceSet uids;
  std::string to;  ///< moved, copied, untold, unsure, cut, refused
  std::uint32_t to_uidvalidity = 0;
  imap::SequenceSet to_uids;  ///< moved, copied, unsure, cut, refused
  std::string flag;           ///< flagged, unflagged
  friend bool operator==(const UndoPart&, const UndoPart&) = default;
};

/// A record:
///
///     mailtool-undo 1 bob@mail.example
///     begin 1795220040 move
///     moved INBOX 7 2,4 Archive 9 10:11
///     end
///
/// Names are percent-encoded; "-" is the empty set. The parts of flags come
/// before the change and all others behind it. Without "end" the run has come
/// to an end in the midst: what happened after the last line is not known.
/// Behind "end" there may be a line "overtaken".
struct UndoRecord {
  std::string owner;
  std::int64_t time = 0;  ///< seconds since 1970
  std::string verb;       ///< "move", "copy", "flag", "delete", "folder delete"
  std::vector<UndoPart> parts;
  bool finished = false;
  /// A later change was about the same messages: of what was cut or refused it
  /// is no longer to be seen how far it has come.
  bool overtaken = false;

  /// All that it did can be taken back by what is in it.
  [[nodiscard]] bool complete() const;
  /// It found nothing to change, or nothing that was not so already.
  [[nodiscard]] bool idle() const { return finished && parts.empty(); }
};

/// The lines that begin a record, one part, and "end".
[[nodiscard]] std::string to_text(const UndoRecord& head);
[[nodiscard]] std::string to_text(const UndoPart& part);
inline constexpr std::string_view kUndoEnd = "end\n";
inline constexpr std::string_view kUndoOvertaken = "overtaken\n";

/// The inverse. A last line without its end is what a crash left, and passed
/// over; where no verb has been written, nothing had been changed. Fails with
/// config on anything else.
Result<UndoRecord> parse_undo_record(std::string_view text);

}  // namespace mailtool::app
