#include "app/imap_find.h"

#include <algorithm>
#include <utility>

#include "app/imap_query_local.h"
#include "app/imap_row_bound.h"
#include "app/imap_thread_term.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// RFC 7162 section 4 asks servers for command lines of 8192 octets.
constexpr std::size_t kMaxSearchedSet = 8000;

// Folders in one flight: their answers are held until they are written.
constexpr std::size_t kFlight = 100;

bool is_long(const imap::SequenceSet& set) {
  return to_wire(set).size() > kMaxSearchedSet;
}

// From the first to the last: a set too long for one line is looked for by
// this, and what else is found is left out.
imap::SequenceSet span_of(const imap::SequenceSet& set) {
  return imap::SequenceSet(
      {{set.ranges().front().first, set.ranges().back().last}});
}

Result<void> check_opened(const client::SelectedMailbox& mailbox,
                          const Target& target, bool read_only) {
  const auto name = printable(mailbox.name.utf8, 200);
  if (target.uidvalidity &&
      *target.uidvalidity != mailbox.uidvalidity.value_or(0)) {
    return Error{ErrorKind::bad_input,
                 "UIDVALIDITY is " +
                     std::to_string(mailbox.uidvalidity.value_or(0)) +
                     " now, not " + std::to_string(*target.uidvalidity) +
                     ": the set is of another folder or time",
                 "folder " + name, "", "search again"};
  }
  if (!read_only && mailbox.read_only) {
    return Error{ErrorKind::no_permission, "read-only", "folder " + name};
  }
  return {};
}

// A server may leave messages out of its threads, and does not say which: so
// beside THREAD they are searched for.
std::vector<client::SearchQuestion> with_search(client::SearchQuestion first) {
  std::vector<client::SearchQuestion> all{std::move(first)};
  if (!all.front().thread) return all;
  all.push_back({all.front().key, false, ""});
  return all;
}

Error replaced(const imap::MailboxName& folder) {
  return {ErrorKind::deferred, "replaced by another meanwhile",
          "folder " + printable(folder.utf8, 200)};
}

}  // namespace

bool may_turn_round(const imap::SequenceSet& uids) {
  if (!uids.open_ended()) return false;
  const auto first = uids.ranges().back().first;
  return first > 1 && first < imap::kStar;
}

Result<Finder> Finder::make(ImapSession& session, const What& what,
                            FindOptions options) {
  Finder finder(session, what, std::move(options));
  auto& client = session.client();
  auto offered = client.capabilities();
  if (!offered) return session.at_server(std::move(offered).error());
  finder.server_ = query_server(**offered);
  finder.server_.utf8 = client.knows_utf8();
  finder.sort_on_server_ = finder.options_.sort &&
                           !finder.options_.count_only &&
                           (*offered)->has("SORT");
  finder.offers_threads_ =
      finder.options_.thread && !finder.options_.count_only &&
      offers_threads(**offered, *finder.options_.thread);
  if (names_threads(what.query)) {
    finder.looked_up_ =
        std::make_unique<Query>(with_unknown_threads(what.query));
  }
  if (auto planned = finder.plan(); !planned) {
    return session.at_server(std::move(planned).error());
  }
  return finder;
}

Result<void> Finder::plan() {
  auto plan = plan_query(query(), server_);
  if (!plan) return std::move(plan).error();
  plan_ = *std::move(plan);
  return {};
}

// What is left out here afterwards would be in the server's threads.
bool Finder::threads_on_server(const Target& target) const {
  if (!offers_threads_) return false;
  return target.uids ? !is_long(*target.uids) && !may_turn_round(*target.uids)
                     : !plan_.check;
}

