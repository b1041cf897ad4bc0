#include "app/imap_changer.h"

#include <algorithm>
#include <utility>

#include "app/imap_change_at_once.h"
#include "app/imap_change_explain.h"
#include "app/imap_undo_log.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_missing.h"

namespace mailtool::app {
namespace {

using Kind = client::ImapChange::Kind;

Result<Expected> expected_count(const Invocation& invocation) {
  const auto text = invocation.options.get("expect");
  if (!text) return Expected{};
  const auto dots = text->find("..");
  const auto first = std::string_view(*text).substr(0, dots);
  const auto last =
      dots == text->npos ? first : std::string_view(*text).substr(dots + 2);
  Expected expected;
  const bool open_below = dots != text->npos && first.empty();
  const bool open_above = dots != text->npos && last.empty();
  const auto least = parse_number(first);
  const auto most = parse_number(last);
  const bool legal = (least || open_below) && (most || open_above) &&
                     !(open_below && open_above);
  if (least) expected.least = *least;
  if (most) expected.most = *most;
  if (legal && expected.least <= expected.most) return expected;
  return Error{ErrorKind::usage, "neither N nor A..B",
               "--expect " + printable(*text, 60)};
}

Result<void> check_expected(const Expected& expected, std::uint64_t matched) {
  if (matched >= expected.least && matched <= expected.most) return {};
  return Error{ErrorKind::bad_input,
               count_of(matched) +
                   " found, not as many as --expect says; nothing was changed"};
}

ChangeWords words_of(const Change& change) {
  ChangeWords words{change.verb, change.past, change.rest, std::nullopt};
  const bool to = change.what.kind == Kind::move ||
                  change.what.kind == Kind::copy;
  if (to && !change.what.to.wire.empty()) words.to = change.what.to;
  return words;
}

class Changer {
 public:
  Changer(const Invocation& invocation, ImapSession& session,
          const Prepared& prepared, const Change& change, Output& out,
          UndoLog* undo)
      : invocation_(invocation),
        session_(session),
        prepared_(prepared),
        what_(prepared.what),
        expected_(prepared.expected),
        change_(change),
        out_(out),
        undo_(undo) {}

  ChangeTotals run() {
    auto done = all();
    session_.client().keep_results(false);
    if (undo_) totals_.undo = undo_->finish();
    if (!done && !totals_.stopped_by) {
      totals_.stopped_by = std::move(done).error();
    }
    return std::move(totals_);
  }

 private:
  Result<void> all() {
    auto& client = session_.client();
    client.keep_results(!invocation_.dry_run(),
                        undo_ ? flag_keys(change_.what)
                              : std::vector<imap::SearchKey>());
    auto folders = targets(session_, what_);
    if (!folders) return std::move(folders).error();
    // What comes there from the others is not to be found there in its turn.
    std::stable_partition(folders->begin(), folders->end(), [&](const auto& one) {
      return one.folder == change_.what.to;
    });
    // What is expected is the sum: with several folders it is taken first.
    if (folders->size() != 1 && !expected_.any()) {
      std::uint64_t sum = 0;
      for (const auto& target : *folders) {
        auto found = find(session_, what_, target, true);
        if (!found) return std::move(found).error();
        if (auto same = as_planned(*found, target); !same) return same;
        sum += found->count;
        add_unchanged(*found);
      }
      if (auto fits = check_expected(expected_, sum); !fits) return fits;
      totals_.folders.clear();
      expected_ = Expected{};
    }
    const bool alone = folders->size() == 1;
    for (const auto& target : *folders) {
      auto key = alone && !invocation_.dry_run()
                     ? key_at_once(session_, prepared_, change_, target)
                     : Result<std::optional<imap::SearchKey>>(std::nullopt);
      if (!key) return std::move(key).error();
      auto done = *key ? at_once(target, **key) : one(target);
      if (!done) return done;
      if (totals_.stopped_by) return {};
    }
    return {};
  }

