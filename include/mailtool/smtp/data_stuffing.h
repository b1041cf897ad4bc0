/// \file
/// The message on the wire: RFC 5321 section 4.5.2 (transparency) and 2.3.8
/// (CRLF is the only line end). Streaming, across any split into chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/sink.h"

namespace mailtool::smtp {

inline constexpr std::size_t kMaxTextLine = 998;  ///< octets without CRLF

/// What to make of octets that no line of a message may hold.
struct TextRules {
  bool refuse_bare_cr = true;  ///< else a bare CR becomes a line end
  bool refuse_nul = false;     ///< else NUL is sent as it is
  bool dots = true;  ///< stuff, and end with a dot; false: text for BDAT
};

/// What a message turned out to be. Of a whole message once finished.
struct TextFacts {
  std::uint64_t octets = 0;  ///< as SIZE counts: CRLF line ends, not stuffed
  std::uint64_t lines = 0;
  std::uint64_t long_lines = 0;   ///< of more than kMaxTextLine octets
  std::uint64_t first_long_line = 0;  ///< its number from 1; 0: none
  bool eight_bit = false;             ///< an octet above 0x7f
  friend bool operator==(const TextFacts&, const TextFacts&) = default;
};

/// Turns a message with LF or CRLF line ends into what follows DATA, or BDAT.
class DataStuffer {
 public:
  explicit DataStuffer(TextRules rules = {}) : rules_(rules) {}

  /// Appends the wire form of `octets` to `wire`: at most twice their size and
  /// three octets. Fails with bad_input, naming the line, on what the rules
  /// refuse; the stuffer is useless then, and the message must not be ended.
  Result<void> feed(std::string_view octets, std::string& wire);

  /// Ends the last line, and the message: [CRLF] ["." CRLF].
  Result<void> finish(std::string& wire);

  [[nodiscard]] const TextFacts& facts() const { return facts_; }

 private:
  Result<void> append(std::string_view part, std::string& wire);
  Result<void> bare_cr(std::string& wire);
  void end_line(std::string& wire);

  TextRules rules_;
  TextFacts facts_;
  std::uint64_t line_octets_ = 0;
  bool pending_cr_ = false;
};

/// Reads `message` to its end. Fails as the source does or as DataStuffer.
Result<TextFacts> examine(Source& message, const TextRules& rules = {});

/// The inverse, as a server reads: takes the stuffing off and stops at the end
/// of the message. Only CRLF "." CRLF ends it; all else is data.
class DataUnstuffer {
 public:
  /// Appends text to `message` and returns how many octets were used: all of
  /// them unless done().
  std::size_t feed(std::string_view wire, std::string& message);
  [[nodiscard]] bool done() const { return state_ == State::done; }

 private:
  enum class State : std::uint8_t { line_start, dot, dot_cr, text, cr, done };
  State state_ = State::line_start;
};

}  // namespace mailtool::smtp
