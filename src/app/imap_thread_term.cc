#include "app/imap_thread_term.h"

#include <unordered_set>
#include <utility>

#include "app/imap_thread.h"
#include "mailtool/client/imap_fetch_items.h"

namespace mailtool::app {
namespace {

using imap::SearchKey;
constexpr auto kBy = imap::ThreadBy::references;

// Calls `visit` with each thread: term, from the left. Depth is bounded by
// kMaxQueryDepth.
template <class Node, class Visit>
void each_thread(Node& node, const Visit& visit) {
  if (node.kind == QueryNode::Kind::term && node.term.thread) visit(node);
  for (auto& child : node.children) each_thread(child, visit);
}

std::vector<client::SearchQuestion> questions(const Query& query,
                                              bool by_server) {
  std::vector<client::SearchQuestion> all;
  if (by_server) {
    client::SearchQuestion threads;
    threads.thread = kBy;
    all.push_back(std::move(threads));
  }
  each_thread(query.root, [&](const QueryNode& node) {
    all.push_back({*node.term.thread, false, ""});
  });
  return all;
}

// No message has all flags and none.
SearchKey key_of(imap::SequenceSet uids) {
  SearchKey key;
  if (uids.empty()) {
    key.kind = SearchKey::Kind::negated;
    key.children.emplace_back();
    return key;
  }
  key.kind = SearchKey::Kind::uid;
  key.set = std::move(uids);
  return key;
}

// The messages of all threads in which one of `named` is.
imap::SequenceSet whole_threads(const std::vector<imap::ThreadPlace>& places,
                                const imap::SequenceSet& named) {
  std::unordered_set<std::uint32_t> roots;
  for (const auto& place : places) {
    if (named.contains(place.uid)) roots.insert(place.root);
  }
  std::vector<imap::Range> uids;
  for (const auto& place : places) {
    if (roots.contains(place.root)) uids.push_back({place.uid, place.uid});
  }
  return imap::SequenceSet(std::move(uids));
}

Result<std::vector<imap::ThreadPlace>> make_threads(ImapSession& session) {
  ThreadMaker maker(kBy);
  auto seen = session.client().fetch(
      imap::SequenceSet({{1, imap::kStar}}), maker.items(),
      [&](imap::FetchData& message) -> Result<void> {
        maker.add(message);
        return {};
      });
  if (!seen) return std::move(seen).error();
  return maker.take();
}

Result<bool> by_server(ImapSession& session) {
  auto offered = session.client().capabilities();
  if (!offered) return std::move(offered).error();
  return offers_threads(**offered, kBy);
}

}  // namespace

bool names_threads(const Query& query) {
  bool found = false;
  each_thread(query.root, [&](const QueryNode&) { found = true; });
  return found;
}

Query with_threads(Query query, const std::vector<SearchKey>& keys) {
  std::size_t next = 0;
  each_thread(query.root, [&](QueryNode& node) {
    node.term.thread.reset();
    node.term.key = keys[next++];
  });
  return query;
}

Query with_unknown_threads(const Query& query) {
  SearchKey unknown;
  unknown.kind = SearchKey::Kind::raw;
  unknown.text = "UID " + std::string(kUids);
  const auto terms = questions(query, false).size();
  return with_threads(query, std::vector<SearchKey>(terms, unknown));
}

Result<Result<ThreadsLookedUp>> look_up_threads(
    ImapSession& session, const Query& query, const imap::MailboxName& folder,
    bool read_only) {
  using Outcome = Result<ThreadsLookedUp>;
  auto& client = session.client();
  const auto server = by_server(session);
  if (!server) return server.error();
  const auto asked = questions(query, *server);
  auto found = client.search_mailboxes({&folder, 1}, read_only, asked);
  if (!found) return std::move(found).error();
  if (!found->front()) return Outcome(std::move(found->front()).error());
  auto& one = *found->front();

  std::vector<imap::ThreadPlace> places;
  auto first = one.searches.begin();
  if (*server) places = std::move((first++)->threads);
  bool any = false;
  for (auto at = first; at != one.searches.end(); ++at) {
    any = any || !at->uids.empty();
  }
  if (any && !*server) {
    auto made = make_threads(session);
    if (!made) return std::move(made).error();
    places = *std::move(made);
  }

  std::vector<SearchKey> keys;
  auto at = first;
  each_thread(query.root, [&](const QueryNode& node) {
    auto named = std::move((at++)->uids);
    // "7:*" finds the last message, which may be one before 7.
    const auto& seed = *node.term.thread;
    if (seed.kind == SearchKey::Kind::uid) named = named.intersect(seed.set);
    keys.push_back(key_of(whole_threads(places, named)));
  });
  return Outcome(ThreadsLookedUp{with_threads(query, keys),
                                 one.mailbox.uidvalidity.value_or(0)});
}

Result<void> explain_threads(ImapSession& session, const Query& query,
                             const imap::MailboxName& folder, bool read_only,
                             Explanation& explanation) {
  auto& client = session.client();
  const auto server = by_server(session);
  if (!server) return session.at_server(server.error());
  imap::CommandBuilder select(read_only ? "EXAMINE" : "SELECT");
  const auto select_it = select.mailbox(folder).build();
  if (!select_it) return select_it.error();
  explanation.next_flight();
  explanation.send(*select_it);
  for (const auto& question : questions(query, *server)) {
    auto command = client.search_command(question);
    if (!command) return session.at_server(std::move(command).error());
    explanation.send(*command);
  }
  if (*server) return {};
  explanation.next_flight();
  explanation.send(
      "UID FETCH 1:* " + client::fetch_items(ThreadMaker(kBy).items()),
      "where one of these is there");
  explanation.note("threads would be made here");
  return {};
}

}  // namespace mailtool::app
