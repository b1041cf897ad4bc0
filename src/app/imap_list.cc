// mailtool imap list: a row a message, as the server tells of them.

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "app/exit_status.h"
#include "app/imap_find.h"
#include "app/imap_list_batches.h"
#include "app/imap_list_fields.h"
#include "app/imap_list_rows.h"
#include "app/imap_uid_chunks.h"
#include "app/imap_untold.h"
#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_batches.h"

namespace mailtool::app {
namespace {

bool has(const std::vector<ListField>& fields, ListField field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// Says once which fields stay empty.
Result<bool> offered(client::ImapClient& client, const Invocation& invocation,
                     std::string_view capability, const std::string& fields) {
  auto there = client.offers(capability);
  if (there && !*there && !invocation.quiet()) {
    warn("imap", "the server has no " + std::string(capability) + ": " +
                     fields + " not known");
  }
  return there;
}

Result<ListItems> items_for(client::ImapClient& client,
                        const Invocation& invocation,
                        const std::vector<ListField>& fields) {
  using enum ListField;
  ListItems items;
  auto& fetch = items.fetch;
  const auto any = [&](std::initializer_list<ListField> of) {
    return invocation.json() ||
           std::any_of(of.begin(), of.end(),
                       [&](auto field) { return has(fields, field); });
  };
  fetch.flags = any({flags});
  fetch.envelope = any({date, from, to, cc, subject, message_id});
  fetch.size = any({size});
  fetch.internal_date = any({date, arrival});
  fetch.body_structure = any({attachments});
  if (has(fields, saved)) {
    auto there = offered(client, invocation, "SAVEDATE", "saved is");
    if (!there) return std::move(there).error();
    fetch.save_date = *there;
  }
  const bool email = has(fields, email_id);
  const bool thread = has(fields, thread_id);
  if (email || thread) {
    auto there = offered(client, invocation, "OBJECTID",
                         email && thread ? "email-id and thread-id are"
                         : email         ? "email-id is"
                                         : "thread-id is");
    if (!there) return std::move(there).error();
    fetch.email_id = *there && email;
    fetch.thread_id = *there && thread;
  }
  if (has(fields, preview)) {
    auto there = client.offers("PREVIEW");
    if (!there) return std::move(there).error();
    fetch.preview = *there;
    items.local_preview = !*there;
    fetch.body_structure = fetch.body_structure || !*there;
  }
  return items;
}

// Rows as they come: nothing is held.
Result<void> list_at_once(ImapSession& session, const FoundMessages& found,
                          const ListItems& items, RowWriter& rows,
                          UntoldMessages& untold) {
  std::vector<imap::Range> told;
  auto seen = session.client().fetch(
      found.uids, items.fetch, [&](imap::FetchData& message) -> Result<void> {
        const auto uid = message.uid.value_or(imap::kStar);
        if (!told.empty() && told.back().last + 1 == uid) {
          told.back().last = uid;
        } else {
          told.push_back({uid, uid});
        }
        return rows.write({found.folder, found.uidvalidity, message,
                           std::move(message.preview), nullptr});
      });
  if (!seen && !is_about_gone(seen.error())) return std::move(seen).error();
  untold.add(found.uids, std::move(told));
  return {};
}

// The next `batch` of `left`.
template <class T>
std::span<const T> take_batch(std::span<const T>& left) {
  const auto some = left.first(std::min(left.size(), client::kBatch));
  left = left.subspan(some.size());
  return some;
}

Result<void> list_with_previews(const FoundMessages& found, BatchedRows& rows) {
  UidChunks left(found.uids);
  return rows.list(found.uids.count(), [&] {
    SomeRows some;
    some.uids = left.next(client::kBatch);
    return some;
  });
}

Result<void> list_sorted(const FoundMessages& found, std::uint64_t limit,
                         BatchedRows& rows) {
  const std::span<const std::uint32_t> all(found.order);
  auto left = all.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(limit, all.size())));
  return rows.list(left.size(), [&] {
    const auto some = take_batch(left);
    return SomeRows::of({some.begin(), some.end()});
  });
}

// The last rows: those of the newest threads.
Result<void> list_threads(const FoundMessages& found, std::uint64_t limit,
                          BatchedRows& rows) {
  const std::span<const imap::ThreadPlace> all(found.threads);
  auto left = all.last(
      static_cast<std::size_t>(std::min<std::uint64_t>(limit, all.size())));
  return rows.list(left.size(), [&] {
    const auto places = take_batch(left);
    std::vector<std::uint32_t> order;
    for (const auto& place : places) order.push_back(place.uid);
    auto some = SomeRows::of(std::move(order));
    some.threads = places;
    return some;
  });
}

// The rows of one folder, and then what is to be said of those that lack.
class FolderList {
 public:
  FolderList(ImapSession& session, FoundMessages& found, const ListItems& items,
             RowWriter& rows)
      : session_(session),
        found_(found),
        items_(items),
        rows_(rows),
        batched_(session, found, items, rows, untold_) {}

