/// \file
/// TextSlice: a header and the first lines of a body, out of octets.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtool::serve {

/// What TOP shows of a message with CRLF line ends: its header, the empty line,
/// and so many lines of the body (RFC 1939 section 7).
class TextSlice {
 public:
  explicit TextSlice(std::uint64_t body_lines) : left_(body_lines) {}

  /// What of `octets`, which follow those of the calls before, belongs to it:
  /// all of them until done().
  std::string_view feed(std::string_view octets);
  [[nodiscard]] bool done() const { return in_body_ && left_ == 0; }

 private:
  std::uint64_t left_;
  bool in_body_ = false;
  bool line_start_ = true;  // but for a CR
};

}  // namespace mailtool::serve
