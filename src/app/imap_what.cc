#include "app/imap_what.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "app/imap_query_local.h"
#include "app/imap_query_plan.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// RFC 7162 section 4 asks servers for command lines of 8192 octets.
constexpr std::size_t kMaxSearchedSet = 8000;
constexpr std::size_t kMaxStdin = 64 * 1024 * 1024;

Result<std::string> read_stdin() {
  std::string text;
  char buffer[64 * 1024];
  while (true) {
    const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return Error{ErrorKind::local_io, "cannot read", "stdin"};
    }
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kMaxStdin) {
      return Error{ErrorKind::bad_input, "longer than 64M", "stdin"};
    }
  }
}

std::vector<std::string> folders_of(const Invocation& invocation) {
  auto folders = invocation.options.all("folder");
  if (folders.empty()) folders.emplace_back("INBOX");
  return folders;
}

// Of the candidates, those that meet the query.
Result<imap::SequenceSet> sift(client::ImapClient& client,
                               const QueryPlan& plan,
                               const imap::SequenceSet& candidates) {
  if (!plan.check || candidates.empty()) return candidates;
  const auto ask =
      [&](const imap::SearchKey& key) -> Result<imap::SequenceSet> {
    auto found = client.search(key);
    if (!found) return std::move(found).error();
    return std::move(found->uids);
  };
  imap::SequenceSet certain;
  if (plan.certain) {
    auto found = ask(*plan.certain);
    if (!found) return found;
    certain = candidates.intersect(*found);
  }
  std::vector<imap::SequenceSet> parts;
  for (const auto& key : plan.parts) {
    auto found = ask(key);
    if (!found) return found;
    parts.push_back(*std::move(found));
  }
  std::vector<imap::Range> met = certain.ranges();
  auto seen = client.fetch(candidates.minus(certain), plan.items,
                           [&](imap::FetchData& message) -> Result<void> {
                             if (meets(message, *plan.check, parts) == true) {
                               met.push_back({*message.uid, *message.uid});
                             }
                             return {};
                           });
  if (!seen) return std::move(seen).error();
  return imap::SequenceSet(std::move(met));
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

}  // namespace

Result<What> parse_what(const Invocation& invocation,
                        const std::string& argument) {
  What what;
  if (argument == "-") {
    if (invocation.options.has("folder")) {
      return Error{ErrorKind::usage,
                   "--folder does not go with -: the set on stdin names it"};
    }
    auto text = read_stdin();
    if (!text) return std::move(text).error();
    auto blocks = read_uid_blocks(*text);
    if (!blocks) return std::move(blocks).error();
    what.blocks = *std::move(blocks);
    what.from_pipe = true;
    return what;
  }
  what.folders = folders_of(invocation);
  if (auto uids = imap::parse_sequence_set(argument)) {
    what.uids = *std::move(uids);
    return what;
  }
  auto query = parse_query(argument, system_clock());
  if (!query) return std::move(query).error();
  if (query->empty()) {
    return Error{ErrorKind::usage, "an empty WHAT would be all messages", "",
                 "", "1:* means all"};
  }
  what.query = *std::move(query);
  return what;
}

Result<What> parse_search(const Invocation& invocation,
                          const std::vector<std::string>& words) {
  What what;
  what.folders = folders_of(invocation);
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  auto query = parse_query(text, system_clock());
  if (!query) return std::move(query).error();
  if (const auto raw = invocation.options.get("raw")) {
    query = with_raw_keys(*std::move(query), *raw);
    if (!query) return std::move(query).error();
  }
  what.query = *std::move(query);
  return what;
}

Result<std::vector<Target>> targets(ImapSession& session, const What& what) {
  std::vector<Target> all;
  for (const auto& block : what.blocks) {
    // An empty set changes nothing, wherever it points.
    if (block.uids.empty()) continue;
    auto folder = imap::mailbox_from_utf8(block.folder);
    if (!folder) return std::move(folder).error();
    all.push_back({*std::move(folder), block.uids, block.uidvalidity});
  }
  for (const auto& name : what.folders) {
    auto folder = session.folder(name);
    if (!folder) return session.at_server(std::move(folder).error());
    all.push_back({*std::move(folder), what.uids, std::nullopt});
  }
  return all;
}

Result<FoundMessages> find(ImapSession& session, const What& what,
                           const Target& target, bool read_only,
                           bool count_only) {
  auto& client = session.client();
  auto offered = client.capabilities();
  if (!offered) return session.at_server(std::move(offered).error());
  auto server = query_server(**offered);
  server.utf8 = client.knows_utf8();
  auto plan = plan_query(what.query, server);
  if (!plan) return session.at_server(std::move(plan).error());
  imap::SearchKey key;
  const bool long_set =
      target.uids && to_wire(*target.uids).size() > kMaxSearchedSet;
  if (target.uids) {
    key.kind = imap::SearchKey::Kind::uid;
    key.set = long_set ? span_of(*target.uids) : *target.uids;
  } else {
    key = plan->candidates;
  }
  const bool look = !target.uids && plan->check;
  auto found = client.select_and_search(target.folder, read_only, key,
                                        count_only && !look && !long_set);
  // Now that this is known, the header is compared here.
  if (!found && server.utf8 && !client.knows_utf8()) {
    return find(session, what, target, read_only, count_only);
  }
  if (!found) return session.at_server(std::move(found).error());
  if (auto fits = check_opened(found->mailbox, target, read_only); !fits) {
    return session.at_server(std::move(fits).error());
  }
  FoundMessages messages;
  messages.folder = target.folder;
  messages.uidvalidity = found->mailbox.uidvalidity.value_or(0);
  messages.uids = std::move(found->search.uids);
  messages.count = found->search.count;
  if (long_set) {
    messages.uids = messages.uids.intersect(*target.uids);
    messages.count = messages.uids.count();
  }
  if (look) {
    auto exact = sift(client, *plan, messages.uids);
    if (!exact) return session.at_server(std::move(exact).error());
    messages.uids = *std::move(exact);
    messages.count = messages.uids.count();
  }
  const bool all_gone =
      target.uids && messages.count == 0 && to_wire(*target.uids) != "1:*";
  if (all_gone) {
    return session.at_server({ErrorKind::no_such_item,
                              "none of these messages is there",
                              "folder " + printable(target.folder.utf8, 200)});
  }
  return messages;
}

}  // namespace mailtool::app
