/// \file
/// HopCount: how many servers a message has come by (RFC 5321 section 6.3).
#pragma once

#include <cstddef>
#include <string_view>

namespace mailtool::serve {

/// Counts the Received fields of the header, in portions of any size.
class HopCount {
 public:
  void feed(std::string_view text);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::size_t count_ = 0;
  std::size_t matched_ = 0;  // octets of "received:" at the start of this line
  std::size_t column_ = 0;   // octets of the line, without CR; bounded
  bool in_header_ = true;
};

}  // namespace mailtool::serve
