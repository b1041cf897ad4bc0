#include "app/imap_undo_check.h"

#include <algorithm>
#include <utility>

#include "app/imap_change_report.h"
#include "app/imap_folder_name.h"
#include "app/imap_what.h"
#include "app/output.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using Kind = UndoPart::Kind;

// The originals that are where they were.
Result<imap::SequenceSet> originals(ImapSession& session,
                                    const UndoPart& part) {
  What what;
  what.from_pipe = true;
  what.blocks.push_back({part.folder, part.uidvalidity, part.uids});
  auto folders = targets(session, what);
  if (!folders) return std::move(folders).error();
  if (folders->empty()) return imap::SequenceSet();
  auto found = find(session, what, folders->front(), true);
  if (found) return std::move(found->uids);
  const bool gone = found.error().kind == ErrorKind::bad_input ||
                    found.error().kind == ErrorKind::no_such_item;
  return gone ? Result<imap::SequenceSet>(imap::SequenceSet())
              : std::move(found).error();
}

std::string copies_of(const UndoPart& part) {
  return printable(typed_name(part.to), 200) + ", UIDs " +
         shown_set(part.to_uids);
}

// A copy may be the last one: it goes only where the originals still are.
Result<void> check_copied(const UndoPart& part, std::uint64_t there) {
  const auto copied = std::max(part.uids.count(), part.to_uids.count());
  if (there >= copied) return {};
  return Error{ErrorKind::unsupported,
               count_of(copied - there) + " of " +
                   printable(typed_name(part.folder), 200) +
                   " there no more: the copies stay",
               "undo of copy",
               {},
               "they are in " + copies_of(part)};
}

// A server may finish later what it has begun: where it does, what was moved
// back by then would be there twice, and a copy that was deleted nowhere.
Result<void> check_cut(const UndoPart& part, std::uint64_t there) {
  if (there == 0) return {};
  return Error{ErrorKind::deferred,
               count_of(there) + " of " +
                   printable(typed_name(part.folder), 200) +
                   " still there: the move was cut off, and may yet go on",
               "undo of move",
               {},
               "try again later, or look at " + copies_of(part) +
                   "; other changes: mailtool imap undo --list, undo NUMBER"};
}

// Those of `to` that stand at the places which `uids` have in `from`; both are
// of the same size.
imap::SequenceSet at_places_of(const imap::SequenceSet& uids,
                               const imap::SequenceSet& from,
                               const imap::SequenceSet& to) {
  std::vector<imap::Range> found;
  auto source = from.ranges().begin();
  auto target = to.ranges().begin();
  std::uint32_t source_at = 0;  // within the range
  std::uint32_t target_at = 0;
  auto wanted = uids.ranges().begin();
  while (source != from.ranges().end() && target != to.ranges().end() &&
         wanted != uids.ranges().end()) {
    const auto first = source->first + source_at;
    const auto other = target->first + target_at;
    // As far as both go on, and all of it is wanted or none.
    auto more = std::min(source->last - first, target->last - other);
    if (wanted->last < first) {
      ++wanted;
      continue;
    }
    if (wanted->first > first) {
      more = std::min(more, wanted->first - first - 1);
    } else {
      more = std::min(more, wanted->last - first);
      found.push_back({other, other + more});
    }
    source_at += more + 1;
    target_at += more + 1;
    if (first + more == source->last) {
      ++source;
      source_at = 0;
    }
    if (other + more == target->last) {
      ++target;
      target_at = 0;
    }
  }
  return imap::SequenceSet(std::move(found));
}

}  // namespace

Result<UndoPart> part_left(ImapSession& session, const UndoPart& part) {
  if (part.kind != Kind::refused) return part;
  auto there = originals(session, part);
  if (!there) return std::move(there).error();
  UndoPart left = part;
  left.kind = Kind::moved;
  left.uids = part.uids.minus(*there);
  left.to_uids = at_places_of(left.uids, part.uids, part.to_uids);
  if (!there->empty()) {
    UndoPart stay = part;
    stay.to_uids = part.to_uids.minus(left.to_uids);
    warn("imap", count_of(there->count()) + " of " +
                     printable(typed_name(part.folder), 200) +
                     " still there: copies may stay in " + copies_of(stay));
  }
  return left;
}

Result<void> check_undo(ImapSession& session, const UndoPart& part) {
  if (part.kind != Kind::copied && part.kind != Kind::cut) return {};
  auto there = originals(session, part);
  if (!there) return std::move(there).error();
  return part.kind == Kind::copied ? check_copied(part, there->count())
                                   : check_cut(part, there->count());
}

}  // namespace mailtool::app
