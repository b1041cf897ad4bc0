#include "app/imap_find.h"

#include <algorithm>
#include <utility>

#include "app/imap_query_local.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_change_plan.h"
#include "mailtool/client/imap_fetch_items.h"

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

// As ImapClient::fetch() words it, with what --explain cannot know.
std::string fetch_command(const client::FetchItems& items) {
  return "UID FETCH " + std::string(kUids) + " " + client::fetch_items(items);
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
  if (auto planned = finder.plan(); !planned) {
    return session.at_server(std::move(planned).error());
  }
  return finder;
}

Result<void> Finder::plan() {
  auto plan = plan_query(what_.query, server_);
  if (!plan) return std::move(plan).error();
  plan_ = *std::move(plan);
  return {};
}

std::vector<client::SearchQuestion> Finder::questions(
    const Target& target) const {
  client::SearchQuestion first;
  if (sort_on_server_) first.sort = criteria(*options_.sort);
  if (target.uids) {
    const bool long_set = is_long(*target.uids);
    first.key.kind = imap::SearchKey::Kind::uid;
    first.key.set = long_set ? span_of(*target.uids) : *target.uids;
    first.count_only =
        options_.count_only && !long_set && !may_turn_round(*target.uids);
    return {std::move(first)};
  }
  first.key = plan_.candidates;
  first.count_only = options_.count_only && !plan_.check;
  std::vector<client::SearchQuestion> all{std::move(first)};
  if (plan_.certain && !plan_.certain_part)
    all.push_back({*plan_.certain, false, ""});
  for (const auto& part : plan_.parts) all.push_back({part, false, ""});
  return all;
}

// Folders that are asked the same.
std::span<const Target> Finder::next_flight(
    std::span<const Target> rest) const {
  std::size_t count = 1;
  while (!rest.front().uids && count < std::min(rest.size(), kFlight) &&
         !rest[count].uids) {
    ++count;
  }
  return rest.first(count);
}

Result<std::vector<Result<client::MailboxFound>>> Finder::fly(
    std::span<const Target> flight) {
  auto& client = session_.client();
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
    const auto flight = next_flight(targets);
    targets = targets.subspan(flight.size());
    auto found = fly(flight);
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
  auto& first = found.searches.front();
  messages.uids = std::move(first.uids);
  messages.count = first.count;
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

Result<void> Finder::sort_here(FoundMessages& messages) {
  Sorter sorter(*options_.sort);
  auto seen = fetch(messages, messages.uids, sorter.items(),
                    [&](imap::FetchData& message) -> Result<void> {
                      sorter.add(message);
                      return {};
                    });
  if (!seen) return seen;
  messages.order = sorter.take();
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
  auto seen = client.fetch(uids, items, on_message);
  if (!open) {
    auto opened = client.finish_select();
    if (!opened) return std::move(opened).error();
    if (opened->uidvalidity.value_or(0) != from.uidvalidity) {
      return Error{ErrorKind::deferred, "replaced by another meanwhile",
                   "folder " + printable(from.folder.utf8, 200)};
    }
  }
  if (!seen) return std::move(seen).error();
  return {};
}

Result<void> Finder::explain(std::span<const Target> targets,
                             Explanation& explanation) {
  auto& client = session_.client();
  auto offered = client.capabilities();
  if (!offered) return session_.at_server(std::move(offered).error());
  const bool side_by_side =
      (*offered)->has("ESEARCH") || (*offered)->has("IMAP4REV2");
  while (!targets.empty()) {
    const auto flight = next_flight(targets);
    targets = targets.subspan(flight.size());
    explanation.next_flight();
    for (const auto& target : flight) {
      imap::CommandBuilder select(options_.read_only ? "EXAMINE" : "SELECT");
      const auto select_it = select.mailbox(target.folder).build();
      if (!select_it) return select_it.error();
      explanation.send(*select_it);
      bool first = true;
      const auto asked = questions(target);
      for (const auto& question :
           flight.size() == 1 ? client::questions_sent(client, asked) : asked) {
        // Answers without a tag could be mixed up.
        if (!std::exchange(first, false) && !side_by_side) {
          explanation.next_flight();
        }
        auto command = client.search_command(question);
        if (!command) return session_.at_server(std::move(command).error());
        explanation.send(*command);
      }
    }
    const bool look = plan_.check && !flight.front().uids;
    const bool sort = options_.sort && !sort_on_server_ && !options_.count_only;
    for (const auto& target : flight) {
      const auto folder =
          flight.size() > 1 ? " of " + target.folder.utf8 : std::string();
      if (look) {
        explanation.next_flight();
        explanation.send(fetch_command(plan_.items),
                         "for those in doubt" + folder);
      }
      if (sort) {
        explanation.next_flight();
        explanation.send(fetch_command(Sorter(*options_.sort).items()),
                         "for those found" + folder);
      }
    }
    if (sort) explanation.note("they would be sorted here");
    if (flight.front().uids) continue;
    explanation.on_server(plan_.on_server);
    explanation.here(plan_.here);
  }
  return {};
}

Result<FoundMessages> find(ImapSession& session, const What& what,
                           const Target& target, bool read_only,
                           bool count_only) {
  auto finder = Finder::make(session, what, {read_only, count_only, {}});
  if (!finder) return std::move(finder).error();
  FoundMessages messages;
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

Result<ExitStatus> explain_reading(const Invocation& invocation,
                                   ImapSession& session, const What& what,
                                   std::span<const Target> targets,
                                   const std::optional<SortOrder>& sort,
                                   const client::FetchItems& items,
                                   const std::string& note, Output& out) {
  auto finder = Finder::make(session, what, {true, false, sort});
  if (!finder) return std::move(finder).error();
  auto offered = session.client().capabilities();
  if (!offered) return session.at_server(std::move(offered).error());
  Explanation explanation(**offered);
  for (const auto& target : targets) {
    auto told = finder->explain({&target, 1}, explanation);
    if (!told) return std::move(told).error();
    explanation.next_flight();
    explanation.send(fetch_command(items), "for those found");
  }
  if (!note.empty()) explanation.note(note);
  auto wrote = explanation.write(invocation, out);
  if (!wrote) return std::move(wrote).error();
  return ExitStatus::ok;
}

Result<void> explain_find(ImapSession& session, const What& what,
                          const Target& target, bool read_only,
                          Explanation& explanation, bool* whole) {
  auto finder = Finder::make(session, what, {read_only, false, {}});
  if (!finder) return std::move(finder).error();
  if (whole != nullptr) *whole = finder->is_whole(target);
  return finder->explain({&target, 1}, explanation);
}

}  // namespace mailtool::app
