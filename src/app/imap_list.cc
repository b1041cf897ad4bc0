// mailtool imap list: a row a message, as the server tells of them.

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

#include "app/imap_find.h"
#include "app/imap_list_fields.h"
#include "app/imap_preview.h"
#include "app/imap_uid_chunks.h"
#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "app/parse_tree.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// Rows that wait for their previews, or for their turn: as many as one flight
// brings. Some megabytes, and less than one wait for a thousand.
constexpr std::size_t kRowsHeld = 2000;
// Of the responses about them.
constexpr std::size_t kOctetsHeld = 128 * 1024 * 1024;
// About so many tell of one row.
constexpr std::uint64_t kRowOctets = 400;

class RowWriter {
 public:
  RowWriter(const Invocation& invocation, Output& out,
            std::vector<ListField> fields)
      : invocation_(invocation), out_(out), fields_(std::move(fields)) {
    if (!invocation.stdout_is_terminal) return;
    style_.width = invocation.display_width;
    widths_ = column_widths(
        fields_, static_cast<std::size_t>(invocation.terminal_columns));
  }

  Result<void> write(const ListRow& row) {
    if (invocation_.json()) return write_list_json(out_, row, fields_);
    std::string line;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      auto text = printable(field_text(fields_[i], row), 8192);
      if (i > 0) line += widths_.empty() ? "\t" : "  ";
      line += widths_.empty() ? text : fitted(text, i);
    }
    while (!widths_.empty() && line.ends_with(' ')) line.pop_back();
    return out_.write(line + "\n");
  }

 private:
  std::string fitted(const std::string& text, std::size_t column) const {
    if (is_number(fields_[column])) {
      const auto blanks =
          widths_[column] - std::min(widths_[column], text.size());
      return std::string(blanks, ' ') + text;
    }
    auto cut = style_.cut(text, widths_[column]);
    const auto width = style_.width_of(cut);
    return cut +
           std::string(widths_[column] - std::min(widths_[column], width), ' ');
  }

  const Invocation& invocation_;
  Output& out_;
  std::vector<ListField> fields_;
  TreeStyle style_;
  std::vector<std::size_t> widths_;
};

/// What the server is asked for, and what it cannot tell.
struct Items {
  client::FetchItems fetch;
  bool local_preview = false;
};

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

Result<Items> items_for(client::ImapClient& client,
                        const Invocation& invocation,
                        const std::vector<ListField>& fields) {
  using enum ListField;
  Items items;
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
                          const Items& items, RowWriter& rows) {
  auto seen = session.client().fetch(
      found.uids, items.fetch, [&](imap::FetchData& message) -> Result<void> {
        return rows.write({found.folder, found.uidvalidity, message,
                           std::move(message.preview), nullptr});
      });
  if (!seen) return std::move(seen).error();
  return {};
}

// Rows in an order of their own, at most kRowsHeld.
struct SomeRows {
  imap::SequenceSet uids;
  std::vector<std::uint32_t> order;             // may be empty
  std::span<const imap::ThreadPlace> threads;  // likewise

  static SomeRows of(std::vector<std::uint32_t> order) {
    SomeRows some;
    std::vector<imap::Range> ranges;
    for (const auto uid : order) ranges.push_back({uid, uid});
    some.uids = imap::SequenceSet(std::move(ranges));
    some.order = std::move(order);
    return some;
  }
};

// The place of each UID in `order`.
using Places = std::unordered_map<std::uint32_t, std::size_t>;

Places put_in_order(std::vector<imap::FetchData>& rows,
                    std::span<const std::uint32_t> order) {
  Places places;
  for (const auto uid : order) places.emplace(uid, places.size());
  if (order.empty()) return places;
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    return places[a.uid.value_or(0)] < places[b.uid.value_or(0)];
  });
  return places;
}

