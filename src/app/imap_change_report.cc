#include "app/imap_change_report.h"

#include <array>

#include "app/imap_folder_name.h"
#include "app/json.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {

std::string count_of(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " message" : " messages");
}

std::string shown_set(const imap::SequenceSet& uids) {
  constexpr std::size_t kShownOctets = 1000;
  const auto parts = imap::split_to_wire(uids, kShownOctets);
  return parts.size() == 1 ? parts.front()
                           : parts.front() + ",… (--json shows all)";
}

std::uint64_t ChangeTotals::matched() const {
  std::uint64_t sum = 0;
  for (const auto& one : folders) sum += one.matched;
  return sum;
}

std::uint64_t ChangeTotals::changed() const {
  std::uint64_t sum = 0;
  for (const auto& one : folders) sum += one.report.messages;
  return sum;
}

ExitStatus exit_status(const ChangeTotals& totals) {
  if (!totals.stopped_by) return ExitStatus::ok;
  if (totals.lost) return ExitStatus::temp_fail;
  for (const auto& one : totals.folders) {
    if (!one.report.unknown.empty()) return ExitStatus::temp_fail;
  }
  return exit_status(totals.stopped_by->kind);
}

namespace {

// A server may claim that it copied four thousand million in one line. The sets
// of the rows before the summary have them all.
constexpr std::uint64_t kMostUids = 1'000'000;

struct Fate {
  const char* name;  // in JSON
  const char* text;  // for people; "" for what is named by the verb
  const imap::SequenceSet& uids;
};

std::array<Fate, 6> fates(const client::ChangeReport& report) {
  return {{{"changed_uids", "", report.changed},
           {"unknown_uids", "outcome unknown", report.unknown},
           {"copied_uids", "copied, and the original perhaps still there",
            report.copied_only},
           {"marked_uids", "marked \\Deleted, and perhaps not expunged",
            report.marked_only},
           {"unchanged_uids", "", report.unchanged},
           {"gone_uids", "there no more", report.gone}}};
}

// What was done and what was not, after an error.
void tell_fates(const ChangeWords& words, const FolderChange& one) {
  for (const auto& fate : fates(one.report)) {
    if (fate.uids.empty()) continue;
    std::string what = fate.text;
    if (&fate.uids == &one.report.changed) what = words.past;
    if (&fate.uids == &one.report.unchanged) what = "not " + words.past;
    warn("imap", printable(typed_name(one.folder.utf8), 200) + ": " + what +
                     ": " + count_of(fate.uids.count()) + ", UIDs " +
                     shown_set(fate.uids));
  }
}

void tell(const Invocation& invocation, const ChangeWords& words,
          const ChangeTotals& totals) {
  using Method = client::ChangeMethod;
  for (const auto& one : totals.folders) {
    const auto& report = one.report;
    const bool marked = !report.changed.empty() &&
                        (report.method == Method::copy_marked ||
                         report.method == Method::marked);
    if (totals.stopped_by) tell_fates(words, one);
    if (!marked) continue;
    const bool copied = report.method == Method::copy_marked;
    warn("imap",
         std::string(copied ? "the server can neither move nor expunge single "
                              "messages: copied; the originals are"
                            : "the server cannot expunge single messages: they "
                              "are") +
             " marked \\Deleted and still in " +
             printable(typed_name(one.folder.utf8), 200));
  }
  const bool say = invocation.stderr_is_terminal && !invocation.quiet() &&
                   !totals.stopped_by && !invocation.json() &&
                   !words.past.empty();
  if (say) {
    warn("imap", words.past + " " + count_of(totals.changed()) + words.rest);
  }
}

void write_set(JsonWriter& json, const char* name,
               const imap::SequenceSet& uids) {
  if (uids.empty()) {
    json.null_field(name);
  } else {
    json.field(name, to_wire(uids));
  }
}

Result<void> write_folder(Output& out, const FolderChange& one) {
  JsonWriter json(out);
  json.begin_object().field("type", "change");
  json.field("folder", typed_name(one.folder.utf8));
  json.field("uidvalidity", one.uidvalidity).field("matched", one.matched);
  json.field("changed", one.report.messages);
  for (const auto& fate : fates(one.report)) {
    write_set(json, fate.name, fate.uids);
  }
  if (one.to) {
    const auto& copied = one.report.copied;
    json.field("to", typed_name(one.to->utf8)).key("to_uidvalidity");
    if (copied) {
      json.value(copied->uidvalidity);
    } else {
      json.null();
    }
    write_set(json, "to_uids", copied ? copied->target : imap::SequenceSet());
  }
  return json.end_object().end_line();
}

Result<void> write_totals(Output& out, const ChangeWords& words,
                          const ChangeTotals& totals) {
  JsonWriter json(out);
  json.begin_object().field("type", "summary");
  json.field("exit", static_cast<int>(exit_status(totals)));
  if (totals.lost) {
    json.null_field("matched").null_field("changed");
  } else {
    json.field("matched", totals.matched());
    json.field("changed", totals.changed());
  }
  json.key("folder");
  const bool one = totals.folders.size() == 1;
  if (one) {
    json.value(typed_name(totals.folders.front().folder.utf8));
  } else {
    json.null();
  }
  if (words.to) {
    const auto copied = one ? totals.folders.front().report.copied
                            : std::optional<imap::CopyUid>();
    json.field("to", typed_name(words.to->utf8));
    if (!copied) {
      json.null_field("uidvalidity").null_field("uids");
    } else if (copied->target.count() > kMostUids) {
      json.field("uidvalidity", copied->uidvalidity).null_field("uids");
    } else {
      json.field("uidvalidity", copied->uidvalidity).key("uids").begin_array();
      for (const auto& range : copied->target.ranges()) {
        for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
          json.value(uid);
        }
      }
      json.end_array();
    }
  }
  json.field("undo", totals.undo);
  return json.end_object().end_line();
}

}  // namespace

Result<void> report_change(const Invocation& invocation, Output& out,
                           const ChangeWords& words,
                           const ChangeTotals& totals) {
  if (!invocation.dry_run()) tell(invocation, words, totals);
  if (!invocation.json()) return {};
  if (!invocation.dry_run()) {
    for (const auto& one : totals.folders) {
      if (auto wrote = write_folder(out, one); !wrote) return wrote;
    }
  }
  return write_totals(out, words, totals);
}

}  // namespace mailtool::app
