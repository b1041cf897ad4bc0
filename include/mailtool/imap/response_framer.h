/// \file
/// ResponseFramer: octets to responses, before any grammar (RFC 9051
/// section 4.3). What is framed can be skipped, however odd it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::imap {

/// What a hostile server cannot push us past.
struct FramerLimits {
  /// Lines and held literals of one response together. A SEARCH with a million
  /// hits is one line of 8 MB.
  std::size_t response_octets = 16 * 1024 * 1024;
  /// One literal that is held in memory: names, subjects, parts of an ENVELOPE.
  std::size_t held_literal_octets = 1024 * 1024;
  std::size_t literals = 10'000;
};

/// One literal inside a FramedResponse.
struct FramedLiteral {
  std::size_t marker;   ///< offset of its "{" or "~{"
  std::size_t content;  ///< offset of its first octet
  std::uint64_t size;   ///< as announced, and as it came
  bool streamed;        ///< handed out, not held: `octets` has nothing of it
};

/// One response without its final CRLF. Between marker and content stands
/// "{n}" and a line end, as on the wire.
struct FramedResponse {
  std::string octets;
  std::vector<FramedLiteral> literals;  ///< ascending
};

/// Cuts what arrives into responses. Literals are found by their announcement
/// at a line's end, so nothing inside one can be taken for a response; in
/// status responses and continuations, which have none, "{5}" is text.
class ResponseFramer {
 public:
  explicit ResponseFramer(FramerLimits limits = {}) : limits_(limits) {}

  enum class Event : std::uint8_t {
    need_more,       ///< feed what was not consumed, or what comes next
    literal_begins,  ///< partial() ends before it; see stream_literal()
    streamed,        ///< `octets` are the next of a streamed literal
    literal_ends,    ///< a streamed literal is complete
    complete,        ///< take() yields a response
  };
  struct Step {
    Event event;
    std::size_t consumed;     ///< of what was fed
    std::string_view octets;  ///< a part of what was fed; only for `streamed`
  };

  /// Takes octets up to the next event. Fails with protocol beyond a limit and
  /// on a literal whose size is no number below 2^63; then framing is lost and
  /// the connection of no more use.
  Result<Step> feed(std::string_view octets);

  /// After literal_begins: the literal just announced is to be handed out as
  /// it comes, whatever its size, not held.
  void stream_literal();
  /// After literal_begins: its size in octets.
  [[nodiscard]] std::uint64_t literal_size() const { return left_; }

  /// What has come of the response so far. Valid until the next feed().
  [[nodiscard]] const FramedResponse& partial() const { return partial_; }

  /// After complete: the response; the framer starts afresh.
  [[nodiscard]] FramedResponse take();

 private:
  enum class State : std::uint8_t { line, announced, held, streamed, done };

  Result<Step> feed_line(std::string_view octets);
  Result<Step> feed_held(std::string_view octets);
  Step feed_streamed(std::string_view octets);
  Result<bool> announces_literal(std::string_view line);

  FramerLimits limits_;
  FramedResponse partial_;
  State state_ = State::line;
  std::size_t line_begin_ = 0;  // in partial_.octets
  std::uint64_t left_ = 0;      // of the literal
};

}  // namespace mailtool::imap
