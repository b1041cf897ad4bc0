// mailtool imap undo: takes back the last change, by its record.

#include <algorithm>
#include <utility>

#include "app/imap_changer.h"
#include "app/imap_folder_name.h"
#include "app/imap_undo_check.h"
#include "app/imap_undo_log.h"
#include "app/imap_undo_overtaken.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "app/queue_verbs.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using Kind = UndoPart::Kind;

std::uint64_t messages_of(const UndoPart& part) {
  return std::max(part.uids.count(), part.to_uids.count());
}

std::uint64_t messages_of(const UndoRecord& record) {
  // Several flags of the same messages are one change.
  std::uint64_t most = 0;
  std::uint64_t sum = 0;
  for (const auto& part : record.parts) {
    most = std::max(most, messages_of(part));
    if (!part.to.empty()) sum += messages_of(part);
  }
  return std::max(most, sum);
}

// Of all parts the same, or "".
std::string common(const UndoRecord& record, std::string UndoPart::*name) {
  std::string text;
  for (const auto& part : record.parts) {
    if (part.*name == text || part.to.empty() != record.parts[0].to.empty()) {
      continue;
    }
    if (!text.empty()) return "";
    text = part.*name;
  }
  return text;
}

std::string shown(const UndoRecord& record) {
  const auto folder = common(record, &UndoPart::folder);
  const auto to = common(record, &UndoPart::to);
  const auto messages = messages_of(record);
  auto text = local_rfc3339(record.time) + "  " + printable(record.verb, 20);
  if (messages > 0) text += "  " + count_of(messages) + " of";
  if (!folder.empty()) text += " " + printable(typed_name(folder), 200);
  if (folder.empty() && messages > 0) text += " several folders";
  if (!to.empty()) text += " to " + printable(typed_name(to), 200);
  return text;
}

Result<void> write_row(const Invocation& invocation, Output& out,
                       std::uint64_t number, const UndoRecord& record) {
  if (invocation.json()) {
    const auto folder = common(record, &UndoPart::folder);
    const auto to = common(record, &UndoPart::to);
    JsonWriter json(out);
    json.begin_object().field("type", "undo").field("undo", number);
    json.field("time", local_rfc3339(record.time)).field("verb", record.verb);
    json.field("possible", record.complete());
    json.field("messages", messages_of(record));
    json.key("folder");
    folder.empty() ? json.null() : json.value(typed_name(folder));
    json.key("to");
    to.empty() ? json.null() : json.value(typed_name(to));
    return json.end_object().end_line();
  }
  auto line = std::to_string(number) + "  " + shown(record);
  if (!record.complete()) line += "  (cannot be taken back)";
  return out.write(line + "\n");
}

Result<UndoRecord> read_record(const store::RecordFolder& folder,
                               std::uint64_t number,
                               const std::string& identity) {
  auto text = folder.read(number);
  if (!text) return std::move(text).error();
  auto record = parse_undo_record(*text);
  if (!record) return record;
  if (record->owner != identity && !record->verb.empty()) {
    return Error{ErrorKind::config, "of another account, " +
                                        printable(record->owner, 200)}
        .at("undo record " + std::to_string(number));
  }
  return record;
}

Result<ExitStatus> list_records(const Invocation& invocation,
                                const store::RecordFolder& folder,
                                const std::string& identity, Output& out) {
  auto numbers = folder.numbers();
  if (!numbers) return std::move(numbers).error();
  for (const auto number : *numbers) {
    auto record = read_record(folder, number, identity);
    // Taken back meanwhile by another run.
    if (!record && record.error().kind == ErrorKind::no_input) continue;
    if (!record) {
      warn("imap", record.error().one_line());
      continue;
    }
    if (record->verb.empty() || record->idle()) continue;
    const auto overtaken = is_overtaken(folder, number, *record);
    record->overtaken = overtaken && *overtaken;
    auto wrote = write_row(invocation, out, number, *record);
    if (!wrote) return std::move(wrote).error();
  }
  if (auto wrote = write_summary(invocation, out, ExitStatus::ok); !wrote) {
    return std::move(wrote).error();
  }
  return ExitStatus::ok;
}

// What takes back one part, as a change of its own.
struct Inverse {
  Prepared prepared;
  Change change;
};

