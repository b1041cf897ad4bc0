// Lines of headers, and parts that begin and end. Bodies are read in
// parser_body.cc; what a header says of its part in part_header.cc.
#include "mailtool/mime/parser.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

// U+FEFF in UTF-8.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Octets up to and with the first colon (where it is looked for) or LF; 0 when
// there is none.
std::size_t line_head_end(std::string_view octets, bool whole_line) {
  if (whole_line) return octets.find('\n') + 1;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] == ':' || octets[i] == '\n') return i + 1;
  }
  return 0;
}

}  // namespace

Parser::Parser(ParserLimits limits, ParserEvents* events, ParserPolicy policy)
    : limits_(limits), events_(events), policy_(policy) {
  begin_part(0, true);
  mode_ = Mode::mark;
}

void Parser::begin() {
  structure_.clear();
  open_.clear();
  index_.clear();
  line_.clear();
  boundaries_ = 0;
  offset_ = line_begin_ = 0;
  header_cut_off_ = fields_cut_off_ = parts_cut_off_ = false;
  header_complete_ = false;
  begin_part(0, true);
  mode_ = Mode::mark;
}

void Parser::limit_further(const ParserLimits& left) {
  const auto& s = structure_;
  limits_.parts = std::min(
      limits_.parts, static_cast<std::uint32_t>(s.parts.size()) + left.parts);
  limits_.fields = std::min(limits_.fields, s.fields.size() + left.fields);
  limits_.header_octets = std::min(limits_.header_octets,
                                   s.header_text.size() + left.header_octets);
}

void Parser::feed(std::string_view octets) {
  while (!octets.empty()) {
    switch (mode_) {
      case Mode::mark: feed_mark(octets); break;
      case Mode::line_head: feed_line_head(octets); break;
      case Mode::field: feed_field(octets); break;
      case Mode::skip_line: feed_skip_line(octets); break;
      case Mode::body: feed_body(octets); break;
      case Mode::candidate: feed_candidate(octets); break;
    }
  }
}

Structure& Parser::finish() {
  if (mode_ == Mode::mark) mark_is_line_head();
  while (mode_ != Mode::body) {
    if (mode_ == Mode::candidate) {
      if (const auto found = match(line_)) {
        take_delimiter(*found, "");
      } else {
        candidate_is_body();
      }
    } else if (mode_ == Mode::line_head && !line_.empty()) {
      take_line_head(line_);
    } else {
      end_header(offset_, offset_);
    }
  }
  release_line_end();
  while (!open_.empty()) end_top(offset_);
  structure_.octets = offset_;
  return structure_;
}

// offset_ octets of the mark have been seen.
void Parser::feed_mark(std::string_view& octets) {
  while (offset_ < kByteOrderMark.size()) {
    if (octets.empty()) return;
    if (octets[0] != kByteOrderMark[offset_]) return mark_is_line_head();
    advance(octets, 1);
  }
  structure_.add_defect(DefectRule::byte_order_mark, 0, {0, offset_});
  structure_.parts[0].header.offset = offset_;
  mode_ = Mode::line_head;
}

// What began like the mark is read as what it is.
void Parser::mark_is_line_head() {
  const auto seen = kByteOrderMark.substr(0, std::exchange(offset_, 0));
  mode_ = Mode::line_head;
  feed(seen);
}

void Parser::advance(std::string_view& octets, std::size_t count) {
  octets.remove_prefix(count);
  offset_ += count;
}

bool Parser::in_field() const {
  const auto& part = structure_.parts[open_.back().part];
  return structure_.fields.size() > part.first_field || dropping_;
}

// "From bob@example.org Fri Nov 20 21:15:04 2026": mbox, before a header.
bool Parser::is_mbox_line(std::string_view head) const {
  if (in_field()) return false;
  head.remove_prefix(head.starts_with('>') ? 1 : 0);
  // "From : bob" is a field.
  return head.starts_with("From ") &&
         head.find_first_not_of(" \t", 5) != head.find(':');
}

// A header line until it is known to be a field, a fold, a delimiter, the
// empty line or none of these: up to its colon, or to its end if it begins as
// a delimiter does. One that the window holds is not copied.
void Parser::feed_line_head(std::string_view& octets) {
  if (line_.empty()) {
    line_begin_ = offset_;
    if (is_blank(octets[0]) && in_field()) {
      if (take_fold_line(octets)) return;
      append_to_field(held_);
      held_.clear();
      blank_fold_ = true;
      mode_ = Mode::field;
      return;
    }
    const bool dashes = boundaries_ > 0 && octets[0] == '-';
    const auto end = line_head_end(octets.substr(0, kMaxDelimiterLine), dashes);
    if (end != 0) {
      if (take_field_line(octets, end)) return;
      const auto head = octets.substr(0, end);
      advance(octets, end);
      take_line_head(head);
      return;
    }
  }
  while (line_.size() < 2 && !octets.empty() && octets[0] != ':' &&
         octets[0] != '\n') {
    line_ += octets[0];
    advance(octets, 1);
  }
  if (octets.empty()) return;
  const bool dashes = boundaries_ > 0 && line_.starts_with('-');
  const auto piece = octets.substr(0, kMaxDelimiterLine + 3 - line_.size());
  const auto end = line_head_end(piece, dashes);
  const auto taken = end == 0 ? piece.size() : end;
  line_ += piece.substr(0, taken);
  advance(octets, taken);
  if (end == 0 && line_.size() < kMaxDelimiterLine + 3) return;
  take_line_head(line_);
}

