/// \file
/// LineCutter: text to lines in bounded memory, however it arrives.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailtool::mime {

/// A line, or a piece of one that is too long to be kept.
struct LinePiece {
  std::string_view octets;  ///< without the line end
  bool first = true;        ///< the line begins here
  bool last = true;         ///< the line ends here
  [[nodiscard]] bool whole() const { return first && last; }
};

/// Cuts at LF and CRLF. A line of up to kMaxOctets arrives whole; of a longer
/// one the first piece has exactly kMaxOctets, and the sizes of the others, at
/// most kMaxPiece, depend on how the text arrives: make nothing of them.
class LineCutter {
 public:
  static constexpr std::size_t kMaxOctets = 1000;
  static constexpr std::size_t kMaxPiece = 4096;

  /// The next piece, removed from the front of `text`; nullopt once `text` is
  /// used up. The view lives until the next call and as long as `text`'s.
  std::optional<LinePiece> next(std::string_view& text);
  /// A last line without a line end. Call after the last next().
  std::optional<LinePiece> finish();
  /// True when the octet to come begins a line.
  [[nodiscard]] bool at_line_start() const noexcept {
    return !in_long_line_ && (held_.empty() || held_is_done_);
  }

 private:
  std::optional<LinePiece> next_of_long_line(std::string_view& text);

  std::string held_;           // the beginning of a line; at most kMaxOctets
  bool held_is_done_ = false;  // handed out, to be forgotten
  bool in_long_line_ = false;
};

}  // namespace mailtool::mime
