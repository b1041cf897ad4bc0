// What changes messages: UID MOVE, UID COPY, UID STORE, UID EXPUNGE (RFC 9051
// sections 6.4.6 to 6.4.9, RFC 6851, RFC 4315).

#include <algorithm>
#include <utility>

#include "client/imap_change_run.h"
#include "mailtool/client/imap_missing.h"

namespace mailtool::client {
namespace {

using Kind = ImapChange::Kind;
using Method = ChangeMethod;

SweepStep store_step(bool add, std::vector<std::string> flags) {
  return {"UID STORE",
          [add, flags = std::move(flags)](imap::CommandBuilder& command) {
            command.text(add ? "+FLAGS.SILENT" : "-FLAGS.SILENT").flags(flags);
          }};
}

SweepStep expunge_step() {
  return {"UID EXPUNGE", [](imap::CommandBuilder&) {}};
}

imap::SequenceSet joined(const imap::SequenceSet& a,
                         const imap::SequenceSet& b) {
  auto ranges = a.ranges();
  ranges.insert(ranges.end(), b.ranges().begin(), b.ranges().end());
  return imap::SequenceSet(std::move(ranges));
}

bool follows(const std::vector<imap::Range>& before,
             const std::vector<imap::Range>& after) {
  return before.empty() || after.empty() ||
         before.back().last < after.front().first;
}

// One account of all that was copied; nullopt where the parts do not fit
// together, for a folder made anew in the midst of it.
std::optional<imap::CopyUid> joined(const std::vector<imap::CopyUid>& parts) {
  if (parts.empty()) return std::nullopt;
  std::vector<imap::Range> source;
  std::vector<imap::Range> target;
  bool ascending = true;
  for (const auto& part : parts) {
    if (part.uidvalidity != parts.front().uidvalidity) return std::nullopt;
    const auto& from = part.source.ranges();
    const auto& to = part.target.ranges();
    ascending = ascending && part.ascending && follows(source, from) &&
                follows(target, to);
    source.insert(source.end(), from.begin(), from.end());
    target.insert(target.end(), to.begin(), to.end());
  }
  return imap::CopyUid{parts.front().uidvalidity,
                       imap::SequenceSet(std::move(source)),
                       imap::SequenceSet(std::move(target)), ascending};
}

}  // namespace

SweepStep ChangeRun::to_target(const char* verb) const {
  return {verb, [to = what_.to](imap::CommandBuilder& command) {
            command.mailbox(to);
          }};
}

Result<ChangeMethod> ChangeRun::method() {
  if (what_.kind == Kind::copy) return Method::copy;
  if (what_.kind == Kind::flags) return Method::flags;
  auto offered = client_.capabilities();
  if (!offered) return std::move(offered).error();
  const auto has = [&](std::string_view name) {
    return (*offered)->has(name) || (*offered)->has("IMAP4REV2");
  };
  const bool move = what_.kind == Kind::move;
  if (move && has("MOVE")) return Method::move;
  if (has("UIDPLUS")) return move ? Method::copy_expunge : Method::expunged;
  if (what_.allow_marked) return move ? Method::copy_marked : Method::marked;
  if (move) {
    return Error{ErrorKind::unsupported,
                 "the server has neither MOVE nor UIDPLUS",
                 "UID MOVE",
                 {},
                 "--allow-marked copies, marks the originals \\Deleted and "
                 "leaves them"};
  }
  return Error{ErrorKind::unsupported,
               "the server has no UIDPLUS: it can only expunge all messages "
               "marked \\Deleted, whoever marked them",
               "UID EXPUNGE",
               {},
               "--allow-marked marks the messages \\Deleted and leaves them"};
}

std::vector<SweepStep> ChangeRun::first_steps(ChangeMethod method) const {
  std::vector<SweepStep> steps;
  switch (method) {
    case Method::move: return {to_target("UID MOVE")};
    case Method::copy:
    case Method::copy_expunge:
    case Method::copy_marked: return {to_target("UID COPY")};
    case Method::expunged:
    case Method::marked: return {store_step(true, {"\\Deleted"})};
    case Method::flags:
      if (!what_.add.empty()) steps.push_back(store_step(true, what_.add));
      if (!what_.remove.empty()) {
        steps.push_back(store_step(false, what_.remove));
      }
      return steps;
    case Method::none: break;
  }
  return steps;
}

std::vector<SweepStep> ChangeRun::later_steps(ChangeMethod method) {
  switch (method) {
    case Method::copy_expunge:
      return {store_step(true, {"\\Deleted"}), expunge_step()};
    case Method::copy_marked: return {store_step(true, {"\\Deleted"})};
    case Method::expunged: return {expunge_step()};
    default: return {};
  }
}

// UID EXPUNGE waits for the STORE: a server may go through the messages as they
// were when the flight came in, if others change the mailbox meanwhile.
SweepOutcome ChangeRun::expunge(SweepOutcome marked) {
  const bool dead = marked.error && !marked.unknown.empty();
  if (marked.done.empty() || dead) {
    marked.begun = joined(marked.begun, std::exchange(marked.done, {}));
    return marked;
  }
  auto gone = ImapSweep(client_, {later_steps(Method::expunged).front()})
                  .run(marked.done);
  if (!gone.error && gone.expunged < gone.done.count()) look_again(gone);
  marked.done = std::move(gone.done);
  marked.gone = joined(marked.gone, gone.gone);
  marked.begun = joined(joined(marked.begun, gone.begun),
                        joined(gone.unchanged, gone.unknown));
  if (!marked.error) marked.error = std::move(gone.error);
  return marked;
}

// Fewer were expunged than were to be: others were faster, or the server has
// left some out, \Deleted or not.
void ChangeRun::look_again(SweepOutcome& gone) {
  auto left = client_.among(gone.done, {});
  if (left && left->empty()) return;
  if (left) {
    gone.done = gone.done.minus(*left);
    gone.begun = *left;
    gone.error = Error{ErrorKind::rejected,
                       "the server says OK and has not expunged them all",
                       "UID EXPUNGE"};
  } else {
    gone.begun = std::exchange(gone.done, {});
    gone.error = std::move(left).error();
  }
}

// A target that is missing is created once; what it refused for that is tried
// again.
SweepOutcome ChangeRun::with_target(ChangeMethod method, SweepOutcome sweep) {
  const bool missing = sweep.error && what_.create &&
                       may_be_missing(*sweep.error) &&
                       sweep.done.empty() && sweep.unknown.empty();
  if (!missing) return sweep;
  auto made = create_missing(client_, what_.to, *std::move(sweep.error));
  if (!made) {
    sweep.error = std::move(made).error();
    return sweep;
  }
  auto again = ImapSweep(client_, first_steps(method)).run(sweep.unchanged);
  again.gone = joined(again.gone, sweep.gone);
  return again;
}

// A MOVE that was refused or cut off in its midst has moved what COPYUID names,
// where as many were expunged (RFC 6851 section 4.3); else that is not known.
void ChangeRun::believe_copies(SweepOutcome& sweep) {
  const auto told = copied_from(sweep).minus(sweep.done).minus(sweep.gone);
  if (told.empty()) return;
  sweep.unchanged = sweep.unchanged.minus(told);
  sweep.unknown = sweep.unknown.minus(told);
  const bool moved = sweep.expunged >= sweep.done.count() + told.count();
  auto& now = moved ? sweep.done : sweep.unknown;
  now = joined(now, told);
}

void ChangeRun::take_copies(const SweepOutcome& sweep) {
  report_.copied = joined(sweep.copied);
  // One COPYUID a command (RFC 4315 section 3); an empty copy has none.
  const auto told = report_.copied ? report_.copied->source
                                   : imap::SequenceSet();
  report_.all_copies_told =
      sweep.unknown.empty() && (sweep.done.empty() || !told.empty()) &&
      (sweep.copied.size() >= sweep.commands ||
       sweep.done.minus(told).empty());
}

// Never more is deleted than the server says it has copied.
void ChangeRun::remove_originals(ChangeMethod method, SweepOutcome copy) {
  report_.unknown = std::move(copy.unknown);
  report_.unchanged = std::move(copy.unchanged);
  report_.gone = std::move(copy.gone);
  report_.stopped_by = std::move(copy.error);
  auto originals = std::move(copy.done);
  if (report_.copied && report_.all_copies_told) {
    auto present = originals.intersect(report_.copied->source);
    report_.gone = joined(report_.gone, originals.minus(present));
    originals = std::move(present);
  }
  // UIDPLUS tells of every copy, but where UIDs do not last or nothing was
  // copied (RFC 4315 section 3): an OK without COPYUID is no word for a copy.
  imap::SequenceSet untold;
  if (method == Method::copy_expunge && !report_.all_copies_told &&
      !copy.copied_others) {
    const auto told = report_.copied ? report_.copied->source
                                     : imap::SequenceSet();
    untold = originals.minus(told);
    originals = originals.intersect(told);
    if (!untold.empty() && !report_.stopped_by) {
      report_.stopped_by =
          Error{ErrorKind::rejected,
                "the server does not tell of every copy (COPYUID); those "
                "originals stay",
                "UID COPY"};
    }
  }
  // Nothing more is heard, or nothing can be believed.
  const bool dead = report_.stopped_by && !report_.unknown.empty();
  if (copy.copied_others && !report_.stopped_by) {
    report_.stopped_by = Error{ErrorKind::protocol,
                               "the server says that it has copied other "
                               "messages; the originals stay",
                               "UID COPY"};
  }
  if (originals.empty() || dead || copy.copied_others) {
    report_.copied_only = joined(originals, untold);
    return;
  }
  auto removed =
      ImapSweep(client_, {later_steps(method).front()}).run(originals);
  if (method == Method::copy_expunge) removed = expunge(std::move(removed));
  // Where it has gone meanwhile, the copy is what is left: moved all the same.
  report_.changed = joined(removed.done, removed.gone);
  report_.copied_only = joined(originals.minus(report_.changed), untold);
  if (removed.error && !report_.stopped_by) {
    report_.stopped_by = std::move(*removed.error)
                             .with_hint(
                                 "the messages were copied; the originals are, "
                                 "or may be, still in the old folder too");
  }
  report_.messages = report_.changed.count();
}

ChangeReport ChangeRun::settle(ChangeMethod method, SweepOutcome sweep) {
  report_.method = method;
  report_.answered = sweep.unknown.empty();
  if (method == Method::move) believe_copies(sweep);
  take_copies(sweep);
  if (method == Method::copy_expunge || method == Method::copy_marked) {
    remove_originals(method, std::move(sweep));
    return std::move(report_);
  }
  if (method == Method::expunged) sweep = expunge(std::move(sweep));
  report_.changed = std::move(sweep.done);
  report_.gone = std::move(sweep.gone);
  report_.unchanged = std::move(sweep.unchanged);
  report_.unknown = std::move(sweep.unknown);
  report_.stopped_by = std::move(sweep.error);
  if (method == Method::expunged) {
    report_.marked_only = std::move(sweep.begun);
  } else {
    // Of two flag changes one: neither changed nor unchanged.
    report_.unknown = joined(report_.unknown, sweep.begun);
  }
  if (report_.copied && report_.all_copies_told) {
    auto missing = report_.changed.minus(report_.copied->source);
    report_.changed = report_.changed.minus(missing);
    report_.gone = joined(report_.gone, missing);
  }
  report_.messages = report_.changed.count();
  // RFC 6851 has an EXPUNGE for each, RFC 4315 a COPYUID for any.
  const bool counted = method == Method::move && !report_.copied &&
                       (sweep.expunged > 0 || uidplus());
  if (counted) report_.messages = std::min(report_.messages, sweep.expunged);
  return std::move(report_);
}

bool ChangeRun::uidplus() const {
  return client_.capabilities_ && client_.capabilities_->has("UIDPLUS");
}

ChangeReport ChangeRun::run(const imap::SequenceSet& uids) {
  if (uids.empty()) return {};
  auto how = method();
  auto kept = how ? check_kept(*how) : Result<void>(how.error());
  if (!kept) {
    report_.unchanged = uids;
    report_.stopped_by = std::move(kept).error();
    return std::move(report_);
  }
  auto sweep = ImapSweep(client_, first_steps(*how)).run(uids);
  return settle(*how, with_target(*how, std::move(sweep)));
}

ChangeReport ImapClient::change(const ImapChange& what,
                                const imap::SequenceSet& uids) {
  return ChangeRun(*this, what).run(uids);
}

Result<bool> ImapClient::can_expunge_some() {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  return (*offered)->has("UIDPLUS") || (*offered)->has("IMAP4REV2");
}

std::uint64_t ImapClient::message_limit() const {
  const auto limit = capabilities_ ? capabilities_->limit("MESSAGELIMIT")
                                   : std::nullopt;
  return limit && *limit > 0 ? *limit : UINT64_MAX;
}

}  // namespace mailtool::client
