/// \file
/// QueryPlan: which part of a query the server answers, and which is looked at
/// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/imap_query.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/imap/capability.h"

namespace mailtool::app {

/// What decides on how a server is asked.
struct QueryServer {
  bool within = false;  ///< WITHIN: ages to the second
  /// False once it has refused CHARSET UTF-8.
  bool utf8 = true;
};
[[nodiscard]] QueryServer query_server(const imap::Capabilities& capabilities);

/// Can the server answer the whole query, with nothing to look at here? Then
/// whole_key() is all of it, and `$` (RFC 5182) may stand for what it finds.
[[nodiscard]] bool is_whole_on_server(const Query& query,
                                      const QueryServer& server);
/// \pre is_whole_on_server()
[[nodiscard]] imap::SearchKey whole_key(const Query& query,
                                        const QueryServer& server);

/// What is looked at here, for each message that is in doubt: a tree whose
/// leaves are terms of the query and parts that the server was asked for.
struct LocalCheck {
  enum class Kind : std::uint8_t { term, part, negated, both, either };
  Kind kind = Kind::both;
  const QueryTerm* term = nullptr;  ///< of the Query, which outlives the plan
  std::size_t part = 0;             ///< in QueryPlan::parts
  std::vector<LocalCheck> children;
};

/// A query as searches, and what is left to do with what they find.
struct QueryPlan {
  imap::SearchKey candidates;  ///< finds all that meet the query, if not only
  /// Of the candidates, those that this finds meet it for sure; the others are
  /// in doubt. None: all are in doubt.
  std::optional<imap::SearchKey> certain;
  /// What only the server can tell, and the check below has to know.
  std::vector<imap::SearchKey> parts;
  /// The part that is the same search as `certain`; it is asked for once.
  std::optional<std::size_t> certain_part;
  /// nullopt: nothing is left to do, the candidates are the result.
  std::optional<LocalCheck> check;
  client::FetchItems items;  ///< what the check needs of a message in doubt

  /// For --explain: terms as typed, each in the one list or the other.
  std::vector<std::string> on_server;
  std::vector<std::string> here;
};

/// Most searches that one query may need.
inline constexpr std::size_t kMaxQueryParts = 64;

/// Fails with unsupported where a server without UTF-8 is to search the texts
/// of messages for text that is not ASCII; with usage where the query takes
/// more searches than kMaxQueryParts; with internal where it has a thread: term,
/// which is to be looked up before. `query` outlives the plan.
Result<QueryPlan> plan_query(const Query& query, const QueryServer& server);

}  // namespace mailtool::app
