/// \file
/// Utf8Header: has a message UTF-8 in its header (RFC 6532)?
#pragma once

#include <string>
#include <string_view>

namespace mailtool::app {

/// Told of the octets of a message as they come, with any line ends.
class Utf8Header {
 public:
  void write(std::string_view octets);
  /// 8-bit octets are in the header, and all of it is UTF-8.
  [[nodiscard]] bool found() const {
    return eight_bit_ && valid_ && held_.empty();
  }

 private:
  void text(std::string_view octets);

  std::string held_;  // the first octets of a code point, 3 at most
  bool over_ = false;
  bool blank_ = true;  // the line, so far
  bool eight_bit_ = false;
  bool valid_ = true;
};

}  // namespace mailtool::app