Result<Inverse> inverse_of(ImapSession& session, const UndoPart& part) {
  Inverse inverse;
  const bool there = part.kind == Kind::moved || part.kind == Kind::copied ||
                     part.kind == Kind::cut;
  inverse.prepared.what.from_pipe = true;
  inverse.prepared.what.blocks.push_back(
      there ? UidBlock{part.to, part.to_uidvalidity, part.to_uids}
            : UidBlock{part.folder, part.uidvalidity, part.uids});
  auto& change = inverse.change;
  auto folder = session.client().mailbox(part.folder);
  if (!folder) return std::move(folder).error();
  switch (part.kind) {
    case Kind::moved:
    case Kind::cut:
      change.verb = "move";
      change.past = "moved";
      change.rest = " back to " + printable(typed_name(part.folder), 200);
      change.what.kind = client::ImapChange::Kind::move;
      change.what.to = *std::move(folder);
      break;
    case Kind::copied:
      change.verb = "delete";
      change.past = "deleted";
      change.rest =
          " for good, copies of " + printable(typed_name(part.folder), 200);
      change.what.kind = client::ImapChange::Kind::erase;
      break;
    case Kind::flagged:
    case Kind::unflagged: {
      const bool clear = part.kind == Kind::flagged;
      change.verb = (clear ? "clear " : "set ") + part.flag + " on";
      change.past = "changed back";
      change.what.kind = client::ImapChange::Kind::flags;
      (clear ? change.what.remove : change.what.add) = {part.flag};
      break;
    }
    case Kind::untold:
    case Kind::refused:  // see part_left()
    case Kind::unsure:
    case Kind::erased: break;
  }
  return inverse;
}

std::string where(const UndoPart& part) {
  std::string text = printable(typed_name(part.folder), 200);
  if (!part.uids.empty()) text += ", UIDs " + shown_set(part.uids);
  if (part.to.empty()) return text;
  text += "; to " + printable(typed_name(part.to), 200);
  if (!part.to_uids.empty()) text += ", UIDs " + shown_set(part.to_uids);
  return text;
}

Error cannot(const UndoRecord& record) {
  Error error{ErrorKind::unsupported, "the last change cannot be taken back"};
  error.step = "undo of " + printable(record.verb, 20) + ", " +
               local_rfc3339(record.time);
  if (record.idle()) {
    error.kind = ErrorKind::no_input;
    error.what = "the last change changed nothing";
    error.hint = "another undo takes back the change before it";
    return error;
  }
  bool unsure = !record.finished;
  bool erased = false;
  std::string places;
  for (const auto& part : record.parts) {
    unsure = unsure || part.kind == Kind::unsure;
    erased = erased || part.kind == Kind::erased;
    if (!places.empty()) places += "; ";
    places += where(part);
  }
  error.what += record.overtaken
                    ? ": some of its messages were moved or deleted again later"
                : unsure ? ": the run came to an end in the midst"
                : erased ? ": it deleted for good"
                         : ": the server did not tell where the messages went";
  if (!places.empty()) error.hint = "look at " + places;
  if (erased) error.hint = "it was " + places;
  return error;
}

class Undoing {
 public:
  Undoing(const Invocation& invocation, Output& out)
      : invocation_(invocation), out_(out) {}

  // False where all that could be taken back has been, or never will be.
  Result<bool> run(const UndoRecord& record) {
    auto session = ImapSession::start(invocation_);
    if (!session) return std::move(session).error();
    bool left = false;
    for (auto at = record.parts.rbegin(); at != record.parts.rend(); ++at) {
      const auto part = part_left(**session, *at);
      if (!part) return part.error();
      auto inverse = inverse_of(**session, *part);
      if (!inverse) return std::move(inverse).error();
      // Of several folders none is named as if it were all.
      if (words_.past.empty()) words_.rest = inverse->change.rest;
      if (words_.rest != inverse->change.rest) words_.rest.clear();
      words_.past = inverse->change.past;
      if (is_empty_set(inverse->prepared.what)) continue;
      auto done = take_back(**session, *part, *inverse);
      left = left || !settled(done);
      const auto asked = inverse->prepared.what.blocks.front().uids.count();
      if (!done.stopped_by && done.matched() < asked) {
        warn("imap", count_of(asked - done.matched()) +
                         " of the change: there no more");
      }
      add(std::move(done));
      if (total.stopped_by && left) break;
    }
    return left;
  }

  /// Always a line of what was taken back: it may be another change than the one
  /// that was meant.
  Result<ExitStatus> report(const Invocation& invocation,
                            std::uint64_t number, const UndoRecord& record) {
    const bool say = !total.stopped_by && !invocation.dry_run();
    if (say && !invocation.json() && !invocation.quiet()) {
      warn("imap", "took back " + shown(record) + ": " + words_.past + " " +
                       count_of(total.changed()) + words_.rest);
      words_.past.clear();
    }
    if (invocation.json()) {
      auto told = write_row(invocation, out_, number, record);
      if (!told) return std::move(told).error();
    }
    if (auto told = report_change(invocation_, out_, words_, total); !told) {
      return std::move(told).error();
    }
    return exit_status(total);
  }

