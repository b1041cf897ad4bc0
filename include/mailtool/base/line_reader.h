/// \file
/// LineReader: lines, literals and bulk octets out of a Stream, all bounded.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "mailtool/base/stream.h"

namespace mailtool {

/// Reads what a server sends. One LineReader per connection and per security
/// state: after start_tls make a new one, so that nothing from before survives.
///
/// Time: begin_wait() says how long the peer may take. The budget covers the
/// whole wait, not each octet, and is renewed only as kRenewalOctets arrive; a
/// peer that drips ends it like one that is silent.
class LineReader {
 public:
  /// Octets that buy a peer a fresh budget: at the default time-out of 60 s the
  /// slowest link served makes about 270 octets a second.
  static constexpr std::size_t kRenewalOctets = 16 * 1024;

  explicit LineReader(Stream& stream) : stream_(stream) {}
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// Starts a wait of at most `budget` for what the peer owes us next.
  void begin_wait(std::chrono::milliseconds budget);

  /// One line without its CRLF; a bare LF ends a line too (see bare_lf()).
  /// The view is valid until the next call of any reading function.
  /// Fails with protocol on a line of more than `max_octets`, and with
  /// disconnected at the end of the stream (also in mid-line).
  Result<std::string_view> read_line(std::size_t max_octets);

  /// True when the last line read ended in LF alone.
  [[nodiscard]] bool bare_lf() const noexcept { return bare_lf_; }

  /// Octets that have arrived and are not consumed, at least one: blocks while
  /// there are none. Fails with disconnected at the end of the stream. Valid
  /// until the next call of any reading function; consume() what you used.
  Result<std::string_view> peek();

  /// \pre count is at most the size of the last peek().
  void consume(std::size_t count);

  /// True when octets have arrived that nobody has consumed. Before a command
  /// that is answered, and before TLS starts, this must be false.
  [[nodiscard]] bool has_unread() const noexcept { return begin_ != end_; }

 private:
  Result<void> fill();

  Stream& stream_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t since_renewal_ = 0;
  std::chrono::milliseconds budget_{60'000};
  bool bare_lf_ = false;
};

}  // namespace mailtool
