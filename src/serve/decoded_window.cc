#include "serve/decoded_window.h"

#include <algorithm>

namespace mailtool::serve {

Result<void> DecodedWindow::Held::write(std::string_view text) {
  octets += text;
  return {};
}

DecodedWindow::DecodedWindow(OctetWindow& message, mime::Span body,
                             mime::TransferEncoding encoding)
    : message_(message), body_(body), encoding_(encoding) {
  restart();
}

void DecodedWindow::restart() {
  decoder_.begin(encoding_, held_);
  held_.octets.clear();
  begin_ = used_ = 0;
  ended_ = false;
}

// What is held is the next that is decoded, of one portion of the body.
Result<void> DecodedWindow::advance() {
  begin_ += held_.octets.size();
  held_.octets.clear();
  if (used_ == body_.length) {
    ended_ = true;
    return decoder_.finish();
  }
  auto octets = message_.at(body_.offset + used_);
  if (!octets) return octets.error();
  if (octets->empty()) {
    return Error{ErrorKind::local_io, "the message is shorter than it was"};
  }
  const auto next = octets->substr(
      0, static_cast<std::size_t>(
             std::min<std::uint64_t>(octets->size(), body_.length - used_)));
  used_ += next.size();
  return decoder_.write(next);
}

Result<std::string_view> DecodedWindow::at(std::uint64_t offset) {
  if (offset < begin_) restart();
  while (offset >= begin_ + held_.octets.size()) {
    if (ended_) return std::string_view();
    if (auto advanced = advance(); !advanced) {
      // A decoder that has failed is of no more use as it stands.
      restart();
      return advanced.error();
    }
  }
  return std::string_view(held_.octets)
      .substr(static_cast<std::size_t>(offset - begin_));
}

}  // namespace mailtool::serve
