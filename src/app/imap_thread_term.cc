#include "app/imap_thread_term.h"

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>

#include "app/imap_collation.h"
#include "app/imap_find.h"
#include "app/imap_row_bound.h"
#include "app/imap_thread.h"
#include "app/imap_thread_bound.h"
#include "mailtool/client/imap_fetch_items.h"
#include "mailtool/imap/message_id.h"

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

// The messages of all threads in which one of `named` is, and these themselves,
// whether or not a thread has them.
imap::SequenceSet whole_threads(const std::vector<imap::ThreadPlace>& places,
                                const imap::SequenceSet& named) {
  std::unordered_set<std::uint32_t> roots;
  for (const auto& place : places) {
    if (named.contains(place.uid)) roots.insert(place.root);
  }
  auto uids = named.ranges();
  for (const auto& place : places) {
    if (roots.contains(place.root)) uids.push_back({place.uid, place.uid});
  }
  return imap::SequenceSet(std::move(uids));
}

Result<std::vector<imap::ThreadPlace>> make_threads(ImapSession& session) {
  ThreadMaker maker(kBy);
  RowBound bound(session.client());
  auto seen = session.client().fetch(
      imap::SequenceSet({{1, imap::kStar}}), maker.items(),
      [&](imap::FetchData& message) -> Result<void> {
        if (auto more = bound.count_one(); !more) return more;
        maker.add(message);
        return {};
      });
  if (!seen) return std::move(seen).error();
  return maker.take();
}

client::FetchItems message_id_items() {
  client::FetchItems items;
  items.flags = false;
  items.header_fields = {"MESSAGE-ID"};
  return items;
}

// A Message-ID that is named, and the messages whose field has it somewhere,
// in letters of either case.
struct NamedId {
  std::optional<std::string> id;
  imap::SequenceSet* uids = nullptr;
  imap::SequenceSet exactly;
};

// Of several messages those whose Message-ID is just that. One alone is taken,
// without asking again.
Result<void> keep_exact(ImapSession& session, std::vector<NamedId> named) {
  std::erase_if(named, [](const auto& one) { return one.uids->count() < 2; });
  if (named.empty()) return {};
  std::vector<imap::Range> all;
  for (const auto& one : named) {
    const auto& some = one.uids->ranges();
    all.insert(all.end(), some.begin(), some.end());
  }
  auto seen = session.client().fetch(
      imap::SequenceSet(std::move(all)), message_id_items(),
      [&](imap::FetchData& message) -> Result<void> {
        std::string field;
        for (const auto& section : message.sections) {
          if (section.octets) field = first_field(*section.octets, "Message-ID");
        }
        std::string_view rest = field;
        const auto id = imap::take_message_id(rest);
        for (auto& one : named) {
          const bool is_it = id == one.id && one.uids->contains(*message.uid);
          if (is_it) one.exactly.add(*message.uid);
        }
        return {};
      });
  if (!seen) return std::move(seen).error();
  for (auto& one : named) *one.uids = std::move(one.exactly);
  return {};
}

// What each term names, where the server found more than that.
Result<void> sift(ImapSession& session, const Query& query,
                  std::span<client::SearchOutcome> found) {
  std::vector<NamedId> named;
  std::size_t next = 0;
  each_thread(query.root, [&](const QueryNode& node) {
    auto& uids = found[next++].uids;
    const auto& seed = *node.term.thread;
    if (seed.kind != SearchKey::Kind::uid) {
      std::string_view text = seed.text;
      named.push_back({imap::take_message_id(text), &uids, {}});
    } else if (may_turn_round(seed.set)) {
      uids = uids.intersect(seed.set);
    }
  });
  return keep_exact(session, std::move(named));
}

// Of what is named, what no thread has.
imap::SequenceSet unplaced(const std::vector<imap::ThreadPlace>& places,
                           std::span<const client::SearchOutcome> named) {
  std::vector<imap::Range> uids;
  for (const auto& place : places) uids.push_back({place.uid, place.uid});
  const imap::SequenceSet placed(std::move(uids));
  for (const auto& one : named) {
    auto left = one.uids.minus(placed);
    if (!left.empty()) return left;
  }
  return {};
}

// What answers a message that no thread has cannot be told from the others.
Error not_placed(const imap::SequenceSet& uids) {
  return Error{ErrorKind::deferred,
               "the threads of the folder do not tell of UID " +
                   to_wire(uids.first(1)),
               "not thread:",
               "",
               "what is in its thread is not known, so nothing was done: try "
               "again, or name the messages by uid:"};
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
  auto known = with_threads(query, std::vector<SearchKey>(terms, unknown));
  return negates_threads(query) ? narrowed(std::move(known), unknown) : known;
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
  std::span<client::SearchOutcome> seeds(one.searches);
  if (*server) {
    places = std::move(seeds.front().threads);
    seeds = seeds.subspan(1);
  }
  if (auto sifted = sift(session, query, seeds); !sifted) {
    return sifted.error();
  }
  const bool any = std::any_of(seeds.begin(), seeds.end(), [](const auto& at) {
    return !at.uids.empty();
  });
  if (any && *server && places.empty()) {
    return Outcome(Error{ErrorKind::protocol,
                         "OK, and no threads, of a folder with messages",
                         "THREAD"});
  }
  const bool negated = negates_threads(query);
  // What a server leaves out of its threads may be in any: they are made here.
  const bool doubtful =
      negated && (leave_some_out(one.mailbox, places) ||
                  !unplaced(places, seeds).empty());
  if (any && (!*server || doubtful)) {
    auto made = make_threads(session);
    if (!made) return std::move(made).error();
    places = *std::move(made);
  }
  std::vector<SearchKey> keys;
  for (const auto& seed : seeds) {
    keys.push_back(key_of(whole_threads(places, seed.uids)));
  }
  auto known = with_threads(query, keys);
  if (negated) {
    // To be read, what no thread has is one of its own; it is not changed.
    const auto left = unplaced(places, seeds);
    if (!read_only && !left.empty()) return Outcome(not_placed(left));
    auto there = threaded_messages(
        one.mailbox, places,
        any && !read_only && leave_some_out(one.mailbox, places));
    if (!there) return Outcome(std::move(there).error());
    known = narrowed(std::move(known), key_of(*std::move(there)));
  }
  return Outcome(ThreadsLookedUp{std::move(known),
                                 one.mailbox.uidvalidity.value_or(0)});
}

Result<std::vector<std::string>> explain_threads(
    ImapSession& session, const Query& query, const imap::MailboxName& folder,
    bool read_only, Explanation& explanation) {
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
  bool by_id = false;
  each_thread(query.root, [&](const QueryNode& node) {
    by_id = by_id || node.term.thread->kind != SearchKey::Kind::uid;
  });
  if (by_id) {
    explanation.next_flight();
    explanation.send("UID FETCH " + std::string(kUids) + " " +
                         client::fetch_items(message_id_items()),
                     "where a Message-ID is in several");
  }
  std::vector<std::string> words;
  if (*server && !negates_threads(query)) return words;
  explanation.next_flight();
  explanation.send(
      "UID FETCH 1:* " + client::fetch_items(ThreadMaker(kBy).items()),
      *server ? "where the threads leave messages out"
              : "where one of these is there");
  if (*server) return words;
  explanation.note("threads would be made here");
  each_thread(query.root, [&](const QueryNode& node) {
    words.push_back(node.term.words);
  });
  explanation.here(words);
  return words;
}

}  // namespace mailtool::app
