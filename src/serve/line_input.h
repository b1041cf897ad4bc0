/// \file
/// LineInput: command lines out of octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailtool::serve {

/// Collects one line at a time, of at most so many octets; a longer one is
/// passed over to its end.
class LineInput {
 public:
  enum class Event : std::uint8_t {
    need_more,  ///< all octets are used, and the line has not ended
    line,       ///< line() has it
    bare_lf,    ///< the same, but LF alone ended it
    too_long,   ///< it ended, and is lost
  };
  struct Step {
    Event event;
    std::size_t used;  ///< of the octets
  };
  /// `max_octets`: without the line end.
  Step feed(std::string_view octets, std::size_t max_octets);

  /// Whether the line under way begins with `word`, in any case, once `octets`
  /// have come.
  [[nodiscard]] bool begins_with(std::string_view word,
                                 std::string_view octets) const;
  /// Without its line end; valid until the next call of feed().
  [[nodiscard]] std::string_view line() const { return line_; }
  /// Overwrites it: it held a secret.
  void wipe();

 private:
  std::string line_;
  bool too_long_ = false;
  bool ended_ = false;  // line_ is of the last call
};

}  // namespace mailtool::serve