  Result<void> at_once(const Target& target, const imap::SearchKey& key) {
    if (undo_) undo_->begin();
    const bool utf8 = session_.client().knows_utf8();
    auto done =
        session_.client().search_and_change(target.folder, key, change_.what);
    // Now that this is known, the query is another; nothing was changed.
    if (!done && utf8 && !session_.client().knows_utf8()) return one(target);
    if (!done) return lost(target, std::move(done).error());
    FoundMessages found;
    found.folder = target.folder;
    found.uidvalidity = done->found.mailbox.uidvalidity.value_or(0);
    found.count = done->found.search.uids.count();
    if (found.count == 0 && target.uids && to_wire(*target.uids) != "1:*") {
      return session_.at_server(
          {ErrorKind::no_such_item, "none of these messages is there",
           "folder " + printable(target.folder.utf8, 200)});
    }
    take(found, change_.what, std::move(done->report));
    return {};
  }

  // Where the line was lost before it was told what was found.
  Result<void> lost(const Target& target, Error error) {
    const bool answered = !ends_session(error.kind);
    error = session_.at_server(std::move(error));
    if (answered) return error;
    if (undo_) undo_->leave_open();
    totals_.lost = true;
    FolderChange unknown;
    unknown.folder = target.folder;
    unknown.to = change_.what.to;
    if (target.uids && !target.uids->open_ended()) {
      unknown.matched = target.uids->count();
      unknown.report.unknown = *target.uids;
    }
    totals_.folders.push_back(std::move(unknown));
    return std::move(error).with_hint(
        "it is not known whether messages were " + change_.past);
  }

  Result<void> one(const Target& target) {
    const bool dry = invocation_.dry_run();
    // What is only read from may be read-only.
    const bool reads = dry || change_.what.kind == Kind::copy;
    auto found = find(session_, what_, target, reads);
    if (!found) return std::move(found).error();
    if (auto same = as_planned(*found, target); !same) return same;
    if (auto fits = check_expected(expected_, found->count); !fits) {
      add_unchanged(*found);
      return fits;
    }
    if (dry) return say_would(*found);
    auto what = change_.decide && !found->uids.empty()
                    ? change_.decide(*found)
                    : Result<client::ImapChange>(change_.what);
    if (!what) return std::move(what).error();
    if (!found->uids.empty()) {
      if (auto noted = note_before(*found, *what); !noted) return noted;
    }
    take(*found, *what, session_.client().change(*what, found->uids));
    return {};
  }

  // What is done depends on the folder, as on whether it is the trash.
  Result<void> as_planned(const FoundMessages& found, const Target& target) {
    if (found.folder == target.folder) return {};
    totals_.renamed = true;
    return Error{ErrorKind::no_such_item, "no such folder",
                 printable(target.folder.utf8, 200)};
  }

  void add_unchanged(const FoundMessages& found) {
    totals_.folders.push_back({found.folder, found.uidvalidity, found.count,
                               std::nullopt, {}});
  }

  Result<void> say_would(const FoundMessages& found) {
    add_unchanged(found);
    if (invocation_.json()) return {};
    return out_.write("would " + change_.verb + " " + count_of(found.count) +
                      " of " + printable(found.folder.utf8, 200) +
                      change_.rest + "\n");
  }

  // How it was, on disk before it is changed.
  Result<void> note_before(const FoundMessages& found,
                           const client::ImapChange& what) {
    if (!undo_) return {};
    std::vector<UndoPart> parts;
    if (what.kind == Kind::flags) {
      auto flags = flags_before(session_.client(), found, what);
      if (!flags) return session_.at_server(std::move(flags).error());
      parts = *std::move(flags);
    }
    undo_->begin();
    undo_->note_flags(parts);
    return {};
  }

  void take(const FoundMessages& found, const client::ImapChange& what,
            client::ChangeReport report) {
    FolderChange done;
    done.folder = found.folder;
    done.uidvalidity = found.uidvalidity;
    done.matched = found.count;
    const bool to = what.kind == Kind::move || what.kind == Kind::copy;
    if (to) done.to = what.to;
    done.report = std::move(report);
    if (undo_) undo_->note(done);
    if (auto& stopped = done.report.stopped_by) {
      if (to && !what.create) advise_creation(*stopped);
      totals_.stopped_by = session_.at_server(*std::move(stopped));
    }
    totals_.folders.push_back(std::move(done));
  }

  static void advise_creation(Error& refusal) {
    if (!client::may_be_missing(refusal)) return;
    const bool sure = refusal.kind == ErrorKind::no_such_item;
    refusal = std::move(refusal).with_hint(
        sure ? "--create creates the folder"
             : "if the folder is missing: --create creates it");
  }

