#include "serve/message_input.h"

namespace mailtool::serve {
namespace {

// RFC 5321 section 6.3 asks for 100 at least.
constexpr std::size_t kMaxHops = 100;

}  // namespace

std::size_t MessageInput::feed_data(std::string_view wire) {
  buffer_.clear();
  const auto used = unstuffer_.feed(wire, buffer_);
  take(buffer_);
  return used;
}

void MessageInput::feed_chunk(std::string_view octets) { take(octets); }

void MessageInput::take(std::string_view text) {
  if (fault_ != Fault::none || text.empty()) return;
  if (!check_.feed(text)) {
    fault_ = wrong_line_end();
    return;
  }
  octets_ += text.size();
  hops_.feed(text);
  if (hops_.count() >= kMaxHops) {
    fault_ = Fault::loop;
  } else if (octets_ > max_octets_) {
    fault_ = Fault::too_large;
  } else if (!into_->write(text)) {
    fault_ = Fault::not_stored;
  }
}

MessageInput::Fault MessageInput::wrong_line_end() const {
  switch (check_.wrong()) {
    case TextCheck::Wrong::nul: return Fault::nul;
    case TextCheck::Wrong::lf: return Fault::bare_lf;
    case TextCheck::Wrong::cr: break;
  }
  return Fault::bare_cr;
}

MessageInput::Fault MessageInput::end() {
  if (fault_ == Fault::none && !check_.end()) fault_ = wrong_line_end();
  // POP3 gives out lines, and tells their octets before.
  const bool ends_line = check_.at_line_begin();
  if (fault_ == Fault::none && !ends_line && !into_->write("\r\n")) {
    fault_ = Fault::not_stored;
  }
  if (fault_ == Fault::none) into_->end();
  return fault_;
}

}  // namespace mailtool::serve
