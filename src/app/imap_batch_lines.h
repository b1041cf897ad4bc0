/// \file
/// BatchLines: the lines of a batch, one by one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Longest line of a batch, in octets.
inline constexpr std::size_t kBatchLineOctets = 64 * 1024;

/// Lines end in LF or CRLF, the last one perhaps in nothing.
class BatchLines {
 public:
  /// `source` outlives it.
  explicit BatchLines(Source& source) : source_(source) {}

  /// The next line that is neither blank nor a comment (its first word begins
  /// with '#'); nullopt at the end. Fails with bad_input on one that is longer
  /// than kBatchLineOctets or has a NUL, and as the source does.
  Result<std::optional<std::string>> next();

  /// The number of the line that next() returned or failed at; from 1.
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  Result<bool> read_line(std::string& line);

  Source& source_;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool ended_ = false;
  std::size_t number_ = 0;
};

}  // namespace mailtool::app