  const Invocation& invocation_;
  ImapSession& session_;
  const Prepared& prepared_;
  const What& what_;
  Expected expected_;  // of all that is still to come
  const Change& change_;
  Output& out_;
  UndoLog* undo_;
  ChangeTotals totals_;
};

// The error goes out first: what follows on stderr explains it.
Result<ExitStatus> finish(const Invocation& invocation, const Change& change,
                          const ChangeTotals& totals, Output& out) {
  const auto words = words_of(change);
  const bool stopped = totals.stopped_by.has_value();
  const bool by_signal =
      stopped && totals.stopped_by->kind == ErrorKind::interrupted;
  if (stopped && !by_signal) report_error("imap", *totals.stopped_by);
  if (auto told = report_change(invocation, out, words, totals); !told) {
    return std::move(told).error();
  }
  if (by_signal) return *totals.stopped_by;
  return exit_status(totals);
}

bool is_untouched(const ChangeTotals& totals) {
  if (totals.lost || totals.changed() > 0) return false;
  return std::all_of(totals.folders.begin(), totals.folders.end(),
                     [](const FolderChange& one) {
                       const auto& report = one.report;
                       return report.changed.empty() &&
                              report.unknown.empty() &&
                              report.copied_only.empty() &&
                              report.marked_only.empty();
                     });
}

}  // namespace

Result<Prepared> prepare(const Invocation& invocation,
                         const std::string& argument) {
  auto expected = expected_count(invocation);
  if (!expected) return std::move(expected).error();
  auto what = parse_what(invocation, argument);
  if (!what) return std::move(what).error();
  return Prepared{*std::move(what), *expected};
}

// Nothing to do, and the server need not be asked.
bool is_empty_set(const What& what) {
  for (const auto& block : what.blocks) {
    if (!block.uids.empty()) return false;
  }
  return what.from_pipe;
}

ChangeTotals change_messages(const Invocation& invocation,
                             ImapSession& session, const Prepared& prepared,
                             const Change& change, Output& out, UndoLog* undo) {
  return Changer(invocation, session, prepared, change, out, undo).run();
}

Result<ExitStatus> run_change(const Invocation& invocation,
                              ImapSession& session, const Prepared& prepared,
                              const ChangePlanner& plan, Output& out) {
  auto change = plan();
  if (!change) return std::move(change).error();
  if (invocation.options.has("explain")) {
    return explain_change(invocation, session, prepared, *change, out);
  }
  const auto to = invocation.options.get_or("to", "");
  const auto created = change->what.create && !to.empty()
                           ? std::vector{to}
                           : std::vector<std::string>();
  // Once one of several folders is changed, nothing is planned again: before
  // that it is known how all of them are called.
  const bool several = prepared.what.folders.size() > 1;
  if (several) {
    const auto named = targets(session, prepared.what);
    if (!named) return named.error();
    if (session.look_ahead(created)) {
      change = plan();
      if (!change) return std::move(change).error();
    }
  }
  const auto run = [&] {
    UndoLog undo(invocation, change->verb);
    return change_messages(invocation, session, prepared, *change, out, &undo);
  };
  auto totals = run();
  const bool told = invocation.dry_run() && !totals.folders.empty();
  const bool again =
      totals.stopped_by && !several && !told && is_untouched(totals) &&
      (totals.renamed || session.reconsiders(*totals.stopped_by, created));
  if (again) {
    change = plan();
    if (!change) return std::move(change).error();
    totals = run();
  }
  return finish(invocation, *change, totals, out);
}

Result<ExitStatus> nothing_to_do(const Invocation& invocation,
                                 const Prepared& prepared, const Change& change,
                                 Output& out) {
  if (invocation.options.has("explain")) {
    return explain_nothing(invocation, out);
  }
  (void)UndoLog(invocation, change.verb).finish();
  ChangeTotals none;
  if (auto fits = check_expected(prepared.expected, 0); !fits) {
    none.stopped_by = std::move(fits).error();
  }
  for (const auto& block : prepared.what.blocks) {
    auto folder = imap::mailbox_from_utf8(block.folder);
    if (!folder) return std::move(folder).error();
    none.folders.push_back(
        {*std::move(folder), block.uidvalidity, 0, std::nullopt, {}});
  }
  return finish(invocation, change, none, out);
}

}  // namespace mailtool::app
