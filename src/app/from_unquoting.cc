#include "app/from_unquoting.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kFrom = "From ";
// A line with more ">" than that is no quoted line.
constexpr std::size_t kMaxHeld = 1000;

}  // namespace

void FromUnquoting::begin(Sink& out) {
  out_ = &out;
  held_.clear();
  state_ = State::line_start;
  matched_ = 0;
}

Result<void> FromUnquoting::write(std::string_view octets) {
  while (!octets.empty()) {
    if (state_ != State::inside) {
      if (auto taken = take_head(octets); !taken) return taken;
      continue;
    }
    const auto quoted = octets.find("\n>");
    if (quoted == octets.npos) {
      if (octets.ends_with('\n')) state_ = State::line_start;
      return out_->write(octets);
    }
    if (auto sent = out_->write(octets.substr(0, quoted + 1)); !sent) return sent;
    octets.remove_prefix(quoted + 1);
    state_ = State::line_start;
  }
  return {};
}

// One octet of the beginning of a line.
Result<void> FromUnquoting::take_head(std::string_view& octets) {
  const char c = octets[0];
  const bool quote = c == '>' && state_ != State::from;
  if (quote && held_.size() < kMaxHeld) {
    state_ = State::quotes;
    held_ += c;
    octets.remove_prefix(1);
    return {};
  }
  if (state_ != State::line_start && c == kFrom[matched_]) {
    state_ = State::from;
    held_ += c;
    octets.remove_prefix(1);
    if (++matched_ < kFrom.size()) return {};
    held_.erase(0, 1);
  }
  matched_ = 0;
  state_ = State::inside;
  const auto passed = out_->write(held_);
  held_.clear();
  return passed;
}

Result<void> FromUnquoting::finish() {
  state_ = State::line_start;
  matched_ = 0;
  const auto passed = out_->write(held_);
  held_.clear();
  return passed;
}

}  // namespace mailtool::app