std::vector<client::SearchQuestion> Finder::questions(
    const Target& target) const {
  client::SearchQuestion first;
  if (sort_on_server_) first.sort = criteria(*options_.sort);
  if (threads_on_server(target)) first.thread = options_.thread;
  if (target.uids) {
    const bool long_set = is_long(*target.uids);
    first.key.kind = imap::SearchKey::Kind::uid;
    first.key.set = long_set ? span_of(*target.uids) : *target.uids;
    first.count_only =
        options_.count_only && !long_set && !may_turn_round(*target.uids);
    return with_search(std::move(first));
  }
  first.key = plan_.candidates;
  first.count_only = options_.count_only && !plan_.check;
  auto all = with_search(std::move(first));
  if (plan_.certain && !plan_.certain_part)
    all.push_back({*plan_.certain, false, ""});
  for (const auto& part : plan_.parts) all.push_back({part, false, ""});
  return all;
}

// Folders that are asked the same.
std::span<const Target> Finder::next_flight(
    std::span<const Target> rest) const {
  std::size_t count = 1;
  if (looked_up_) return rest.first(count);
  while (!rest.front().uids && count < std::min(rest.size(), kFlight) &&
         !rest[count].uids) {
    ++count;
  }
  return rest.first(count);
}

// The threads that the query names are those of one folder.
Result<Result<void>> Finder::look_up(const Target& target) {
  if (!looked_up_ || target.uids) return Result<void>();
  const auto ask = [&] {
    return look_up_threads(session_, what_.query, target.folder,
                           options_.read_only);
  };
  auto threads = ask();
  // Now that this is known, THREAD names another charset.
  const bool again = threads && server_.utf8 && !session_.client().knows_utf8();
  server_.utf8 = session_.client().knows_utf8();
  if (again) threads = ask();
  if (!threads) return std::move(threads).error();
  if (!*threads) return Result<void>(std::move(*threads).error());
  looked_up_ = std::make_unique<Query>(std::move((*threads)->query));
  looked_up_in_ = (*threads)->uidvalidity;
  return plan();
}

Result<std::vector<Result<client::MailboxFound>>> Finder::fly(
    std::span<const Target> flight) {
  auto& client = session_.client();
  auto looked_up = look_up(flight.front());
  if (!looked_up) return std::move(looked_up).error();
  if (!*looked_up) {
    std::vector<Result<client::MailboxFound>> missed;
    missed.emplace_back(std::move(*looked_up).error());
    return missed;
  }
  std::vector<imap::MailboxName> names;
  for (const auto& target : flight) names.push_back(target.folder);
  auto found = client.search_mailboxes(names, options_.read_only,
                                       questions(flight.front()));
  if (!found || !server_.utf8 || client.knows_utf8()) return found;
  // Now that this is known, the header is compared here.
  server_.utf8 = false;
  if (auto planned = plan(); !planned) return std::move(planned).error();
  return client.search_mailboxes(names, options_.read_only,
                                 questions(flight.front()));
}

Result<void> Finder::run(std::span<const Target> targets,
                         const OnFound& on_found, const OnMissed& on_missed) {
  while (!targets.empty()) {
    const auto next = next_flight(targets);
    targets = targets.subspan(next.size());
    std::vector<Target> flight(next.begin(), next.end());
    auto found = fly(flight);
    if (found) found = fly_by_other_names(flight, *std::move(found));
    if (!found) return session_.at_server(std::move(found).error());
    for (std::size_t i = 0; i < flight.size(); ++i) {
      auto& one = (*found)[i];
      auto messages = one ? settle(flight[i], *one)
                          : Result<FoundMessages>(std::move(one).error());
      auto taken =
          messages ? on_found(*messages)
                   : on_missed(session_.at_server(std::move(messages).error()));
      if (!taken) return taken;
    }
  }
  return {};
}

