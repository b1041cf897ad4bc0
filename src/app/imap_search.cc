// mailtool imap search: UID sets, for people and for pipes.

#include <utility>

#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "app/json.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

Result<void> write_json(Output& out, const FoundMessages& found) {
  for (const auto& range : found.uids.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      JsonWriter json(out);
      json.begin_object().field("type", "message");
      json.field("folder", found.folder.utf8);
      json.field("uidvalidity", found.uidvalidity).field("uid", uid);
      if (auto wrote = json.end_object().end_line(); !wrote) return wrote;
    }
  }
  return {};
}

Result<void> write_found(const Invocation& invocation, Output& out,
                         const FoundMessages& found, bool name_folder) {
  if (invocation.json()) return write_json(out, found);
  if (!invocation.stdout_is_terminal) {
    return write_uid_block(out,
                           {found.folder.utf8, found.uidvalidity, found.uids});
  }
  if (found.uids.empty()) return {};
  const std::string prefix =
      name_folder ? printable(found.folder.utf8, 8192) + ": " : "";
  return out.write(prefix + to_wire(found.uids) + "\n");
}

Result<void> write_count(const Invocation& invocation, Output& out,
                         std::uint64_t total) {
  if (!invocation.json()) return out.write(std::to_string(total) + "\n");
  return {};
}

Result<void> all_folders(ImapSession& session, What& what) {
  auto listed = session.client().list({});
  if (!listed) return session.at_server(std::move(listed).error());
  what.folders.clear();
  for (const auto& mailbox : *listed) {
    if (mailbox.has("\\Noselect") || mailbox.has("\\NonExistent")) continue;
    if (mailbox.list.mailbox.well_formed) {
      what.folders.push_back(mailbox.list.mailbox.utf8);
    }
  }
  return {};
}

}  // namespace

Result<ExitStatus> imap_search(const Invocation& invocation, const Words& words,
                               Output& out) {
  const auto& options = invocation.options;
  auto what = parse_search(invocation, words);
  if (!what) return std::move(what).error();
  const bool count_only = options.has("count");
  const auto limit =
      parse_number(options.get_or("limit", "4294967295")).value_or(0);
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  if (options.has("all-folders")) {
    if (auto named = all_folders(**session, *what); !named) {
      return named.error();
    }
  }
  auto folders = targets(**session, *what);
  if (!folders) return std::move(folders).error();

  std::uint64_t total = 0;
  for (const auto& target : *folders) {
    auto found = find(**session, *what, target, true, count_only);
    if (!found) return std::move(found).error();
    found->count = std::min(found->count, limit);
    total += found->count;
    if (count_only) continue;
    found->uids = found->uids.last(limit);
    auto wrote = write_found(invocation, out, *found, folders->size() > 1);
    if (!wrote) return std::move(wrote).error();
  }
  if (count_only) {
    if (auto wrote = write_count(invocation, out, total); !wrote) {
      return wrote.error();
    }
  }
  const auto status = total == 0 && options.has("exit-code")
                          ? ExitStatus::no_match
                          : ExitStatus::ok;
  if (invocation.json()) {
    JsonWriter json(out);
    json.begin_object().field("type", "summary");
    json.field("exit", static_cast<int>(status)).field("matched", total);
    if (auto wrote = json.end_object().end_line(); !wrote) return wrote.error();
  }
  return status;
}

}  // namespace mailtool::app
