#include "app/imap_undo_check.h"

#include <algorithm>
#include <utility>

#include "app/imap_change_report.h"
#include "app/imap_what.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using Kind = UndoPart::Kind;

// How many of the originals are where they were.
Result<std::uint64_t> originals(ImapSession& session, const UndoPart& part) {
  What what;
  what.from_pipe = true;
  what.blocks.push_back({part.folder, part.uidvalidity, part.uids});
  auto folders = targets(session, what);
  if (!folders) return std::move(folders).error();
  if (folders->empty()) return std::uint64_t{0};
  auto found = find(session, what, folders->front(), true);
  if (found) return found->count;
  const bool gone = found.error().kind == ErrorKind::bad_input ||
                    found.error().kind == ErrorKind::no_such_item;
  return gone ? Result<std::uint64_t>(0) : std::move(found).error();
}

std::string copies_of(const UndoPart& part) {
  return printable(part.to, 200) + ", UIDs " + shown_set(part.to_uids);
}

// A copy may be the last one: it goes only where the originals still are.
Result<void> check_copied(const UndoPart& part, std::uint64_t there) {
  const auto copied = std::max(part.uids.count(), part.to_uids.count());
  if (there >= copied) return {};
  return Error{ErrorKind::unsupported,
               count_of(copied - there) + " of " + printable(part.folder, 200) +
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
               count_of(there) + " of " + printable(part.folder, 200) +
                   " still there: the move was cut off, and may yet go on",
               "undo of move",
               {},
               "try again later, or look at " + copies_of(part)};
}

}  // namespace

Result<void> check_undo(ImapSession& session, const UndoPart& part) {
  if (part.kind != Kind::copied && part.kind != Kind::cut) return {};
  auto there = originals(session, part);
  if (!there) return std::move(there).error();
  return part.kind == Kind::copied ? check_copied(part, *there)
                                   : check_cut(part, *there);
}

}  // namespace mailtool::app