Result<FoundMessages> Finder::settle(const Target& target,
                                     client::MailboxFound& found) {
  auto fits = check_opened(found.mailbox, target, options_.read_only);
  if (!fits) return std::move(fits).error();
  FoundMessages messages;
  messages.folder = target.folder;
  messages.uidvalidity = found.mailbox.uidvalidity.value_or(0);
  if (looked_up_ && !target.uids && messages.uidvalidity != looked_up_in_) {
    return replaced(target.folder);
  }
  auto& first = found.searches.front();
  messages.uids = std::move(first.uids);
  messages.count = first.count;
  if (threads_on_server(target)) {
    messages.threads = std::move(first.threads);
    auto all = add_unthreaded(messages, found.searches[1].uids);
    if (!all) return std::move(all).error();
  }
  if (target.uids && (is_long(*target.uids) || may_turn_round(*target.uids))) {
    messages.uids = messages.uids.intersect(*target.uids);
    messages.count = messages.uids.count();
  }
  if (!target.uids && plan_.check) {
    auto sifted = sift(found, messages);
    if (!sifted) return std::move(sifted).error();
  }
  const bool all_gone =
      target.uids && messages.count == 0 && to_wire(*target.uids) != "1:*";
  if (all_gone) {
    return Error{ErrorKind::no_such_item, "none of these messages is there",
                 "folder " + printable(target.folder.utf8, 200)};
  }
  if (sort_on_server_) {
    messages.order = std::move(first.order);
    std::erase_if(messages.order, [&](std::uint32_t uid) {
      return !messages.uids.contains(uid);
    });
  } else if (options_.sort && !options_.count_only) {
    auto sorted = sort_here(messages);
    if (!sorted) return std::move(sorted).error();
  }
  const bool thread = options_.thread && !options_.count_only;
  if (thread && !threads_on_server(target)) {
    auto made = thread_here(messages);
    if (!made) return std::move(made).error();
  }
  return messages;
}

// Of the candidates, those that meet the query.
Result<void> Finder::sift(client::MailboxFound& found,
                          FoundMessages& messages) {
  const auto candidates = std::exchange(messages.uids, {});
  std::size_t next = 1;
  imap::SequenceSet certain;
  if (plan_.certain && !plan_.certain_part) {
    certain = candidates.intersect(found.searches[next++].uids);
  }
  std::vector<imap::SequenceSet> parts;
  while (next < found.searches.size()) {
    parts.push_back(std::move(found.searches[next++].uids));
  }
  if (plan_.certain_part) {
    certain = candidates.intersect(parts[*plan_.certain_part]);
  }
  std::vector<imap::Range> met = certain.ranges();
  const auto look = [&](imap::FetchData& message) -> Result<void> {
    if (meets(message, *plan_.check, parts) == true) {
      met.push_back({*message.uid, *message.uid});
    }
    return {};
  };
  auto seen = fetch(messages, candidates.minus(certain), plan_.items, look);
  if (!seen) return seen;
  messages.uids = imap::SequenceSet(std::move(met));
  messages.count = messages.uids.count();
  return {};
}

bool Finder::is_whole(const Target& target) const {
  return target.uids ? !is_long(*target.uids) : !plan_.check;
}

// Opens the folder again where another of the flight is selected by now.
Result<void> Finder::fetch(const FoundMessages& from,
                           const imap::SequenceSet& uids,
                           const client::FetchItems& items,
                           const client::ImapClient::OnMessage& on_message) {
  if (uids.empty()) return {};
  auto& client = session_.client();
  const bool open =
      client.selected() && client.selected()->name.wire == from.folder.wire;
  if (!open) {
    auto begun = client.begin_select(from.folder, options_.read_only);
    if (!begun) return begun;
  }
  RowBound bound(client);
  auto seen = client.fetch(uids, items, [&](imap::FetchData& message) {
    auto more = bound.count_one();
    return more ? on_message(message) : more;
  });
  if (!open) {
    auto opened = client.finish_select();
    if (!opened) return std::move(opened).error();
    if (opened->uidvalidity.value_or(0) != from.uidvalidity) {
      return replaced(from.folder);
    }
  }
  if (!seen) return std::move(seen).error();
  return {};
}

Result<FoundMessages> find(ImapSession& session, const What& what,
                           const Target& target, bool read_only,
                           bool count_only) {
  auto finder = Finder::make(session, what, {read_only, count_only, {}});
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

}  // namespace mailtool::app
