/// \file
/// Multi-line responses: octets up to CRLF "." CRLF, RFC 1939 section 3.
/// Decoder and encoder stream, and give the same result for every split.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mailtool/base/sink.h"

namespace mailtool::pop3 {

/// Which line ends count.
enum class LineEnd {
  crlf,     ///< RFC 1939: only CRLF ends a line, only CRLF.CRLF the response
  bare_lf,  ///< a server whose status line ended in LF alone: LF counts too
};

/// Takes the octets after the status line, un-stuffs them and finds the end.
class MultilineDecoder {
 public:
  explicit MultilineDecoder(LineEnd line_end = LineEnd::crlf)
      : line_end_(line_end) {}

  /// Consumes up to the end of the response, writes the content to `out` and
  /// returns how many octets of `input` it took: all of them until done().
  /// Fails only as `out` does.
  /// \pre !done()
  Result<std::size_t> feed(std::string_view input, Sink& out);

  /// True once the terminator was consumed. A connection that ends before
  /// this has cut the message off.
  [[nodiscard]] bool done() const noexcept { return state_ == State::done; }

  /// Octets of content so far.
  [[nodiscard]] std::uint64_t content_octets() const noexcept {
    return content_octets_;
  }

 private:
  enum class State { line_start, in_line, cr, dot, dot_cr, done };

  [[nodiscard]] State state_after(std::string_view run) const;
  Result<void> put(std::string_view content, Sink& out);

  LineEnd line_end_;
  State state_ = State::line_start;
  std::uint64_t content_octets_ = 0;
};

/// The inverse: stuffs content and ends it. Content whose last line has no
/// CRLF gets one, since the form cannot say otherwise.
class MultilineEncoder {
 public:
  explicit MultilineEncoder(Sink& out) : out_(out) {}
  Result<void> write(std::string_view content);
  Result<void> finish();

 private:
  enum class State { line_start, in_line, cr };

  Sink& out_;
  State state_ = State::line_start;
};

}  // namespace mailtool::pop3
