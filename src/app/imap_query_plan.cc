#include "app/imap_query_plan.h"

#include <algorithm>
#include <utility>

#include "app/imap_query_local.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using imap::SearchKey;
using Kind = QueryNode::Kind;

// --- keys, with what is always or never true left out ------------------------

SearchKey nothing() {
  SearchKey key;
  key.kind = SearchKey::Kind::negated;
  key.children.emplace_back();
  return key;
}

bool is_all(const SearchKey& key) { return key.kind == SearchKey::Kind::all; }

bool is_none(const SearchKey& key) {
  return key.kind == SearchKey::Kind::negated && is_all(key.children.front());
}

SearchKey opposite(SearchKey key) {
  if (is_none(key)) return SearchKey{};
  SearchKey outcome;
  outcome.kind = SearchKey::Kind::negated;
  outcome.children.push_back(std::move(key));
  return outcome;
}

SearchKey joined(SearchKey::Kind how, std::vector<SearchKey> keys) {
  const bool by_and = how == SearchKey::Kind::both;
  const auto decides = by_and ? is_none : is_all;
  const auto idle = by_and ? is_all : is_none;
  if (std::any_of(keys.begin(), keys.end(), decides)) {
    return by_and ? nothing() : SearchKey{};
  }
  keys.erase(std::remove_if(keys.begin(), keys.end(), idle), keys.end());
  if (keys.empty()) return by_and ? SearchKey{} : nothing();
  if (keys.size() == 1) return std::move(keys.front());
  SearchKey whole;
  whole.kind = how;
  whole.children = std::move(keys);
  return whole;
}

SearchKey date_key(std::string name, const imap::Date& date) {
  SearchKey key;
  key.kind = SearchKey::Kind::date;
  key.name = std::move(name);
  key.date = date;
  return key;
}

SearchKey key_of(const RoughDays& days) {
  if (days.none) return nothing();
  std::vector<SearchKey> keys;
  if (days.first) keys.push_back(date_key("SINCE", *days.first));
  if (days.end) keys.push_back(date_key("BEFORE", *days.end));
  return joined(SearchKey::Kind::both, std::move(keys));
}

// --- what the server can tell ------------------------------------------------

// Is the set too long for a line? Of its ranges, each takes 22 octets at most.
bool is_long(const SearchKey& key) {
  constexpr std::size_t kMostRanges = 8000 / 22;
  return key.kind == SearchKey::Kind::uid &&
         key.set.ranges().size() > kMostRanges;
}

// From the first to the last of a set that is long.
SearchKey span_of(const SearchKey& key) {
  SearchKey span = key;
  span.set = imap::SequenceSet(
      {{key.set.ranges().front().first, key.set.ranges().back().last}});
  return span;
}

bool is_exact(const QueryTerm& term, const QueryServer& server) {
  if (term.attachment || term.thread || is_long(term.key)) return false;
  if (term.arrival) return server.within && term.within;
  return server.utf8 || is_ascii(term.key.text);
}

bool is_exact(const QueryNode& node, const QueryServer& server) {
  if (node.kind == Kind::term) return is_exact(node.term, server);
  return std::all_of(
      node.children.begin(), node.children.end(),
      [&](const QueryNode& child) { return is_exact(child, server); });
}

// The key that finds a bit more than the query does, or a bit less.
enum class Bound : std::uint8_t { above, below };

SearchKey bound(const QueryTerm& term, const QueryServer& server, Bound which) {
  if (is_exact(term, server)) return term.arrival ? *term.within : term.key;
  const bool above = which == Bound::above;
  if (is_long(term.key)) return above ? span_of(term.key) : nothing();
  if (!term.arrival) return above ? SearchKey{} : nothing();
  return key_of(above ? days_around(*term.arrival)
                      : days_inside(*term.arrival));
}

// Depth is bounded by kMaxQueryDepth.
SearchKey bound(const QueryNode& node, const QueryServer& server, Bound which) {
  if (node.kind == Kind::all) return {};
  if (node.kind == Kind::term) return bound(node.term, server, which);
  if (node.kind == Kind::negated) {
    const auto other = which == Bound::above ? Bound::below : Bound::above;
    return opposite(bound(node.children.front(), server, other));
  }
  std::vector<SearchKey> keys;
  for (const auto& child : node.children) {
    keys.push_back(bound(child, server, which));
  }
  return joined(
      node.kind == Kind::both ? SearchKey::Kind::both : SearchKey::Kind::either,
      std::move(keys));
}

// What costs the server more than a look into its index.
bool reads_messages(const SearchKey& key) {
  using enum SearchKey::Kind;
  const bool reads = key.kind == raw || key.kind == header ||
                     (key.kind == string && key.name != "KEYWORD");
  return reads ||
         std::any_of(key.children.begin(), key.children.end(), reads_messages);
}

// --- the plan ----------------------------------------------------------------

class Planner {
 public:
  Planner(const Query& query, const QueryServer& server)
      : query_(query), server_(server) {}