Result<void> list_some(ImapSession& session, const FoundMessages& found,
                       const SomeRows& some, const Items& items,
                       RowWriter& rows) {
  std::vector<imap::FetchData> held;
  std::size_t octets = 0;
  auto seen = session.client().fetch(
      some.uids, items.fetch, [&](imap::FetchData& message) -> Result<void> {
        octets += message.octets;
        if (octets > kOctetsHeld) {
          return Error{ErrorKind::protocol,
                       "more about messages than can be held to be put in "
                       "order"};
        }
        held.push_back(std::move(message));
        return {};
      });
  if (!seen) return std::move(seen).error();
  const auto places = put_in_order(held, some.order);
  std::vector<std::optional<std::string>> previews(held.size());
  if (items.local_preview) {
    auto made = fetch_previews(session.client(), held);
    if (!made) return std::move(made).error();
    previews = *std::move(made);
  } else {
    for (std::size_t i = 0; i < held.size(); ++i) {
      previews[i] = std::move(held[i].preview);
    }
  }
  for (std::size_t i = 0; i < held.size(); ++i) {
    const auto at = places.find(held[i].uid.value_or(0));
    const auto* place = some.threads.empty() || at == places.end()
                            ? nullptr
                            : &some.threads[at->second];
    auto wrote = rows.write({found.folder, found.uidvalidity, held[i],
                             std::move(previews[i]), place});
    if (!wrote) return wrote;
  }
  return {};
}

Result<void> list_with_previews(ImapSession& session,
                                const FoundMessages& found, const Items& items,
                                RowWriter& rows) {
  UidChunks left(found.uids);
  while (!left.empty()) {
    SomeRows some;
    some.uids = left.next(kRowsHeld);
    auto listed = list_some(session, found, some, items, rows);
    if (!listed) return listed;
  }
  return {};
}

Result<void> list_sorted(ImapSession& session, const FoundMessages& found,
                         std::uint64_t limit, const Items& items,
                         RowWriter& rows) {
  const std::span<const std::uint32_t> all(found.order);
  auto left = all.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(limit, all.size())));
  auto ready = session.client().expect(kRowOctets * left.size());
  if (!ready) return ready;
  while (!left.empty()) {
    const auto some = left.first(std::min(left.size(), kRowsHeld));
    left = left.subspan(some.size());
    auto listed = list_some(session, found,
                            SomeRows::of({some.begin(), some.end()}), items,
                            rows);
    if (!listed) return listed;
  }
  return {};
}

// The last rows: those of the newest threads.
Result<void> list_threads(ImapSession& session, const FoundMessages& found,
                          std::uint64_t limit, const Items& items,
                          RowWriter& rows) {
  const std::span<const imap::ThreadPlace> all(found.threads);
  auto left = all.last(
      static_cast<std::size_t>(std::min<std::uint64_t>(limit, all.size())));
  auto ready = session.client().expect(kRowOctets * left.size());
  if (!ready) return ready;
  while (!left.empty()) {
    const auto places = left.first(std::min(left.size(), kRowsHeld));
    left = left.subspan(places.size());
    std::vector<std::uint32_t> order;
    for (const auto& place : places) order.push_back(place.uid);
    auto some = SomeRows::of(std::move(order));
    some.threads = places;
    auto listed = list_some(session, found, some, items, rows);
    if (!listed) return listed;
  }
  return {};
}

Result<void> list(ImapSession& session, FoundMessages& found,
                  const FindOptions& order, std::uint64_t limit,
                  const Items& items, RowWriter& rows) {
  if (order.thread) return list_threads(session, found, limit, items, rows);
  if (order.sort) return list_sorted(session, found, limit, items, rows);
  found.uids = found.uids.last(limit);
  return items.local_preview ? list_with_previews(session, found, items, rows)
                             : list_at_once(session, found, items, rows);
}

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
std::string note_of(const FindOptions& order, const Items& items) {
  std::string note;
  if (items.local_preview) note = "previews would be fetched besides";
  if (!order.sort && !order.thread && note.empty()) return note;
  if (!note.empty()) note += "; ";
  return note + "rows would be fetched " + std::to_string(kRowsHeld) +
         " at a time";
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
  for (const auto& target : *folders) {
    auto found = find_some(**session, *what, target, *order);
    if (!found) return std::move(found).error();
    auto listed = list(**session, *found, *order, limit, *items, rows);
    if (!listed) return (*session)->at_server(std::move(listed).error());
  }
  if (auto wrote = write_summary(invocation, out, ExitStatus::ok); !wrote) {
    return wrote.error();
  }
  return ExitStatus::ok;
}

}  // namespace mailtool::app
