// RENAME: RFC 9051 section 6.3.6.

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "app/served_folders.h"
#include "app/served_names.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStaged = "/renaming-inbox";
// Mailboxes of a portion that get another UIDVALIDITY: two syncs each.
constexpr std::size_t kRenumbered = 8;

Error refused(std::string what) {
  return Error{ErrorKind::rejected, std::move(what)};
}

// Their copies are there already, in the mailbox that they go to; or they are
// copies of a COPY that may yet fail.
std::optional<Error> in_use(const ServedBox& inbox) {
  if (!inbox.is_being_moved() && !inbox.is_being_filled()) return std::nullopt;
  return refused("[INUSE] another client is moving messages: try again");
}

Result<void> rename_new(const std::string& from, const std::string& to) {
  if (store::sys_rename_new(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str()) ==
      0) {
    return {};
  }
  return store::system_error("rename", from, errno);
}

// `note.to` for `note.from`, and so on below it.
std::string renamed(const RenameNote& note, std::string_view name) {
  return note.to + std::string(name.substr(note.from.size()));
}

}  // namespace

Result<void> ServedFolders::begin_renaming(std::string_view from,
                                           std::string_view to) {
  if (auto begun = begin_if_lost(); !begun) return begun;
  if (auto done = finish_renaming(); !done) return done;
  if (to == "INBOX" || is_taken(to)) {
    return refused("[ALREADYEXISTS] it is there already");
  }
  RenameNote note{std::string(from), std::string(to), 0};
  if (auto planned = plan(note); !planned) return planned;
  if (auto known = uidvalidity_.load(); !known) return known;
  if (from == "INBOX") {
    disk_.sync();
    auto box = inbox();
    if (!box) return std::move(box).error();
    if (auto used = in_use(**box)) return *std::move(used);
    if (auto seen = (*box)->refresh(); !seen) return std::move(seen).error();
    note.uid_below = (*box)->uidnext();
  }
  if (auto noted = note.write(note_path()); !noted) return noted;
  renaming_ = true;
  const auto more = rename_some();
  if (!more) return more.error();
  if (*more) rename_by_itself();
  return {};
}

void ServedFolders::rename_by_itself() {
  renamed_ = std::make_shared<DiskTicket>();
  disk_.begin([self = weak_from_this(), ticket = renamed_] {
    const auto folders = self.lock();
    const auto more = folders ? folders->rename_some() : Result<bool>(false);
    if (more && *more) return true;
    ticket->outcome =
        more ? Result<void>() : folders->told(Result<void>(more.error()));
    return false;
  });
}

std::unique_ptr<serve::Pending> ServedFolders::renaming() {
  if (!renamed_ || renamed_->outcome) return nullptr;
  return std::make_unique<TicketPending>(renamed_);
}

// Whether all of it can be done.
Result<void> ServedFolders::plan(const RenameNote& note) {
  if (const auto path = path_of(note.from); !path) return path.error();
  if (const auto path = path_of(note.to); !path) return path.error();
  if (note.from == "INBOX") {
    if (!is_full()) return {};
    return refused("[LIMIT] too many mailboxes: delete some");
  }
  if (is_name_below(note.to, note.from)) {
    return refused("[CANNOT] the new name is below the old");
  }
  bool any = false;
  for (const auto& name : names()) {
    if (name != note.from && !is_name_below(name, note.from)) continue;
    any = true;
    const auto target = renamed(note, name);
    if (const auto path = path_of(target); !path) return path.error();
    if (is_taken(target)) {
      return refused("[ALREADYEXISTS] there is already what would be below it");
    }
  }
  if (any) return {};
  return Error{ErrorKind::no_such_item, "no such mailbox"};
}

// All of it, at once.
Result<void> ServedFolders::finish_renaming() {
  while (true) {
    const auto more = rename_some();
    if (!more) return more.error();
    if (!*more) return {};
  }
}

// True while some is left.
Result<bool> ServedFolders::rename_some() {
  if (!renaming_) return false;
  if (!inbox_move_ && !tree_move_) {
    const auto note = RenameNote::read(note_path());
    if (!note) return note.error();
    if (*note && (*note)->from == "INBOX") {
      if (auto begun = begin_inbox(**note); !begun) return begun;
    } else if (*note) {
      tree_move_ = {**note, {}, 0};
    }
  }
  if (tree_move_) {
    auto more = move_tree_some();
    if (more && *more) return true;
    tree_move_.reset();
    if (!more) return more;
  }
  if (inbox_move_) {
    const auto more = move_inbox_some();
    if (more && *more) return true;
    leave_inbox();
    if (!more) return more;
  }
  if (auto gone = RenameNote::remove(note_path()); !gone) {
    return std::move(gone).error();
  }
  renaming_ = false;
  return false;
}

// What another program has put where one of them is to be stays there.
std::vector<ServedFolders::Going> ServedFolders::going(const RenameNote& note) {
  std::vector<Going> all;
  for (auto& name : names()) {
    if (name != note.from && !is_name_below(name, note.from)) continue;
    if (is_taken(renamed(note, name))) continue;
    auto uidvalidity = uidvalidity_of(name);
    all.push_back({std::move(name), uidvalidity});
  }
  return all;
}

