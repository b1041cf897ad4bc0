// mailtool imap list: a row a message, as the server tells of them.

#include <algorithm>
#include <deque>
#include <functional>
#include <span>
#include <unordered_map>
#include <utility>

#include "app/imap_find.h"
#include "app/imap_list_fields.h"
#include "app/imap_list_rows.h"
#include "app/imap_preview.h"
#include "app/imap_uid_chunks.h"
#include "app/imap_verbs.h"
#include "app/imap_what.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_batches.h"

namespace mailtool::app {
namespace {

// Rows that wait for their previews, and the octets that told of them.
constexpr std::size_t kRowsHeld = 1000;
constexpr std::size_t kOctetsHeld = 8 * 1024 * 1024;

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

// Rows of one batch.
struct SomeRows {
  imap::SequenceSet uids;
  std::vector<std::uint32_t> order;            // may be empty
  std::span<const imap::ThreadPlace> threads;  // likewise

  static SomeRows of(std::vector<std::uint32_t> order) {
    SomeRows some;
    std::vector<imap::Range> ranges;
    for (const auto uid : order) ranges.push_back({uid, uid});
    some.uids = imap::SequenceSet(std::move(ranges));
    some.order = std::move(order);
    return some;
  }

  // The place of each UID in `order`.
  [[nodiscard]] std::unordered_map<std::uint32_t, std::size_t> places() const {
    std::unordered_map<std::uint32_t, std::size_t> all;
    for (const auto uid : order) all.emplace(uid, all.size());
    return all;
  }
};

// Rows in an order of their own, fetched in flights of many batches.
class BatchedRows {
 public:
  BatchedRows(ImapSession& session, const FoundMessages& found,
              const Items& items, RowWriter& rows)
      : session_(session), found_(found), items_(items), rows_(rows) {}

  // `next` has the rows of the next batch, none at the end, of `all` rows.
  using Next = std::function<SomeRows()>;
  Result<void> list(std::uint64_t all, const Next& next) {
    client::FetchBatches batches;
    batches.messages = all;
    bool more = true;
    batches.next = [&]() -> imap::SequenceSet {
      if (is_full()) return {};
      auto some = next();
      auto uids = some.uids;
      more = !uids.empty();
      if (more) asked_.push_back(std::move(some));
      return uids;
    };
    batches.take = [&](std::vector<imap::FetchData>& messages) {
      return take(messages);
    };
    while (more) {
      auto done = client::fetch_batches(session_.client(), items_.fetch, batches);
      if (done) done = write_with_previews();
      if (!done) return done;
    }
    return {};
  }

 private:
  // Their previews are due.
  [[nodiscard]] bool is_full() const {
    const auto rows = held_.size() + asked_.size() * client::kBatch;
    return items_.local_preview &&
           (rows >= kRowsHeld || octets_ >= kOctetsHeld);
  }

  Result<void> take(std::vector<imap::FetchData>& messages) {
    const auto some = std::move(asked_.front());
    asked_.pop_front();
    const auto places = some.places();
    const auto place_of = [&](const imap::FetchData& message) {
      const auto at = places.find(message.uid.value_or(0));
      return at == places.end() ? places.size() : at->second;
    };
    if (!some.order.empty()) {
      std::sort(messages.begin(), messages.end(),
                [&](const auto& a, const auto& b) {
                  return place_of(a) < place_of(b);
                });
    }
    for (auto& message : messages) {
      const auto at = place_of(message);
      const auto* place =
          at < some.threads.size() ? &some.threads[at] : nullptr;
      if (items_.local_preview) {
        octets_ += message.octets;
        held_.push_back(std::move(message));
        places_.push_back(place);
        continue;
      }
      auto preview = std::move(message.preview);
      auto wrote = write(message, std::move(preview), place);
      if (!wrote) return wrote;
    }
    return {};
  }

  Result<void> write_with_previews() {
    if (held_.empty()) return {};
    auto previews = fetch_previews(session_.client(), held_);
    if (!previews) return std::move(previews).error();
    for (std::size_t i = 0; i < held_.size(); ++i) {
      auto wrote = write(held_[i], std::move((*previews)[i]), places_[i]);
      if (!wrote) return wrote;
    }
    held_.clear();
    places_.clear();
    octets_ = 0;
    return {};
  }

  Result<void> write(const imap::FetchData& message,
                     std::optional<std::string> preview,
                     const imap::ThreadPlace* place) {
    return rows_.write({found_.folder, found_.uidvalidity, message,
                        std::move(preview), place});
  }

  ImapSession& session_;
  const FoundMessages& found_;
  const Items& items_;
  RowWriter& rows_;
  std::deque<SomeRows> asked_;  // and not yet answered, oldest first
  // Rows that wait for their previews.
  std::vector<imap::FetchData> held_;
  std::vector<const imap::ThreadPlace*> places_;
  std::size_t octets_ = 0;
};

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

Result<void> list(ImapSession& session, FoundMessages& found,
                  const FindOptions& order, std::uint64_t limit,
                  const Items& items, RowWriter& rows) {
  BatchedRows batched(session, found, items, rows);
  if (order.thread) return list_threads(found, limit, batched);
  if (order.sort) return list_sorted(found, limit, batched);
  found.uids = found.uids.last(limit);
  return items.local_preview ? list_with_previews(found, batched)
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
