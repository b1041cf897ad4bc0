/// \file
/// SEARCH, the server's side: what is asked for (RFC 9051 section 6.4.4).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/imap/sequence_set.h"
#include "mailtool/imap/value.h"
#include "mailtool/serve/mailbox.h"
#include "serve/imap_partial.h"

namespace mailtool::serve {

/// A tree of conditions; its depth is bounded by kMaxSearchDepth.
struct SearchNode {
  enum class Kind : std::uint8_t {
    all,
    flag,      ///< is set
    numbers,   ///< in `set`, of numbers or of UIDs
    saved,     ///< "$": in what was found before (RFC 5182)
    modseq,    ///< at least `number`
    larger,    ///< than `number` octets
    smaller,
    arrived,   ///< INTERNALDATE in [number, number2), seconds
    sent,      ///< Date likewise
    header,    ///< field `name` contains `text`
    body,      ///< SearchRequest::texts[slot]
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
  char tag = 0;      ///< of that field, as KnownHeader::tag_of()
  std::string text;  ///< as mime::collation_key() has it
  std::size_t slot = 0;
  imap::SequenceSet set;
  std::vector<SearchNode> children;
};

inline constexpr std::size_t kMaxSearchDepth = 500;
/// Of texts that one search looks for.
inline constexpr std::size_t kMaxSearchTexts = 100;

/// A text that is looked for in all of a message.
struct SearchText {
  std::string text;  ///< as mime::collation_key() has it
  bool in_header = false;  ///< TEXT, not BODY
};

/// What a search is to answer with.
struct SearchRequest {
  SearchNode root;
  std::size_t nodes = 0;  ///< how many conditions
  std::vector<SearchText> texts;
  bool known_headers = false;  ///< something asks of what KnownHeader has
  bool extended = false;  ///< RETURN was said
  bool min = false, max = false, count = false, all = false, save = false;
  std::optional<PartialRange> partial;
  std::shared_ptr<const Flags> hold;  ///< of the keywords that are named
};

/// What a search may be about.
struct SearchContext {
  const std::vector<std::string>& keywords;  ///< of the mailbox
  std::int64_t now = 0;  ///< seconds since 1970, for OLDER and YOUNGER
};

/// Why something is no search.
struct SearchFault {
  bool charset = false;  ///< one that is not known; else the syntax
  bool save = false;     ///< SAVE was asked for
};

/// From the value behind SEARCH on. nullopt where it is no search.
[[nodiscard]] std::optional<SearchRequest> parse_search(
    imap::Value first, const SearchContext& context, SearchFault& fault);

}  // namespace mailtool::serve
