/// \file
/// BodyScan: one pass over the octets of a body, for lines that may be
/// delimiters and for octets that do not belong there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailtool::mime {

/// Offsets of the first octet of its kind.
struct BodyMarks {
  static constexpr std::uint64_t kNone = UINT64_MAX;
  std::uint64_t nul = kNone;
  std::uint64_t bare_cr = kNone;  ///< a CR that no LF follows
  std::uint64_t cr_dashes = kNone;  ///< such a CR with "--" behind it
  std::uint64_t high = kNone;     ///< beyond ASCII
  std::uint64_t long_line = kNone;  ///< beginning of a line over 998 octets
  friend bool operator==(const BodyMarks&, const BodyMarks&) = default;
};

/// State from one piece of a body to the next.
class BodyScan {
 public:
  /// Begins a body at this offset.
  void begin(std::uint64_t offset);

  /// Looks at the octets that follow those seen before, up to and with the
  /// first LF that "--", or the end of `octets` after less than that, follows;
  /// returns how many octets that are: all of them if there is none. With
  /// `delimiters` false it looks at all.
  std::size_t scan(std::string_view octets, bool delimiters);
  /// The same without vector instructions.
  std::size_t scan_scalar(std::string_view octets, bool delimiters);
  /// The body is over. A CR that was last is bare.
  void end();

  [[nodiscard]] const BodyMarks& marks() const { return marks_; }

 private:
  std::size_t scan_avx2(std::string_view octets, bool delimiters);
  void begin_piece(std::string_view octets);
  void end_piece(std::string_view octets, std::size_t count);
  void end_line(std::uint64_t line_end, bool after_cr);
  void bare_cr_at(std::uint64_t offset, std::string_view behind);

  BodyMarks marks_;
  std::uint64_t offset_ = 0;      // of the next piece
  std::uint64_t line_begin_ = 0;  // of the line that the next piece goes on
  // What the octets so far end with.
  enum class Tail : std::uint8_t { other, cr, cr_dash };
  Tail tail_ = Tail::other;
};

}  // namespace mailtool::mime
