#include "app/imap_undo_overtaken.h"

#include <algorithm>
#include <utility>

namespace mailtool::app {
namespace {

using Kind = UndoPart::Kind;

bool depends_on_originals(const UndoPart& part) {
  return part.kind == Kind::cut || part.kind == Kind::refused;
}

bool depends_on_originals(const UndoRecord& record) {
  return std::any_of(
      record.parts.begin(), record.parts.end(),
      [](const UndoPart& part) { return depends_on_originals(part); });
}

// It leaves messages where they are.
bool removes_nothing(const UndoRecord& record) {
  return record.verb.empty() || record.verb == "flag" || record.verb == "copy";
}

bool removes(const UndoPart& part) {
  return part.kind != Kind::copied && part.kind != Kind::flagged &&
         part.kind != Kind::unflagged;
}

bool may_have_removed(const UndoPart& later, const UndoPart& earlier) {
  if (!removes(later) || later.folder != earlier.folder) return false;
  // The whole folder, or what the server did not tell.
  const bool any = later.kind == Kind::unsure || later.uids.empty() ||
                   later.uidvalidity == 0;
  return any || (later.uidvalidity == earlier.uidvalidity &&
                 !later.uids.intersect(earlier.uids).empty());
}

// An empty one where there is none any more.
Result<UndoRecord> read(const store::RecordFolder& folder,
                        std::uint64_t number) {
  auto text = folder.read(number);
  if (text) return parse_undo_record(*text);
  if (text.error().kind == ErrorKind::no_input) return UndoRecord();
  return std::move(text).error();
}

}  // namespace

bool overtakes(const UndoRecord& later, const UndoRecord& earlier) {
  if (removes_nothing(later) || !depends_on_originals(earlier)) return false;
  if (!later.finished) return true;
  for (const auto& part : earlier.parts) {
    if (!depends_on_originals(part)) continue;
    for (const auto& other : later.parts) {
      if (may_have_removed(other, part)) return true;
    }
  }
  return false;
}

Result<bool> is_overtaken(const store::RecordFolder& folder,
                          std::uint64_t number, const UndoRecord& record) {
  if (record.overtaken) return true;
  if (!depends_on_originals(record)) return false;
  const auto numbers = folder.numbers();
  if (!numbers) return numbers.error();
  for (const auto newer : *numbers) {
    if (newer <= number) break;
    const auto later = read(folder, newer);
    if (!later) return later.error();
    if (!overtakes(*later, record)) continue;
    if (later->finished) return true;
    // Is it still being written?
    const auto lock = folder.lock(newer);
    if (lock) return true;
    if (lock.error().kind != ErrorKind::no_input) return lock.error();
  }
  return false;
}

Result<void> note_overtaken(const store::RecordFolder& folder,
                            std::uint64_t number, const UndoRecord& record) {
  if (removes_nothing(record)) return {};
  const auto numbers = folder.numbers();
  if (!numbers) return numbers.error();
  for (const auto older : *numbers) {
    if (older >= number) continue;
    const auto earlier = read(folder, older);
    // What is damaged is never taken back.
    if (!earlier || earlier->overtaken || !earlier->finished ||
        !overtakes(record, *earlier)) {
      continue;
    }
    auto lock = folder.lock(older);
    if (!lock && lock.error().kind == ErrorKind::no_input) continue;
    if (!lock) return std::move(lock).error();
    // On a full disk: rather no record than one that takes back too much.
    if (!lock->append(kUndoOvertaken)) lock->discard();
  }
  return {};
}

}  // namespace mailtool::app
