/// \file
/// Value: what stands between the blanks of a response: atoms, strings,
/// literals, NIL and lists of these. Syntax without meaning, so that an odd
/// field can be passed over and its neighbours still be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/imap/response_framer.h"

namespace mailtool::imap {

class ValueTree;

/// A node of a ValueTree; valid as long as the tree and the FramedResponse it
/// was made of. Copies are cheap.
class Value {
 public:
  enum class Kind : std::uint8_t { absent, nil, atom, quoted, literal, list };

  Value() = default;

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is_list() const { return kind() == Kind::list; }
  [[nodiscard]] bool is_nil() const { return kind() == Kind::nil; }
  [[nodiscard]] bool absent() const { return kind() == Kind::absent; }
  /// A quoted string or a literal.
  [[nodiscard]] bool is_string() const {
    return kind() == Kind::quoted || kind() == Kind::literal;
  }
  /// An atom's or a string's octets, unquoted; empty for NIL and lists, and for
  /// a literal that was streamed.
  [[nodiscard]] std::string_view text() const;
  /// The octets on the wire; a list from its "(" to its ")".
  [[nodiscard]] std::string_view raw() const;
  /// Of a streamed literal: its size. Else 0.
  [[nodiscard]] std::uint64_t streamed_octets() const;
  [[nodiscard]] bool streamed() const;

  /// Of a list: the first element, or absent.
  [[nodiscard]] Value first() const;
  /// The next element of the same list, or absent.
  [[nodiscard]] Value next() const;
  /// How many elements a list has. Linear.
  [[nodiscard]] std::size_t size() const;

 private:
  friend class ValueTree;
  Value(const ValueTree* tree, std::uint32_t node) : tree_(tree), node_(node) {}

  const ValueTree* tree_ = nullptr;
  std::uint32_t node_ = 0;
};

/// The values of (the rest of) one response, in an arena. Reading never fails:
/// what is no legal syntax is read as well as can be, and warned of.
///
/// Lenient: a `"` that no blank, parenthesis or line end follows does not end a
/// quoted string (servers that do not escape it); a missing ")" ends with the
/// response, one too many is passed over; any octet may be in an atom. What is
/// beyond the limits is left out, and what stands behind it read.
class ValueTree {
 public:
  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxNodes = 300'000;
  /// Beyond kMaxNodes, for what stands behind a value that was too large.
  static constexpr std::size_t kReserve = 1000;

  /// Which `"` ends a string that may hold others unescaped.
  enum class Quotes : std::uint8_t {
    before_blank,  ///< one before a blank or a parenthesis
    before_value,  ///< the same, if behind these stands what belongs in a FETCH
  };

  /// Reads `response` from `offset`. \pre `response` outlives the tree.
  ValueTree(const FramedResponse& response, std::size_t offset,
            Quotes quotes = Quotes::before_blank);
  ValueTree(const ValueTree&) = delete;
  ValueTree& operator=(const ValueTree&) = delete;

  /// The first value, or absent.
  [[nodiscard]] Value first() const;
  /// What was wrong, in our words; empty when all was legal.
  [[nodiscard]] const std::vector<std::string>& warnings() const {
    return warnings_;
  }
  /// Lists were nested, or values were many, beyond the limits.
  [[nodiscard]] bool truncated() const { return truncated_; }
  /// The response ended within a list or a string.
  [[nodiscard]] bool unfinished() const { return unfinished_; }

 private:
  friend class Value;
  struct Node {
    std::size_t begin = 0;  // of the raw octets
    std::size_t end = 0;
    std::string_view text;
    std::uint64_t streamed_octets = 0;
    std::uint32_t child = 0;  // index of the first element; 0: none
    std::uint32_t next = 0;   // index of the next element; 0: none
    Value::Kind kind = Value::Kind::absent;
    bool streamed = false;
  };

  class Reader;

  const FramedResponse& response_;
  std::vector<Node> nodes_;           // [0] is the list of all
  std::deque<std::string> unquoted_;  // strings that had escapes
  std::vector<std::string> warnings_;
  bool truncated_ = false;
  bool unfinished_ = false;
};

}  // namespace mailtool::imap
