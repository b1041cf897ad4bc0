#include "serve/dialogue_writer.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::serve {
namespace {

// Written at once.
constexpr std::size_t kPortion = 64 * 1024;

// How many octets at the end may go on in what follows: a CR, or a character
// (UTF8-char, RFC 3629 section 4) that is not whole.
std::size_t open_end(std::string_view text) {
  if (text.ends_with('\r')) return 1;
  for (std::size_t n = 1; n <= std::min<std::size_t>(3, text.size()); ++n) {
    const auto octet = static_cast<unsigned char>(text[text.size() - n]);
    if ((octet & 0xc0U) == 0x80U) continue;
    const std::size_t whole = octet >= 0xf0   ? 4
                              : octet >= 0xe0 ? 3
                              : octet >= 0xc0 ? 2
                                              : 1;
    return whole > n ? n : 0;
  }
  return 0;
}

}  // namespace

DialogueWriter::~DialogueWriter() {
  end_line();
  write();
}

void DialogueWriter::add(char side, std::string_view octets) {
  if (broken_) return;
  if (!octets.empty() && side != side_) end_line();
  while (!octets.empty()) {
    if (side_ == 0) {
      text_ += side;
      text_ += ": ";
      side_ = side;
    }
    const auto piece =
        octets.substr(0, std::min(octets.find('\n'), kPortion));
    const bool ends =
        piece.size() < octets.size() && octets[piece.size()] == '\n';
    show(piece, ends);
    octets.remove_prefix(piece.size() + (ends ? 1 : 0));
    if (text_.size() >= kPortion) write();
  }
  write();
}

void DialogueWriter::show(std::string_view octets, bool ends) {
  kept_back_ += octets;
  if (ends && kept_back_.ends_with('\r')) kept_back_.pop_back();
  const auto kept = ends ? 0 : open_end(kept_back_);
  const auto shown = kept_back_.size() - kept;
  text_ += printable(std::string_view(kept_back_).substr(0, shown), shown);
  kept_back_.erase(0, shown);
  if (!ends) return;
  text_ += '\n';
  side_ = 0;
}

void DialogueWriter::end_line() {
  if (side_ == 0) return;
  text_ += printable(std::exchange(kept_back_, {})) + "\n";
  side_ = 0;
}

void DialogueWriter::event(std::string_view what) {
  if (broken_) return;
  end_line();
  text_ += what;
  text_ += '\n';
  write();
}

void DialogueWriter::write() {
  if (!broken_ && !text_.empty()) broken_ = !sink_->write(text_);
  text_.clear();
}

}  // namespace mailtool::serve
