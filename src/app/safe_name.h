/// \file
/// File names out of messages, made safe.
#pragma once

#include <string>
#include <string_view>

namespace mailtool::app {

/// A name for a file in one folder out of what a message calls it: the last
/// component after "/" and "\", without controls, bidirectional marks and
/// characters that shells and other systems act on; it does not begin with "."
/// or "-" or a blank, nor end with "." or a blank, is at most 200 octets (the
/// extension is kept) and valid UTF-8. `fallback` when nothing is left.
[[nodiscard]] std::string safe_name(std::string_view name,
                                    std::string_view fallback);

/// "report.pdf", 2: "report-2.pdf".
[[nodiscard]] std::string numbered_name(const std::string& name, int number);

}  // namespace mailtool::app
