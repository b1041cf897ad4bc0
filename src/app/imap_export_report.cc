#include "app/imap_export_report.h"

#include "app/imap_folder_name.h"
#include "app/json.h"
#include "app/parse_tree.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShownName = 200;

std::string counted(std::uint64_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what) +
         (number == 1 ? "" : "s");
}

void add_fields(JsonWriter& json, const ExportCounts& counts, bool dry_run) {
  const auto done = [&](std::uint64_t number) { return dry_run ? 0 : number; };
  if (dry_run) json.field("to_fetch", counts.fetched);
  json.field("fetched", done(counts.fetched));
  json.field("octets", counts.octets);
  json.field("changed", done(counts.changed));
  json.field("removed", counts.removed);
  json.field("gone", counts.gone).field("failed", counts.failed);
}

}  // namespace

Result<void> ExportReport::folder(const std::string& name,
                                  const std::string& path,
                                  const ExportCounts& counts,
                                  const std::string& error) {
  ++folders_;
  total_.messages += counts.messages;
  total_.fetched += counts.fetched;
  total_.octets += counts.octets;
  total_.changed += counts.changed;
  total_.removed += counts.removed;
  total_.gone += counts.gone;
  total_.failed += counts.failed;
  const bool dry_run = invocation_.dry_run();
  if (invocation_.json()) {
    JsonWriter json(out_);
    json.begin_object().field("type", "folder").field("name", typed_name(name));
    json.field("path", path).field("messages", counts.messages);
    add_fields(json, counts, dry_run);
    if (!error.empty()) json.field("error", error);
    return json.end_object().end_line();
  }
  if (!dry_run || !error.empty()) return {};
  const auto would = [&](std::uint64_t number, std::string_view verb,
                         std::string_view what) -> Result<void> {
    if (number == 0) return {};
    return out_.write("would " + std::string(verb) + " " +
                      counted(number, "message") + std::string(what) + " " +
                      printable(typed_name(name), kShownName) + "\n");
  };
  if (auto said = would(counts.fetched, "fetch", " of"); !said) return said;
  auto said = would(counts.changed, "change the flags of", " in");
  if (!said || !invocation_.options.has("delete")) return said;
  return would(counts.gone, "remove", " from the mirror of");
}

std::string ExportReport::total_text() const {
  auto text = counted(total_.fetched, "message") + " of " +
              counted(folders_, "folder") + " fetched";
  if (total_.octets > 0) text += ", " + size_text(total_.octets);
  if (total_.changed > 0) {
    text += ", flags of " + std::to_string(total_.changed) + " changed";
  }
  if (total_.removed > 0) {
    text += ", " + std::to_string(total_.removed) + " removed";
  }
  if (total_.gone > 0) {
    text += ", " + std::to_string(total_.gone) +
            " gone from the server and kept here";
  }
  return text;
}

Result<void> ExportReport::finish(ExitStatus status) {
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - begin_;
  if (invocation_.json()) {
    JsonWriter json(out_);
    json.begin_object().field("type", "summary");
    json.field("exit", static_cast<int>(status)).field("folders", folders_);
    add_fields(json, total_, invocation_.dry_run());
    json.field("seconds", seconds.count());
    return json.end_object().end_line();
  }
  const bool shown = invocation_.stderr_is_terminal && !invocation_.quiet() &&
                     !invocation_.dry_run();
  if (!shown) return {};
  if (auto flushed = out_.flush(); !flushed) return flushed;
  warn("imap", total_text());
  return {};
}

}  // namespace mailtool::app
