// Delimiters: which line ends a part, and of which multipart. RFC 2046 section
// 5.1.1.
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {
void Parser::candidate_is_body() {
  const auto line = std::exchange(line_, {});
  offset_ -= line.size();
  release_line_end();
  mode_ = Mode::body;
  at_line_start_ = false;
  for (std::string_view rest = line; !rest.empty();) feed_body(rest);
}

// delimiter := CRLF "--" boundary; close-delimiter := delimiter "--", both with
// transport-padding after them: RFC 2046 section 5.1.1.
std::optional<Parser::Match> Parser::match(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  if (!line.starts_with("--") || line.size() == 2) return std::nullopt;
  const auto text = line.substr(2);
  const Open* closed = nullptr;
  for (auto level = open_.size(); level-- > 0;) {
    const auto& open = open_[level];
    if (open.boundary.empty()) continue;
    const bool delimiter = text == open.boundary;
    const bool close = text.size() == open.boundary.size() + 2 &&
                       text.ends_with("--") && text.starts_with(open.boundary);
    if (!delimiter && !close) continue;
    if (open.state != MultipartState::closed) return Match{level, close};
    if (delimiter && closed == nullptr) closed = &open;
  }
  if (closed != nullptr) {
    structure_.add_defect(DefectRule::delimiter_after_close, closed->part,
                          {line_begin_, line.size()});
  }
  return std::nullopt;
}

// line_ is the delimiter; offset_ is behind it.
void Parser::take_delimiter(const Match& match) {
  // In the header of a part: then that is all there is of it.
  line_.clear();
  while (mode_ == Mode::line_head) {
    end_header(line_begin_, line_begin_);
  }
  const auto end = line_begin_ - held_.size();
  held_.clear();
  while (open_.size() > match.level + 1) end_top(end);
  auto& multipart = open_.back();
  mode_ = Mode::body;
  at_line_start_ = true;
  if (match.close) {
    multipart.state = MultipartState::closed;
  } else if (multipart.state == MultipartState::cut_off) {
    return;
  } else if (structure_.parts.size() >= limits_.parts) {
    multipart.state = MultipartState::cut_off;
    if (!std::exchange(parts_cut_off_, true)) {
      structure_.add_defect(DefectRule::parts_cut_off, multipart.part,
                            {line_begin_, offset_ - line_begin_});
    }
  } else {
    begin_part(offset_, false);
  }
}

}  // namespace mailtool::mime
