// mailtool imap search: UID sets, for people and for pipes.

#include <utility>

#include "app/imap_explain_notes.h"
#include "app/imap_find.h"
#include "app/imap_folder_name.h"
#include "app/imap_verbs.h"
#include "app/json.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

struct SearchOptions {
  bool count_only = false;
  bool every_folder = false;
  std::optional<SortOrder> sort;
  std::uint64_t limit = UINT32_MAX;
};

Result<SearchOptions> search_options(const Invocation& invocation) {
  const auto& options = invocation.options;
  SearchOptions search;
  search.count_only = options.has("count");
  search.every_folder = options.has("all-folders");
  if (search.every_folder && options.has("folder")) {
    return Error{ErrorKind::usage,
                 "--all-folders and --folder do not go together"};
  }
  if (const auto sort = options.get("sort")) {
    auto order = parse_sort(*sort);
    if (!order) return std::move(order).error();
    search.sort = *order;
  }
  search.limit =
      parse_number(options.get_or("limit", "4294967295")).value_or(UINT32_MAX);
  return search;
}

Result<void> every_folder(ImapSession& session, What& what) {
  auto listed = session.list({});
  if (!listed) return session.at_server(std::move(listed).error());
  what.folders.clear();
  what.listed = true;
  for (const auto& mailbox : *listed) {
    if (mailbox.has("\\Noselect") || mailbox.has("\\NonExistent")) continue;
    if (mailbox.list.mailbox.well_formed) {
      what.folders.push_back(mailbox.list.mailbox.utf8);
    }
  }
  return {};
}

// Writes what was found, folder by folder.
class SearchReport {
 public:
  SearchReport(const Invocation& invocation, const SearchOptions& options,
               bool several, Output& out)
      : invocation_(invocation),
        options_(options),
        several_(several),
        out_(out) {}

  Result<void> add(FoundMessages& found) {
    total_ += std::min(found.count, options_.limit);
    if (options_.count_only) {
      return count(found, std::min(found.count, options_.limit));
    }
    if (options_.sort) {
      if (found.order.size() > options_.limit) {
        found.order.resize(static_cast<std::size_t>(options_.limit));
      }
    } else {
      found.uids = found.uids.last(options_.limit);
    }
    if (invocation_.json()) return write_json(found);
    return invocation_.stdout_is_terminal ? write_for_people(found)
                                          : write_for_pipes(found);
  }

  Result<ExitStatus> finish(ExitStatus status) {
    const bool no_match = status == ExitStatus::ok && total_ == 0 &&
                          invocation_.options.has("exit-code");
    if (no_match) status = ExitStatus::no_match;
    if (invocation_.json()) {
      JsonWriter json(out_);
      json.begin_object().field("type", "summary");
      json.field("exit", static_cast<int>(status)).field("matched", total_);
      auto wrote = json.end_object().end_line();
      if (!wrote) return std::move(wrote).error();
    } else if (options_.count_only) {
      auto wrote =
          out_.write(std::to_string(total_) + (several_ ? "\ttotal\n" : "\n"));
      if (!wrote) return std::move(wrote).error();
    }
    return status;
  }

 private:
  Result<void> count(const FoundMessages& found, std::uint64_t matched) {
    if (invocation_.json()) {
      JsonWriter json(out_);
      json.begin_object().field("type", "count");
      json.field("folder", typed_name(found.folder.utf8));
      json.field("uidvalidity", found.uidvalidity).field("matched", matched);
      return json.end_object().end_line();
    }
    if (!several_) return {};
    return out_.write(std::to_string(matched) + "\t" +
                      printable(typed_name(found.folder.utf8), 8192) + "\n");
  }

  Result<void> write_json(const FoundMessages& found) {
    const auto row = [&](std::uint64_t uid) {
      JsonWriter json(out_);
      json.begin_object().field("type", "message");
      json.field("folder", typed_name(found.folder.utf8));
      json.field("uidvalidity", found.uidvalidity).field("uid", uid);
      return json.end_object().end_line();
    };
    for (const auto uid : found.order) {
      if (auto wrote = row(uid); !wrote) return wrote;
    }
    if (options_.sort) return {};
    for (const auto& range : found.uids.ranges()) {
      for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
        if (auto wrote = row(uid); !wrote) return wrote;
      }
    }
    return {};
  }

  // A set has no order: what reads it from the pipe takes it as it likes.
  Result<void> write_for_pipes(FoundMessages& found) {
    if (options_.sort) {
      std::vector<imap::Range> ranges;
      for (const auto uid : found.order) ranges.push_back({uid, uid});
      found.uids = imap::SequenceSet(std::move(ranges));
    }
    return write_uid_block(out_,
                           {found.folder.utf8, found.uidvalidity, found.uids});
  }

  Result<void> write_for_people(const FoundMessages& found) {
    std::vector<std::string> lines;
    if (options_.sort) {
      for (const auto uid : found.order) {
        const auto text = std::to_string(uid);
        const bool full =
            lines.empty() ||
            lines.back().size() + text.size() + 1 >= kUidLineOctets;
        if (full) {
          lines.push_back(text);
        } else {
          lines.back() += "," + text;
        }
      }
    } else {
      lines = imap::split_to_wire(found.uids, kUidLineOctets - 1);
    }
    const std::string prefix =
        several_ ? printable(typed_name(found.folder.utf8), 8192) + ": " : "";
    for (const auto& line : lines) {
      if (auto wrote = out_.write(prefix + line + "\n"); !wrote) return wrote;
    }
    return {};
  }

  const Invocation& invocation_;
  const SearchOptions& options_;
  bool several_;
  Output& out_;
  std::uint64_t total_ = 0;
};

Result<ExitStatus> explained(const Invocation& invocation, ImapSession& session,
                             Finder& finder, const std::vector<Target>& folders,
                             Output& out) {
  auto explanation = Explanation::of(session);
  if (!explanation) return std::move(explanation).error();
  if (auto told = finder.explain(folders, *explanation); !told) {
    return std::move(told).error();
  }
  auto noted = note_names(session, *explanation);
  if (noted) noted = note_compression(session, *explanation);
  if (!noted) return std::move(noted).error();
  auto wrote = explanation->write(invocation, out);
  if (!wrote) return std::move(wrote).error();
  return ExitStatus::ok;
}

}  // namespace

Result<ExitStatus> imap_search(const Invocation& invocation, const Words& words,
                               Output& out) {
  const auto options = search_options(invocation);
  if (!options) return options.error();
  auto what = parse_search(invocation, words);
  if (!what) return std::move(what).error();
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  if (options->every_folder) {
    auto named = every_folder(**session, *what);
    if (!named) return std::move(named).error();
  }
  auto folders = targets(**session, *what);
  if (!folders) return std::move(folders).error();
  auto finder = Finder::make(**session, *what,
                             {true, options->count_only, options->sort});
  if (!finder) return std::move(finder).error();
  if (invocation.options.has("explain")) {
    return explained(invocation, **session, *finder, *folders, out);
  }

  const bool several = options->every_folder || folders->size() > 1;
  SearchReport report(invocation, *options, several, out);
  auto status = ExitStatus::ok;
  auto done = finder->run(
      *folders, [&](FoundMessages& found) { return report.add(found); },
      [&](Error error) -> Result<void> {
        if (!several) return error;
        // The other folders are searched all the same.
        report_error("imap", error);
        status = combine(status, exit_status(error.kind));
        return {};
      });
  if (!done) return std::move(done).error();
  return report.finish(status);
}

}  // namespace mailtool::app