// First, in portions, each gets a UIDVALIDITY that it may have under its new name,
// where nobody ever sees it with one that is too low. Then all of them go, at once.
// Between portions other programs may have put more there: it is looked at anew.
Result<bool> ServedFolders::move_tree_some() {
  auto& move = *tree_move_;
  for (auto left = kRenumbered; left > 0;) {
    if (move.low.empty()) {
      const auto all = going(move.note);
      auto low = find_low(move.note, all);
      if (!low) return std::move(low).error();
      if (low->empty()) {
        if (auto moved = move_tree(move.note, all); !moved) {
          return std::move(moved).error();
        }
        return false;
      }
      const auto first = uidvalidity_.next(
          clock_(), static_cast<std::uint32_t>(low->size()));
      if (!first) return first.error();
      move.low = *std::move(low);
      move.uidvalidity = *first;
    }
    for (; left > 0 && !move.low.empty(); --left) {
      auto done = renumber(move.low.back(), move.uidvalidity);
      if (!done) return std::move(done).error();
      move.low.pop_back();
      ++move.uidvalidity;
    }
  }
  return true;
}

// Those that may not have the one they have under their new names.
Result<std::vector<std::string>> ServedFolders::find_low(
    const RenameNote& note, const std::vector<Going>& all) {
  std::vector<std::string> low;
  for (const auto& [name, uidvalidity] : all) {
    if (!uidvalidity) continue;
    const auto may = uidvalidity_.may_be({renamed(note, name), *uidvalidity});
    if (!may) return may.error();
    if (!*may) low.push_back(name);
  }
  return low;
}

Result<void> ServedFolders::move_tree(const RenameNote& note,
                                      const std::vector<Going>& all) {
  std::vector<ServedUidvalidity::Named> given_up;
  for (const auto& [name, uidvalidity] : all) {
    if (uidvalidity) given_up.push_back({name, *uidvalidity});
  }
  if (auto noted = uidvalidity_.give_up(given_up); !noted) return noted;
  for (const auto& one : all) {
    auto moved = move_one(one.name, renamed(note, one.name));
    if (!moved) return moved;
  }
  return store::sync_directory(path_);
}

// nullopt where nobody has been told any: that of a damaged one is told to nobody.
std::optional<std::uint32_t> ServedFolders::uidvalidity_of(
    const std::string& name) {
  if (const auto box = known(name)) return box->uidvalidity();
  const auto path = path_of(name);
  if (!path) return std::nullopt;
  const auto found = store::ServedMaildir::uidvalidity_at(*path);
  return found ? *found : std::nullopt;
}

Result<void> ServedFolders::renumber(const std::string& name,
                                     std::uint32_t uidvalidity) {
  if (const auto box = known(name)) return box->renumber(uidvalidity);
  const auto path = path_of(name);
  if (!path) return path.error();
  // Another program may have removed it since it was looked at.
  if (!uidvalidity_of(name)) return {};
  return store::ServedMaildir::renumber_at(*path, uidvalidity);
}

Result<void> ServedFolders::move_one(const std::string& from,
                                     const std::string& to) {
  const auto source = path_of(from);
  if (!source) return source.error();
  const auto target = path_of(to);
  if (!target) return target.error();
  const auto box = known(from);
  auto moved = box ? box->move_to(*target) : rename_new(*source, *target);
  if (!moved) return moved;
  if (box) {
    open_.erase(open_.find(from));
    open_.insert_or_assign(to, box);
  }
  uses_.erase(from);
  uses_.erase(to);
  return {};
}

// They gather where no name leads, and are a mailbox once all of them are
// there: none of them ever has the UID of a message that came into it
// meanwhile. False where they are already.
Result<bool> ServedFolders::begin_inbox(const RenameNote& note) {
  const auto target = path_of(note.to);
  if (!target) return target.error();
  const auto staged = path_ + kStaged;
  std::error_code error;
  if (fs::exists(*target, error) && !fs::exists(staged, error)) return false;
  auto box = inbox();
  if (!box) return std::move(box).error();
  if (auto used = in_use(**box)) return *std::move(used);
  std::uint32_t uidvalidity = 0;
  {
    const auto opened = open_at(staged);
    if (!opened) return opened.error();
    uidvalidity = (*opened)->uidvalidity();
    if (auto begun = (*opened)->begin_at(note.uid_below); !begun) {
      return std::move(begun).error();
    }
  }
  // No letter gets another meaning as long as that folder is there.
  if (auto copied = (*box)->copy_keywords(staged); !copied) {
    return std::move(copied).error();
  }
  (*box)->set_being_emptied(true);
  inbox_move_ = {*std::move(box), note.uid_below, uidvalidity, *target};
  return true;
}

void ServedFolders::leave_inbox() {
  inbox_move_->inbox->set_being_emptied(false);
  inbox_move_.reset();
}

Result<bool> ServedFolders::move_inbox_some() {
  const auto& move = *inbox_move_;
  const auto staged = path_ + kStaged;
  auto more =
      move.inbox->move_messages(staged, move.uidvalidity, move.uid_below);
  if (!more || *more) return more;
  for (const auto& folder : {staged, path_}) {
    for (const auto* part : {"/cur", "/new"}) {
      if (auto synced = store::sync_directory(folder + part); !synced) {
        return std::move(synced).error();
      }
    }
  }
  if (auto moved = rename_new(staged, move.target); !moved) {
    return std::move(moved).error();
  }
  ++count_;
  if (auto synced = store::sync_directory(path_); !synced) {
    return std::move(synced).error();
  }
  return false;
}

}  // namespace mailtool::app
