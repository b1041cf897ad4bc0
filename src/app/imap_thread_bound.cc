#include "app/imap_thread_bound.h"

#include <algorithm>
#include <utility>

namespace mailtool::app {
namespace {

using Kind = QueryNode::Kind;

// Depth is bounded by kMaxQueryDepth.
bool negates(const QueryNode& node, bool below_not) {
  if (node.kind == Kind::term) return below_not && node.term.thread;
  const bool below = below_not || node.kind == Kind::negated;
  return std::any_of(
      node.children.begin(), node.children.end(),
      [&](const QueryNode& child) { return negates(child, below); });
}

}  // namespace

bool negates_threads(const Query& query) { return negates(query.root, false); }

bool leave_some_out(const client::SelectedMailbox& folder,
                    const std::vector<imap::ThreadPlace>& places) {
  const auto newer =
      std::count_if(places.begin(), places.end(), [&](const auto& place) {
        return folder.uidnext && place.uid >= *folder.uidnext;
      });
  return places.size() - static_cast<std::size_t>(newer) < folder.exists;
}

Result<imap::SequenceSet> threaded_messages(
    const client::SelectedMailbox& folder,
    const std::vector<imap::ThreadPlace>& places, bool just_placed) {
  std::vector<imap::Range> known;
  std::uint32_t last = 0;
  for (const auto& place : places) {
    known.push_back({place.uid, place.uid});
    last = std::max(last, place.uid);
  }
  if (just_placed) return imap::SequenceSet(std::move(known));
  // UIDs ascend (RFC 9051 section 2.3.1.1): those below were there, too.
  if (folder.uidnext.value_or(0) > 0) last = std::max(last, *folder.uidnext - 1);
  if (last > 0) return imap::SequenceSet({{1, last}});
  if (folder.exists == 0 || folder.uidnext) return imap::SequenceSet();
  return Error{ErrorKind::protocol,
               "no UIDNEXT: what comes meanwhile cannot be told from what was "
               "there",
               "not thread:"};
}

Query narrowed(Query query, imap::SearchKey key) {
  QueryNode node;
  node.kind = Kind::term;
  node.term.key = std::move(key);
  if (query.root.kind != Kind::both) {
    QueryNode both;
    both.kind = Kind::both;
    both.children.push_back(std::move(query.root));
    query.root = std::move(both);
  }
  query.root.children.push_back(std::move(node));
  return query;
}

}  // namespace mailtool::app