  Result<QueryPlan> plan() {
    plan_.items.flags = false;
    plan_.candidates = bound(query_.root, server_, Bound::above);
    sort_out();
    if (doubtful_.empty()) return std::move(plan_);
    LocalCheck whole;
    for (const auto* node : doubtful_) {
      auto check = check_of(*node);
      if (!check) return std::move(check).error();
      whole.children.push_back(*std::move(check));
    }
    if (plan_.parts.size() > kMaxQueryParts) {
      return Error{ErrorKind::usage,
                   "takes more than " + std::to_string(kMaxQueryParts) +
                       " searches; give it in several",
                   "query"};
    }
    plan_.check = std::move(whole);
    auto certain = joined(SearchKey::Kind::both, std::move(certain_));
    if (is_none(certain)) return std::move(plan_);
    const auto same =
        std::find(plan_.parts.begin(), plan_.parts.end(), certain);
    if (same != plan_.parts.end()) {
      plan_.certain_part = static_cast<std::size_t>(same - plan_.parts.begin());
    }
    plan_.certain = std::move(certain);
    return std::move(plan_);
  }

 private:
  // The conditions that all must be met: those the server can tell, and those
  // that leave a doubt.
  void sort_out() {
    const bool several = query_.root.kind == Kind::both;
    const auto count = several ? query_.root.children.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& node = several ? query_.root.children[i] : query_.root;
      const bool exact = is_exact(node, server_);
      auto key = bound(node, server_, Bound::below);
      // The candidates meet it anyway; what is cheap to tell keeps the answer
      // short.
      if (!exact || !reads_messages(key)) certain_.push_back(std::move(key));
      if (exact) {
        tell(node, plan_.on_server);
      } else {
        doubtful_.push_back(&node);
      }
    }
  }

  void tell(const QueryNode& node, std::vector<std::string>& where) {
    // What was added to a query no word stands for.
    if (node.kind == Kind::term && !node.term.words.empty()) {
      where.push_back(node.term.words);
    }
    for (const auto& child : node.children) tell(child, where);
  }

  // Depth is bounded by kMaxQueryDepth.
  Result<LocalCheck> check_of(const QueryNode& node) {
    if (can_be_met_here(node)) return here(node);
    if (is_exact(node, server_)) return part(node);
    if (node.kind == Kind::term && node.term.thread) {
      return Error{ErrorKind::internal, "a thread that was not looked up"};
    }
    if (node.kind == Kind::term) {
      return Error{ErrorKind::unsupported,
                   "the server cannot search for text that is not ASCII (no "
                   "CHARSET UTF-8), and only it can tell",
                   "query: " + printable(node.term.words, 200)};
    }
    LocalCheck check;
    check.kind = kind_of(node);
    // What the server can tell of a level is one search.
    QueryNode rest;
    rest.kind = node.kind;
    for (const auto& child : node.children) {
      const bool ask = node.kind != Kind::negated && is_exact(child, server_) &&
                       !can_be_met_here(child);
      if (ask) {
        rest.children.push_back(child);
        continue;
      }
      auto below = check_of(child);
      if (!below) return below;
      check.children.push_back(*std::move(below));
    }
    if (!rest.children.empty()) check.children.push_back(part(rest));
    return check;
  }

  static LocalCheck::Kind kind_of(const QueryNode& node) {
    if (node.kind == Kind::negated) return LocalCheck::Kind::negated;
    if (node.kind == Kind::either) return LocalCheck::Kind::either;
    return LocalCheck::Kind::both;
  }

  [[nodiscard]] bool can_be_met_here(const QueryNode& node) const {
    if (node.kind == Kind::term) {
      return app::can_be_met_here(node.term, server_.utf8);
    }
    return std::all_of(
        node.children.begin(), node.children.end(),
        [&](const QueryNode& child) { return can_be_met_here(child); });
  }

  LocalCheck here(const QueryNode& node) {
    LocalCheck check;
    if (node.kind == Kind::term) {
      check.kind = LocalCheck::Kind::term;
      check.term = &node.term;
      add_items(node.term, plan_.items);
      if (!node.term.words.empty()) plan_.here.push_back(node.term.words);
      return check;
    }
    check.kind = kind_of(node);
    for (const auto& child : node.children) {
      check.children.push_back(here(child));
    }
    return check;
  }

  LocalCheck part(const QueryNode& node) {
    LocalCheck check;
    check.kind = LocalCheck::Kind::part;
    check.part = plan_.parts.size();
    plan_.parts.push_back(bound(node, server_, Bound::above));
    tell(node, plan_.on_server);
    return check;
  }

  const Query& query_;
  const QueryServer& server_;
  QueryPlan plan_;
  std::vector<const QueryNode*> doubtful_;
  std::vector<SearchKey> certain_;
};

}  // namespace

QueryServer query_server(const imap::Capabilities& capabilities) {
  QueryServer server;
  server.within = capabilities.has("WITHIN");
  return server;
}

bool is_whole_on_server(const Query& query, const QueryServer& server) {
  return is_exact(query.root, server);
}

imap::SearchKey whole_key(const Query& query, const QueryServer& server) {
  return bound(query.root, server, Bound::above);
}

Result<QueryPlan> plan_query(const Query& query, const QueryServer& server) {
  return Planner(query, server).plan();
}

}  // namespace mailtool::app
