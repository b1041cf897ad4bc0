#include "serve/hop_count.h"

#include "mailtool/base/ascii.h"

namespace mailtool::serve {

void HopCount::feed(std::string_view text) {
  constexpr std::string_view kName = "received:";
  for (std::size_t i = 0; in_header_ && i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      in_header_ = column_ > 0;
      matched_ = column_ = 0;
    } else if (c != '\r') {
      const bool fits = matched_ == column_ && matched_ < kName.size() &&
                        to_lower(c) == kName[matched_];
      ++column_;
      if (!fits) {
        // The rest of the line tells nothing.
        i = text.find('\n', i);
        if (i == text.npos) return;
        --i;
      } else if (++matched_ == kName.size()) {
        ++count_;
      }
    }
  }
}

}  // namespace mailtool::serve
