#include "mailtool/mime/line_pieces.h"

#include <algorithm>

namespace mailtool::mime {
namespace {

std::string_view without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<LinePiece> LineCutter::next(std::string_view& text) {
  if (held_is_done_) {
    held_.clear();
    held_is_done_ = false;
  }
  if (text.empty()) return std::nullopt;
  if (in_long_line_) return next_of_long_line(text);

  // A CR at the end counts among the octets: so the decision needs no more
  // than one octet beyond the limit.
  const auto window = text.substr(0, kMaxOctets + 1 - held_.size());
  const auto end = window.find('\n');
  const bool too_long =
      end == window.npos && held_.size() + window.size() > kMaxOctets;
  if (end == window.npos && !too_long) {
    held_ += window;
    text = {};
    return std::nullopt;
  }
  auto line =
      too_long ? window.substr(0, window.size() - 1) : window.substr(0, end);
  text.remove_prefix(too_long ? line.size() : end + 1);
  in_long_line_ = too_long;
  if (!held_.empty()) {
    held_ += line;
    held_is_done_ = true;
    line = held_;
  }
  return LinePiece{too_long ? line : without_cr(line), true, !too_long};
}

std::optional<LinePiece> LineCutter::next_of_long_line(std::string_view& text) {
  const auto window = text.substr(0, kMaxPiece);
  const auto end = window.find('\n');
  if (end == window.npos) {
    text.remove_prefix(window.size());
    return LinePiece{window, false, false};
  }
  text.remove_prefix(end + 1);
  in_long_line_ = false;
  return LinePiece{without_cr(window.substr(0, end)), false, true};
}

std::optional<LinePiece> LineCutter::finish() {
  if (held_is_done_ || held_.empty()) return std::nullopt;
  held_is_done_ = true;
  return LinePiece{without_cr(held_), true, true};
}

}  // namespace mailtool::mime
