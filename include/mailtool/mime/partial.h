/// \file
/// message/partial: a message sent in pieces (RFC 2046 section 5.2.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::mime {

/// The parameters of one piece.
struct Fragment {
  std::string id;            ///< as given; 1 to 998 octets
  std::uint32_t number = 0;  ///< 1..kMaxFragments
  std::uint32_t total = 0;   ///< 0: not told, as all but the last may leave it
  friend bool operator==(const Fragment&, const Fragment&) = default;
};

inline constexpr std::uint32_t kMaxFragments = 100'000;
/// Of all ids that a collector keeps.
inline constexpr std::size_t kMaxFragmentIdOctets = 8 * 1024 * 1024;

/// From a Content-Type value, folded or not. nullopt when it is no
/// message/partial, id or number is missing or out of range, or total is below
/// number.
[[nodiscard]] std::optional<Fragment> parse_fragment(std::string_view value);

/// The header of the joined message, RFC 2046 section 5.2.2.1: of the first
/// enclosing message all but Content-*, Subject, Message-ID, Encrypted and
/// MIME-Version, then of the inner header (with which the body of the first
/// piece begins) those and no others. Both are header text, with or without
/// the empty line; lines that are no fields are left out. Result: fields as
/// they stood, each line ended by CRLF, and an empty line.
[[nodiscard]] std::string merge_fragment_headers(std::string_view outer,
                                                 std::string_view inner);

/// Where the header of the inner message ends in the body of the first piece:
/// the offset behind its empty line, or the end of `body` if it has none.
[[nodiscard]] std::size_t inner_header_octets(std::string_view body) noexcept;

/// Finds out which messages are complete, from pieces in any order.
class FragmentCollector {
 public:
  /// What add() made of a piece.
  enum class Outcome : std::uint8_t {
    taken,
    duplicate,      ///< this number is there already; the first counts
    contradiction,  ///< the totals differ, or a number is above the total; the
                    ///< piece is left out: the first total counts
    refused         ///< a limit of ours: kMaxFragments pieces in all, and
                    ///< kMaxFragmentIdOctets
  };

  /// `source` is the caller's name for the piece, given back by order().
  Outcome add(const Fragment& fragment, std::uint64_t source);

  struct Message {
    std::string id;
    std::uint32_t total = 0;    ///< 0: no piece told it
    std::uint32_t present = 0;  ///< pieces taken
    bool complete = false;      ///< each of 1..total is there
    bool contradictory = false;
  };
  /// One for each id, in the order of their first pieces.
  [[nodiscard]] std::vector<Message> messages() const;
  /// The sources of the pieces of `id` there are, by number; for a complete
  /// message, their bodies in this order are the message.
  [[nodiscard]] std::vector<std::uint64_t> order(std::string_view id) const;

 private:
  struct Pieces {
    std::size_t rank = 0;  // in order of first appearance, from 1
    std::uint32_t total = 0;
    bool contradictory = false;
    std::map<std::uint32_t, std::uint64_t> sources;  // by number
  };
  std::map<std::string, Pieces, std::less<>> ids_;
  std::size_t pieces_ = 0;
  std::size_t id_octets_ = 0;
};

}  // namespace mailtool::mime
