#include "mailtool/mime/format_flowed.h"

#include <algorithm>
#include <utility>

namespace mailtool::mime {
namespace {

constexpr std::size_t kBuffer = 16 * 1024;
constexpr std::string_view kSignature = "-- ";
constexpr std::string_view kSignatureReturn = "-- \r";

// True when what comes next decides what this start of a line is.
bool is_undecided(std::string_view content) {
  return kSignatureReturn.starts_with(content) || content == "\r";
}

}  // namespace

void FlowedReader::reset(Sink& out, bool delete_space) {
  auto text = std::move(text_);
  text.clear();
  *this = FlowedReader(out, delete_space);
  text_ = std::move(text);
}

Result<void> FlowedReader::write(std::string_view octets) {
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    take_line_piece(octets.substr(0, end));
    if (end == octets.npos) break;
    end_line();
    octets.remove_prefix(end + 1);
  }
  return std::exchange(written_, {});
}

Result<void> FlowedReader::finish() {
  if (line_) end_line();
  if (std::exchange(open_, false)) put("\n");
  write_text();
  return std::exchange(written_, {});
}

// flowed-line = ( *text-char SP CRLF ) / ...            ; RFC 3676 section 6
// quoted      = quote-mark *quote-mark [ stuffing ] ...
void FlowedReader::take_line_piece(std::string_view piece) {
  line_ = line_ || !piece.empty();
  if (at_ == At::quotes) {
    const auto quotes = std::min(piece.find_first_not_of('>'), piece.size());
    depth_ += quotes;
    piece.remove_prefix(quotes);
    if (!piece.empty()) at_ = At::stuffing;
  }
  if (piece.empty()) return;
  if (at_ == At::stuffing) {
    at_ = At::content;
    if (piece.front() == ' ') piece.remove_prefix(1);
  }
  if (!started_) piece = take_start(piece);
  take_content(piece);
}

// Holds what may be the signature separator. Returns what is left of `piece`
// once it is known that it is not.
std::string_view FlowedReader::take_start(std::string_view piece) {
  while (!piece.empty()) {
    held_ += piece.front();
    piece.remove_prefix(1);
    if (is_undecided(held_)) continue;
    begin_line(Line::text);
    take_content(std::exchange(held_, {}));
    break;
  }
  return piece;
}

// Ends the paragraph before, or goes on with it.
void FlowedReader::begin_line(Line line) {
  started_ = true;
  const bool was_open = std::exchange(open_, false);
  if (was_open && line == Line::text && depth_ == paragraph_depth_) {
    if (!delete_space_) put(" ");
    return;
  }
  if (was_open) put("\n");
  put_quotes();
  if (depth_ > 0 && line != Line::empty) put(" ");
}

void FlowedReader::put_quotes() {
  constexpr std::string_view kQuotes = ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>";
  for (auto left = depth_; left > 0;) {
    const auto some = std::min<std::uint64_t>(left, kQuotes.size());
    put(kQuotes.substr(0, static_cast<std::size_t>(some)));
    left -= some;
  }
}

// What may be the line's end, a space and a CR, waits for what follows.
void FlowedReader::take_content(std::string_view piece) {
  if (piece.empty()) return;
  if (piece == "\r" && !tail_return_) {
    tail_return_ = true;
    return;
  }
  put_tail();
  if (piece.ends_with('\r')) {
    tail_return_ = true;
    piece.remove_suffix(1);
  }
  if (piece.ends_with(' ')) {
    tail_space_ = true;
    piece.remove_suffix(1);
  }
  put(piece);
}

void FlowedReader::put_tail() {
  if (std::exchange(tail_space_, false)) put(" ");
  if (std::exchange(tail_return_, false)) put("\r");
}

void FlowedReader::end_line() {
  if (!started_ && held_.size() >= kSignature.size()) {
    begin_line(Line::signature);
    put(kSignature);
  } else if (!started_ && (held_.empty() || held_ == "\r")) {
    begin_line(Line::empty);
  } else if (!started_) {
    begin_line(Line::text);
    take_content(held_);
  }
  open_ = std::exchange(tail_space_, false);
  if (open_) {
    paragraph_depth_ = depth_;
  } else {
    put("\n");
  }
  held_.clear();
  tail_return_ = started_ = line_ = false;
  at_ = At::quotes;
  depth_ = 0;
}

void FlowedReader::put(std::string_view text) {
  if (text.size() + text_.size() > kBuffer) write_text();
  if (text.size() >= kBuffer) {
    if (written_) written_ = out_->write(text);
  } else {
    text_ += text;
  }
}

void FlowedReader::write_text() {
  if (!text_.empty() && written_) written_ = out_->write(text_);
  text_.clear();
}

}  // namespace mailtool::mime
