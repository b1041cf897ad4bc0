/// \file
/// What of earlier changes cannot be taken back because of a later one.
#pragma once

#include <cstdint>

#include "app/imap_undo_record.h"
#include "mailtool/store/record_folder.h"

namespace mailtool::app {

/// Of a move that was cut off or refused it is seen by its originals how far it
/// has come. May `later` be why they are there no more? So where it has moved
/// or deleted some of them, and where it is not known what it has done.
[[nodiscard]] bool overtakes(const UndoRecord& later,
                             const UndoRecord& earlier);

/// Does a record of `folder` newer than `number` overtake `record`, or is that
/// written in it? Fails with busy while a newer one is being written, and as
/// RecordFolder::read() and parse_undo_record().
Result<bool> is_overtaken(const store::RecordFolder& folder,
                          std::uint64_t number, const UndoRecord& record);

/// Before `record` is dropped: writes into the older ones that it overtakes
/// that it did. Fails as RecordFolder::lock(); `record` is then to be kept.
Result<void> note_overtaken(const store::RecordFolder& folder,
                            std::uint64_t number, const UndoRecord& record);

}  // namespace mailtool::app
