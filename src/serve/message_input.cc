#include "serve/message_input.h"

namespace mailtool::serve {

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
    fault_ = Fault::bare_line_end;
    return;
  }
  octets_ += text.size();
  if (octets_ > max_octets_) {
    fault_ = Fault::too_large;
  } else if (!into_->write(text)) {
    fault_ = Fault::not_stored;
  }
}

MessageInput::Fault MessageInput::end() {
  if (fault_ == Fault::none && !check_.end()) fault_ = Fault::bare_line_end;
  if (fault_ == Fault::none) into_->end();
  return fault_;
}

}  // namespace mailtool::serve
