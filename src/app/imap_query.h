/// \file
/// The query language of `mailtool imap`: from words to a SEARCH.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/imap/search_key.h"

namespace mailtool::app {

/// What "now" and "a day" are.
struct QueryClock {
  std::int64_t now = 0;  ///< seconds since 1970, UTC
  /// Midnight, in local time, at which `date` begins; in seconds since 1970.
  std::function<std::int64_t(const imap::Date&)> midnight;
};

/// The clock of this machine and its time zone.
[[nodiscard]] QueryClock system_clock();

/// One condition that all messages found must meet.
///
/// A server knows days of its own time zone only, and no attachments. What it
/// cannot tell exactly is asked of it roughly, with some messages too many, and
/// looked at again here.
struct QueryTerm {
  imap::SearchKey key;  ///< finds all that meet it, and perhaps more
  /// Exact, for servers with WITHIN (RFC 5032); then no second look is needed.
  std::optional<imap::SearchKey> within;
  /// The second look: INTERNALDATE in [from, to) or, when negated, outside.
  struct Moment {
    std::int64_t from = INT64_MIN;
    std::int64_t to = INT64_MAX;
    bool negated = false;
    friend bool operator==(const Moment&, const Moment&) = default;
  };
  std::optional<Moment> moment;
  /// The second look: with (true) or without an attachment.
  std::optional<bool> attachment;
  friend bool operator==(const QueryTerm&, const QueryTerm&) = default;
};

/// The terms of a query; all must hold. None: every message.
struct Query {
  std::vector<QueryTerm> terms;
  bool needs_within = false;  ///< has older: or newer: beside or, within not
};

/// Longest query, in octets, and deepest nesting of parentheses.
inline constexpr std::size_t kMaxQuery = 64 * 1024;
inline constexpr std::size_t kMaxQueryDepth = 30;

///     query = term *( [ "and" ] term ) / term *( "or" term )
///     term  = [ "not" / "-" ] ( "(" query ")" / KEY ":" value / word )
///     value = word / phrase ; from: to: cc: bcc: subject: body: text:
///             header:Name=x id: is: kw: since: before: on: older: newer:
///             larger: smaller: has: uid: raw:(…)
///
/// Fails with usage, naming the word: unknown key, missing value, "or" beside
/// "and" without parentheses, and has:attachment below an "or" or "not (".
Result<Query> parse_query(std::string_view text, const QueryClock& clock);

/// The whole query as one key for a server with or without WITHIN.
[[nodiscard]] imap::SearchKey search_key(const Query& query, bool within);

/// "2026-01-31". nullopt on what is no day of the calendar.
[[nodiscard]] std::optional<imap::Date> parse_day(std::string_view text);

}  // namespace mailtool::app