  Result<void> run(const FindOptions& order, std::uint64_t limit) {
    if (order.thread) return list_threads(found_, limit, batched_);
    if (order.sort) return list_sorted(found_, limit, batched_);
    found_.uids = found_.uids.last(limit);
    return items_.local_preview
               ? list_with_previews(found_, batched_)
               : list_at_once(session_, found_, items_, rows_, untold_);
  }

  // Prints what the server did not tell.
  Result<ExitStatus> check() {
    auto status = ExitStatus::ok;
    auto lacking = untold_.check(session_);
    if (!lacking) return std::move(lacking).error();
    for (const auto& error : {*std::move(lacking), batched_.no_previews()}) {
      if (!error) continue;
      report_error("imap", session_.at_server(*error));
      status = combine(status, exit_status(error->kind));
    }
    return status;
  }

 private:
  ImapSession& session_;
  FoundMessages& found_;
  const ListItems& items_;
  RowWriter& rows_;
  UntoldMessages untold_;
  BatchedRows batched_;
};

Result<FoundMessages> find_some(ImapSession& session, const What& what,
                                const Target& target,
                                const FindOptions& options) {
  auto finder = Finder::make(session, what, options);
  if (!finder) return std::move(finder).error();
  FoundMessages messages;
  messages.folder = target.folder;
  auto done = finder->run(
      {&target, 1},
      [&](FoundMessages& found) -> Result<void> {
        messages = std::move(found);
        return {};
      },
      [](Error error) -> Result<void> { return error; });
  if (!done) return std::move(done).error();
  return messages;
}

Result<FindOptions> order_of(const Invocation& invocation) {
  const auto& options = invocation.options;
  FindOptions find;
  if (const auto key = options.get("sort")) {
    auto order = parse_sort(*key);
    if (!order) return std::move(order).error();
    find.sort = *order;
  }
  if (options.has("by-subject") && !options.has("thread")) {
    return Error{ErrorKind::usage, "--by-subject goes with --thread"};
  }
  if (!options.has("thread")) return find;
  find.thread = options.has("by-subject")
                    ? imap::ThreadBy::references_and_subject
                    : imap::ThreadBy::references;
  return find;
}

// What --explain says beside the commands.
std::string note_of(const FindOptions& order, const ListItems& items) {
  std::string note;
  if (items.local_preview) note = "previews would be fetched besides";
  if (!order.sort && !order.thread) return note;
  if (!note.empty()) note += "; ";
  return note + "rows would be asked for " + std::to_string(client::kBatch) +
         " at a time, without waiting for those before";
}

}  // namespace

Result<ExitStatus> imap_list(const Invocation& invocation, const Words& words,
                             Output& out) {
  const bool several = invocation.options.all("folder").size() > 1;
  auto fields = parse_list_fields(invocation.options.get_or(
      "fields", several ? "folder,uid,date,from,subject,size,flags"
                        : "uid,date,from,subject,size,flags"));
  if (!fields) return std::move(fields).error();
  auto what = parse_search(invocation, words);
  if (!what) return std::move(what).error();
  const auto limit =
      parse_number(invocation.options.get_or("limit", "4294967295"))
          .value_or(0);
  const auto order = order_of(invocation);
  if (!order) return order.error();
  auto session = ImapSession::start(invocation);
  if (!session) return std::move(session).error();
  auto folders = targets(**session, *what);
  if (!folders) return std::move(folders).error();
  auto items = items_for((*session)->client(), invocation, *fields);
  if (!items) return (*session)->at_server(std::move(items).error());

  if (invocation.options.has("explain")) {
    return explain_reading(invocation, **session, *what, *order, *folders,
                           items->fetch, note_of(*order, *items), out);
  }
  RowWriter rows(invocation, out, *fields);
  auto status = ExitStatus::ok;
  for (const auto& target : *folders) {
    auto found = find_some(**session, *what, target, *order);
    if (!found) return std::move(found).error();
    FolderList listing(**session, *found, *items, rows);
    auto listed = listing.run(*order, limit);
    if (!listed) return (*session)->at_server(std::move(listed).error());
    auto checked = listing.check();
    if (!checked) return (*session)->at_server(std::move(checked).error());
    status = combine(status, *checked);
  }
  if (auto wrote = write_summary(invocation, out, status); !wrote) {
    return wrote.error();
  }
  return status;
}

}  // namespace mailtool::app
