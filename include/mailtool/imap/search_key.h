/// \file
/// SearchKey: what SEARCH looks for (RFC 9051 section 6.4.4, RFC 5032).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mailtool/imap/command.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::imap {

/// A day of the calendar.
struct Date {
  int year = 1970;  ///< 1..9999
  int month = 1;    ///< 1..12
  int day = 1;      ///< 1..31
  friend bool operator==(const Date&, const Date&) = default;
};

/// A tree of keys. Depth is at most kMaxDepth; whoever builds one sees to it.
struct SearchKey {
  static constexpr int kMaxDepth = 64;

  enum class Kind : std::uint8_t {
    all,      ///< every message
    word,     ///< `name` alone: SEEN, UNANSWERED, DRAFT…
    string,   ///< `name` and `text`: FROM, SUBJECT, BODY, TEXT, KEYWORD
    header,   ///< HEADER `name` `text`
    number,   ///< `name` and `number`: LARGER, SMALLER, OLDER, YOUNGER
    date,     ///< `name` and `date`: SINCE, BEFORE, ON
    uid,      ///< UID `set`
    raw,      ///< `text` as it stands, in parentheses
    negated,  ///< NOT children[0]
    both,     ///< all of `children`
    either,   ///< at least one of `children`
  };

  Kind kind = Kind::all;
  std::string name;
  std::string text;
  std::uint64_t number = 0;
  Date date;
  SequenceSet set;
  std::vector<SearchKey> children;

  friend bool operator==(const SearchKey&, const SearchKey&) = default;
};

/// Appends `key` to a SEARCH command. Text that is not ASCII goes as literals;
/// the command then needs CHARSET UTF-8 (see needs_charset).
void append_search_key(CommandBuilder& command, const SearchKey& key);
/// The same at the end of the command, where keys that all must hold need no
/// parentheses.
void append_search_program(CommandBuilder& command, const SearchKey& key);

/// True when some text of `key` is not ASCII.
[[nodiscard]] bool needs_charset(const SearchKey& key);

/// "1-Feb-1994".
[[nodiscard]] std::string to_wire(const Date& date);

}  // namespace mailtool::imap
