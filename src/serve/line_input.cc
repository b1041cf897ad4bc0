#include "serve/line_input.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/secret.h"

namespace mailtool::serve {

LineInput::Step LineInput::feed(std::string_view octets,
                                std::size_t max_octets) {
  if (std::exchange(ended_, false)) {
    line_.clear();
    too_long_ = false;
  }
  const auto lf = octets.find('\n');
  const auto piece = octets.substr(0, lf);
  // The CR of the line end is not of the line.
  const auto room = max_octets + 1 - std::min(max_octets + 1, line_.size());
  if (piece.size() > room) too_long_ = true;
  line_.append(piece.substr(0, room));
  if (lf == octets.npos) return {Event::need_more, octets.size()};
  ended_ = true;
  const auto used = lf + 1;
  const bool crlf = line_.ends_with('\r');
  if (too_long_ || line_.size() > max_octets + (crlf ? 1 : 0)) {
    line_.clear();
    return {Event::too_long, used};
  }
  if (!crlf) return {Event::bare_lf, used};
  line_.pop_back();
  return {Event::line, used};
}

bool LineInput::begins_with(std::string_view word,
                            std::string_view octets) const {
  auto begin = ended_ ? std::string() : line_.substr(0, word.size());
  begin += octets.substr(0, word.size() - begin.size());
  return istarts_with(begin, word);
}

void LineInput::wipe() {
  mailtool::wipe(line_);
  ended_ = true;
}

}  // namespace mailtool::serve
