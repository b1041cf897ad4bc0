// Bodies, and the delimiters between them: which line ends a part, and of which
// multipart. RFC 2046 section 5.1.1.
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {
namespace {

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

// A body, up to the next line that begins with "--".
void Parser::feed_body(std::string_view& octets) {
  if (boundaries_ == 0) {
    if (!limits_.header_only) scan_.scan(octets, false);
    body_is(octets);
    advance(octets, octets.size());
    return;
  }
  if (at_line_start_) {
    if (octets[0] == '-' && begin_candidate(octets)) return;
    release_line_end();
    at_line_start_ = false;
  } else if (held_ == "\r") {
    if (octets[0] == '\n') {
      scan_.scan(octets.substr(0, 1), true);
      held_ = "\r\n";
      at_line_start_ = true;
      advance(octets, 1);
      return;
    }
    release_line_end();
  }
  const auto piece = octets.substr(0, scan_.scan(octets, true));
  std::string_view content = piece;
  if (piece.ends_with('\n')) {
    content = without_line_end(piece);
    at_line_start_ = true;
  } else if (piece.ends_with('\r')) {
    content.remove_suffix(1);
  }
  body_is(content);
  held_ = piece.substr(content.size());
  advance(octets, piece.size());
}

// A line that begins with "-": false when the window shows that it is body.
bool Parser::begin_candidate(std::string_view& octets) {
  line_begin_ = offset_;
  const auto end = octets.substr(0, kMaxDelimiterLine + 2).find('\n');
  if (end == octets.npos) {
    mode_ = Mode::candidate;
    return true;
  }
  const auto whole = octets.substr(0, end + 1);
  const auto line = without_line_end(whole);
  const auto found = line.starts_with("--") ? match(line) : std::nullopt;
  if (!found) return false;
  advance(octets, end + 1);
  take_delimiter(*found, whole.substr(line.size()));
  return true;
}

void Parser::feed_candidate(std::string_view& octets) {
  const auto limit = line_.size() < 2 ? 2 : kMaxDelimiterLine + 2;
  auto piece = octets.substr(0, limit - line_.size());
  if (const auto end = piece.find('\n'); end != piece.npos) {
    piece = piece.substr(0, end + 1);
  }
  line_ += piece;
  advance(octets, piece.size());
  if (line_.ends_with('\n')) {
    const auto line = without_line_end(line_);
    if (const auto found = match(line)) {
      take_delimiter(*found, std::string_view(line_).substr(line.size()));
    } else {
      candidate_is_body();
    }
  } else if ((line_.size() >= 2 && !line_.starts_with("--")) ||
             line_.size() >= kMaxDelimiterLine + 2) {
    candidate_is_body();
  }
}

void Parser::body_is(std::string_view octets) {
  if (events_ == nullptr || octets.empty()) return;
  const auto index = open_.back().part;
  const auto& part = structure_.parts[index];
  if (part.is_leaf()) {
    events_->body(index, octets);
  } else if (part.is_multipart) {
    events_->outside(index, octets);
  }
}

void Parser::release_line_end() {
  if (held_.empty()) return;
  body_is(held_);
  held_.clear();
}

// What does not belong into the body of a leaf.
void Parser::note_marks(const Part& part, std::uint32_t index) {
  scan_.end();
  const auto& marks = scan_.marks();
  const auto encoding = structure_.encoding(part);
  const auto note = [&](std::uint64_t at, DefectRule rule) {
    if (at != BodyMarks::kNone) structure_.add_defect(rule, index, {at, 1});
  };
  if (boundaries_ > 0) note(marks.cr_dashes, DefectRule::delimiter_after_bare_cr);
  if (encoding == "binary") return;
  note(marks.nul, DefectRule::nul_in_body);
  note(marks.bare_cr, DefectRule::bare_cr_in_body);
  note(marks.long_line, DefectRule::body_line_too_long);
  if (encoding == "7bit") note(marks.high, DefectRule::raw_8bit_body);
}

void Parser::candidate_is_body() {
  const auto line = std::exchange(line_, {});
  offset_ -= line.size();
  release_line_end();
  mode_ = Mode::body;
  at_line_start_ = false;
  for (std::string_view rest = line; !rest.empty();) feed_body(rest);
}

std::string_view Parser::boundary_of(const Open& open) const {
  return std::string_view(structure_.texts)
      .substr(open.boundary.begin, open.boundary.length);
}

// delimiter := CRLF "--" boundary; close-delimiter := delimiter "--", both with
// transport-padding after them: RFC 2046 section 5.1.1.
std::optional<Parser::Match> Parser::match(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  if (!line.starts_with("--") || line.size() == 2) return std::nullopt;
  const auto text = line.substr(2);
  guess_boundary(text);
  if (const auto found = match_exactly(text)) return found;
  if (policy_.delimiter_prefix) {
    if (const auto found = match_prefix(text)) return found;
  }
  note_no_match(text);
  return std::nullopt;
}

std::optional<Parser::Match> Parser::match_exactly(std::string_view text) const {
  // Without the policy only the innermost can be closed: more parts in one
  // that it stands in would have ended it.
  auto below = static_cast<std::uint32_t>(open_.size());
  if (open_.back().state == MultipartState::closed && !policy_.parts_after_close) {
    --below;
  }
  auto found = index_.find(structure_.texts, text, below);
  bool close = false;
  if (text.ends_with("--")) {
    const auto closed = index_.find(structure_.texts,
                                    text.substr(0, text.size() - 2), below);
    close = closed && (!found || *closed > *found);
    if (close) found = closed;
  }
  if (!found) return std::nullopt;
  return Match{*found, close};
}

std::optional<Parser::Match> Parser::match_prefix(std::string_view text) const {
  if (!index_.any_begins(structure_.texts, text)) return std::nullopt;
  for (auto level = open_.size(); level-- > 0;) {
    const auto& open = open_[level];
    if (open.boundary.length == 0 || !text.starts_with(boundary_of(open))) {
      continue;
    }
    if (open.state == MultipartState::closed) continue;
    return Match{level, text.substr(open.boundary.length).starts_with("--")};
  }
  return std::nullopt;
}

// The line is body. Why some reader may think that it is not: more behind the
// boundary, or blanks before it. Beyond what is kept it is counted alone, by a
// look at the innermost multipart: that is the one which may be closed.
void Parser::note_no_match(std::string_view text) {
  const auto line_octets = text.size() + 2;
  while (!text.empty() && is_blank(text[0])) text.remove_prefix(1);
  if (!index_.any_begins(structure_.texts, text)) return;
  const bool count_only =
      structure_.defect_counts[static_cast<std::size_t>(
          DefectRule::delimiter_near_miss)] >= Structure::kMaxDefectsOfRule;
  for (auto level = open_.size(); level-- > 0;) {
    const auto& open = open_[level];
    const auto boundary = boundary_of(open);
    const bool begins = !boundary.empty() && text.starts_with(boundary);
    if (!begins && !count_only) continue;
    const bool closed = begins && open.state == MultipartState::closed;
    const auto behind = begins ? text.substr(boundary.size()) : text;
    if (closed && behind == "--") {  // closed again
      if (count_only) return;
      continue;
    }
    structure_.add_defect(closed && behind.empty()
                              ? DefectRule::delimiter_after_close
                              : DefectRule::delimiter_near_miss,
                          open.part, {line_begin_, line_octets});
    return;
  }
}

void Parser::set_boundary(std::string_view boundary) {
  const auto slice = structure_.keep(boundary);
  open_.back().boundary = slice;
  if (slice.length == 0) return;
  index_.add(structure_.texts, {slice.begin, slice.length},
             static_cast<std::uint32_t>(open_.size() - 1));
}

void Parser::guess_boundary(std::string_view text) {
  auto& open = open_.back();
  if (!open.guessing) return;
  if (text.size() > 2 && text.ends_with("--")) text.remove_suffix(2);
  open.guessing = false;
  set_boundary(text);
}

// The line at line_begin_ is the delimiter; offset_ is behind it.
void Parser::take_delimiter(const Match& match, std::string_view line_end) {
  // In the header of a part: then that is all there is of it.
  if (mode_ == Mode::line_head && in_field()) {
    structure_.add_defect(
        DefectRule::header_end_missing, open_.back().part,
        {line_begin_, offset_ - line_begin_ - line_end.size()});
  }
  while (mode_ == Mode::line_head) {
    end_header(line_begin_, line_begin_);
  }
  const auto end = line_begin_ - held_.size();
  while (open_.size() > match.level + 1) end_top(end);
  auto& multipart = open_.back();
  mode_ = Mode::body;
  at_line_start_ = true;
  // Behind a close delimiter this is the line end that the next one may own.
  held_ = line_end;
  line_.clear();
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
