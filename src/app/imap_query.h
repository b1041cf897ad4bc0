/// \file
/// The query language of `mailtool imap`: from words to a tree of conditions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/imap_query_day.h"
#include "mailtool/base/result.h"
#include "mailtool/imap/search_key.h"

namespace mailtool::app {

/// One condition on a message.
///
/// A server knows days of its own time zone only, and no attachments: where it
/// cannot tell exactly, see imap_query_plan.h.
struct QueryTerm {
  std::string words;    ///< as it was typed: "from:bob", for --explain
  imap::SearchKey key;  ///< what the server is asked, unless one of these:
  std::optional<Moments> arrival;  ///< INTERNALDATE lies within
  bool attachment = false;         ///< has one
  /// Is in a thread with what this finds; see imap_thread_term.h.
  std::optional<imap::SearchKey> thread;
  /// Exact for `arrival`, on servers with WITHIN (RFC 5032).
  std::optional<imap::SearchKey> within;
  friend bool operator==(const QueryTerm&, const QueryTerm&) = default;
};

/// A tree of conditions, at most kMaxQueryDepth + 2 levels of joins, with a
/// "not" between one and the next.
struct QueryNode {
  enum class Kind : std::uint8_t {
    all,      ///< every message
    term,     ///< those that meet `term`
    negated,  ///< those that do not meet children[0]
    both,     ///< those that meet all of `children`
    either,   ///< those that meet at least one of `children`
  };
  Kind kind = Kind::all;
  QueryTerm term;
  std::vector<QueryNode> children;
  friend bool operator==(const QueryNode&, const QueryNode&) = default;
};

struct Query {
  QueryNode root;
  /// No condition: every message.
  [[nodiscard]] bool empty() const { return root.kind == QueryNode::Kind::all; }
};

/// Longest query, in octets, and deepest nesting of parentheses.
inline constexpr std::size_t kMaxQuery = 64 * 1024;
inline constexpr std::size_t kMaxQueryDepth = 30;

///     query = term *( [ "and" ] term ) / term *( "or" term )
///     term  = [ "not" / "-" ] ( "(" query ")" / KEY ":" value / word )
///     value = word / phrase ; from: to: cc: bcc: subject: body: text:
///             header:Name=x id: is: kw: since: before: on: older: newer:
///             larger: smaller: has: uid: thread: raw:(…)
///
/// Fails with usage, naming the word: unknown key, missing value, "or" beside
/// "and" without parentheses.
Result<Query> parse_query(std::string_view text, const QueryClock& clock);

/// Both must be met: `query` and the IMAP keys `keys`. Fails with usage where
/// these are not safe to send; see raw_key().
Result<Query> with_raw_keys(Query query, const std::string& keys);

}  // namespace mailtool::app
