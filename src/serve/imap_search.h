/// \file
/// SEARCH, the server's side: RFC 9051 section 6.4.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/imap/sequence_set.h"
#include "mailtool/imap/value.h"
#include "serve/imap_view.h"

namespace mailtool::serve {

/// A tree of conditions; its depth is bounded by kMaxSearchDepth.
struct SearchNode {
  enum class Kind : std::uint8_t {
    all,
    flag,      ///< is set
    keyword,   ///< `text` is set
    numbers,   ///< in `set`, of numbers or of UIDs
    larger,    ///< than `number` octets
    smaller,
    arrived,   ///< INTERNALDATE in [number, number2), seconds
    sent,      ///< Date likewise
    header,    ///< field `name` contains `text`
    body,
    text,      ///< header or body
    negated,   ///< children[0]
    both,
    either,
  };
  Kind kind = Kind::all;
  Flags flag = 0;
  bool by_uid = false;
  std::int64_t number = 0;
  std::int64_t number2 = 0;
  std::string name;
  std::string text;
  imap::SequenceSet set;
  std::vector<SearchNode> children;
};

inline constexpr std::size_t kMaxSearchDepth = 50;

/// What a search is to answer with.
struct SearchRequest {
  SearchNode root;
  bool extended = false;  ///< RETURN was said
  bool min = false, max = false, count = false, all = false;
};

/// From the value behind SEARCH on. nullopt where it is no search; then
/// `bad_charset` tells whether a charset is not known.
[[nodiscard]] std::optional<SearchRequest> parse_search(imap::Value first,
                                                        bool& bad_charset);

/// Does the message, which is there, meet it?
[[nodiscard]] bool meets(const SearchNode& node, ImapView& view,
                         const MailboxMessage& message);

}  // namespace mailtool::serve