// `head` ends with its line end, with a colon, at the limit or with the
// message.
void Parser::take_line_head(std::string_view head) {
  const auto line = without_line_end(head);
  if (line.empty()) {
    line_.clear();
    end_header(line_begin_, offset_);
    return;
  }
  // One cut off at the limit is no delimiter: the rest of it is not known.
  if (line.starts_with("--") && head.size() <= kMaxDelimiterLine + 2) {
    if (const auto found = match(line)) {
      take_delimiter(*found, head.substr(line.size()));
      return;
    }
  }
  if (is_mbox_line(head)) {
    outside_is(head);
    mode_ = head.ends_with('\n') ? Mode::line_head : Mode::skip_line;
    line_.clear();
    structure_.parts[open_.back().part].header.offset = offset_;
    return;
  }
  const auto colon = line.find(':');
  auto name = line.substr(0, colon);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  if (colon != line.npos && is_field_name(name)) {
    begin_field(head.substr(0, colon + 1));
    // The rest of a line that begins as a delimiter does.
    blank_fold_ = false;
    append_to_field(line.substr(colon + 1));
    const bool whole_line = head.ends_with('\n');
    if (whole_line && head.size() > line.size() + 1) append_to_field("\r");
    line_.clear();
    mode_ = Mode::field;
    if (whole_line) end_field_line();
  } else {
    header_line_is_body(head);
  }
}

// Before the header of a part that has just begun.
void Parser::outside_is(std::string_view octets) {
  if (events_ == nullptr || open_.size() < 2) return;
  events_->outside(open_[open_.size() - 2].part, octets);
}

void Parser::feed_skip_line(std::string_view& octets) {
  const auto end = octets.find('\n');
  const auto skipped = octets.substr(0, end == octets.npos ? end : end + 1);
  if (!in_field()) outside_is(skipped);
  advance(octets, skipped.size());
  if (!in_field()) structure_.parts[open_.back().part].header.offset = offset_;
  if (end != octets.npos) mode_ = Mode::line_head;
}

// A line that can be no field ends the header and is read again as body.
void Parser::header_line_is_body(std::string_view head) {
  const auto index = open_.back().part;
  structure_.add_defect(DefectRule::header_end_missing, index,
                        {line_begin_, without_line_end(head).size()});
  if (policy_.skip_junk_in_header) {
    mode_ = head.ends_with('\n') ? Mode::line_head : Mode::skip_line;
    line_.clear();
    return;
  }
  const std::string line(head);
  line_.clear();
  offset_ = line_begin_;
  end_header(offset_, offset_);
  feed(line);
}

void Parser::begin_part(std::uint64_t offset, bool message_root) {
  Part part;
  if (!open_.empty()) {
    auto& parent = open_.back();
    part.parent = parent.part;
    part.number = ++parent.children;
    part.depth = structure_.parts[parent.part].depth + 1;
  }
  part.is_message_root = message_root;
  part.header.offset = offset;
  part.first_field = structure_.fields.size();
  Open open;
  open.part = static_cast<std::uint32_t>(structure_.parts.size());
  structure_.parts.push_back(part);
  open_.push_back(open);
  mode_ = Mode::line_head;
  held_.clear();
  dropping_ = blank_fold_ = false;
}

void Parser::end_header(std::uint64_t header_end, std::uint64_t body_begin) {
  const auto index = open_.back().part;
  header_complete_ = true;
  {
    auto& part = structure_.parts[index];
    part.header.length = header_end - std::min(header_end, part.header.offset);
    part.body.offset = body_begin;
    part.field_count = structure_.fields.size() - part.first_field;
  }
  held_.clear();
  dropping_ = blank_fold_ = false;
  mode_ = Mode::body;
  at_line_start_ = true;
  read_header();
  const auto& part = structure_.parts[index];
  if (part.is_multipart) ++boundaries_;
  scan_.begin(body_begin);
  if (events_ != nullptr) events_->begin_part(structure_, index);
  if (part.is_message) begin_part(body_begin, true);
}

void Parser::end_top(std::uint64_t end) {
  const auto& open = open_.back();
  auto& part = structure_.parts[open.part];
  part.body.length = end - std::min(end, part.body.offset);
  if (part.is_multipart) {
    --boundaries_;
    if (const auto [at, length] = open.boundary; length != 0) {
      index_.remove(structure_.texts, {at, length});
    }
    if (open.state == MultipartState::open) {
      structure_.add_defect(DefectRule::close_delimiter_missing, open.part,
                            {end, 0});
    }
    if (open.children == 0) {
      structure_.add_defect(DefectRule::no_parts, open.part, part.body);
    }
  } else if (part.is_leaf() && !limits_.header_only) {
    note_marks(part, open.part);
  }
  if (events_ != nullptr) events_->end_part(structure_, open.part);
  open_.pop_back();
}

}  // namespace mailtool::mime
