/// \file
/// ReportPlace: which line of a batch is at work, for all that is said of it.
#pragma once

#include <string>
#include <string_view>

namespace mailtool::app {

/// While it lives, each line on stderr begins with the place:
/// "mailtool: imap: batch:3: …". One at a time, and one thread.
class ReportPlace {
 public:
  /// `place` must be printable.
  explicit ReportPlace(std::string place);
  ~ReportPlace();
  ReportPlace(const ReportPlace&) = delete;
  ReportPlace& operator=(const ReportPlace&) = delete;

  /// "batch:3", or "" where there is none.
  [[nodiscard]] static std::string_view now();
};

}  // namespace mailtool::app