  ChangeTotals total;

 private:
  // Done, or such that trying again will not help. What a folder does not keep
  // today (PERMANENTFLAGS) it may keep another day.
  [[nodiscard]] bool settled(const ChangeTotals& done) const {
    return !done.stopped_by || originals_gone_ ||
           done.stopped_by->kind == ErrorKind::no_such_item ||
           done.stopped_by->kind == ErrorKind::bad_input;
  }

  ChangeTotals take_back(ImapSession& session, const UndoPart& part,
                         const Inverse& inverse) {
    originals_gone_ = false;
    if (auto safe = check_undo(session, part); !safe) {
      ChangeTotals none;
      none.stopped_by = std::move(safe).error();
      originals_gone_ = none.stopped_by->kind == ErrorKind::unsupported;
      return none;
    }
    return change_messages(invocation_, session, inverse.prepared,
                           inverse.change, out_, nullptr);
  }

  void add(ChangeTotals done) {
    for (auto& one : done.folders) total.folders.push_back(std::move(one));
    if (done.stopped_by) {
      report_error("imap", *done.stopped_by);
      if (!total.stopped_by) total.stopped_by = std::move(done.stopped_by);
    }
  }

  const Invocation& invocation_;
  Output& out_;
  ChangeWords words_{"undo", "", "", std::nullopt};
  bool originals_gone_ = false;  // of the part that was tried last
};

struct Chosen {
  std::optional<store::OpenRecord> lock;  ///< none with --dry-run
  std::uint64_t number = 0;
  UndoRecord record;
};

// Names the change and not the file that it is recorded in.
Error of_record(Error error, std::uint64_t number) {
  error.step = "undo " + std::to_string(number);
  if (error.kind == ErrorKind::no_input) {
    error.what = "there is no such change";
    error.hint = "mailtool imap undo --list says what can be taken back";
  }
  return error;
}

// The record asked for, or the newest.
Result<Chosen> choose(const Invocation& invocation, const Words& words,
                      const store::RecordFolder& folder,
                      const std::string& identity) {
  auto numbers = folder.numbers();
  if (!numbers) return std::move(numbers).error();
  if (!words.empty()) {
    const auto number = parse_number(words[0]);
    if (!number) return Error{ErrorKind::usage, "undo takes a number", words[0]};
    *numbers = {*number};
  }
  for (const auto number : *numbers) {
    Chosen chosen;
    chosen.number = number;
    if (!invocation.dry_run()) {
      auto lock = folder.lock(number);
      const bool gone =
          !lock && lock.error().kind == ErrorKind::no_input && words.empty();
      if (gone) continue;
      if (!lock) return of_record(std::move(lock).error(), number);
      chosen.lock.emplace(*std::move(lock));
    }
    auto record = read_record(folder, number, identity);
    const bool gone =
        !record && record.error().kind == ErrorKind::no_input;
    if (gone) return of_record(std::move(record).error(), number);
    if (!record) return std::move(record).error();
    chosen.record = *std::move(record);
    if (!chosen.record.verb.empty()) return chosen;
    // It was begun and not used.
    if (chosen.lock) chosen.lock->discard();
  }
  return Error{ErrorKind::no_input, "there is nothing to take back",
               "undo for " + identity};
}

}  // namespace

Result<ExitStatus> imap_undo(const Invocation& invocation, const Words& words,
                             Output& out) {
  const auto identity = imap_identity(invocation);
  if (!identity) return identity.error();
  const auto folder = undo_folder(*identity);
  if (!folder) return folder.error();
  if (invocation.options.has("list")) {
    return list_records(invocation, *folder, *identity, out);
  }
  auto chosen = choose(invocation, words, *folder, *identity);
  if (!chosen) return std::move(chosen).error();
  const auto drop = [&] {
    const auto noted = note_overtaken(*folder, chosen->number, chosen->record);
    if (noted) chosen->lock->discard();
  };
  const auto overtaken = is_overtaken(*folder, chosen->number, chosen->record);
  if (!overtaken) return of_record(overtaken.error(), chosen->number);
  chosen->record.overtaken = *overtaken;
  if (!chosen->record.complete() || chosen->record.idle()) {
    if (chosen->lock) drop();
    return cannot(chosen->record);
  }
  Undoing undoing(invocation, out);
  auto left = undoing.run(chosen->record);
  if (!left) return std::move(left).error();
  const auto& stopped = undoing.total.stopped_by;
  if (stopped && stopped->kind == ErrorKind::interrupted) return *stopped;
  if (!*left && chosen->lock) drop();
  return undoing.report(invocation, chosen->number, chosen->record);
}

}  // namespace mailtool::app
