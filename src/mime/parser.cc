// Lines of headers and bodies, and the delimiters between parts. What a header
// says of its part is read in part_header.cc.
#include "mailtool/mime/parser.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Parser::Parser(ParserLimits limits, ParserEvents* events)
    : limits_(limits), events_(events) {
  begin_part(0, true);
}

void Parser::feed(std::string_view octets) {
  while (!octets.empty()) {
    switch (mode_) {
      case Mode::line_head: feed_line_head(octets); break;
      case Mode::field: feed_field(octets); break;
      case Mode::skip_line: feed_skip_line(octets); break;
      case Mode::body: feed_body(octets); break;
      case Mode::candidate: feed_candidate(octets); break;
    }
  }
}

Structure Parser::finish() {
  while (mode_ != Mode::body) {
    if (mode_ == Mode::candidate) {
      if (const auto found = match(line_)) {
        take_delimiter(*found);
      } else {
        candidate_is_body();
      }
    } else if (mode_ == Mode::line_head && !line_.empty()) {
      end_line_head();
    } else {
      end_header(offset_, offset_);
    }
  }
  release_line_end();
  while (!open_.empty()) end_top(offset_);
  structure_.octets = offset_;
  return std::move(structure_);
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
bool Parser::is_mbox_line() const {
  if (in_field()) return false;
  const auto line = std::string_view(line_).substr(line_.starts_with('>'));
  // "From : bob" is a field.
  return line.starts_with("From ") && line.find_first_not_of(" \t", 5) != line.find(':');
}

// A header line until it is known to be a field, a fold, a delimiter, the
// empty line or none of these: up to its colon, or to its end if it begins as
// a delimiter does.
void Parser::feed_line_head(std::string_view& octets) {
  if (line_.empty()) {
    line_begin_ = offset_;
    if (is_blank(octets[0]) && in_field()) {
      append_to_field(std::exchange(held_, {}));
      mode_ = Mode::field;
      return;
    }
  }
  while (line_.size() < 2 && !octets.empty() && octets[0] != ':' &&
         octets[0] != '\n') {
    line_ += octets[0];
    advance(octets, 1);
  }
  if (octets.empty()) return;
  const bool dashes = boundaries_ > 0 && line_.starts_with("--");
  const auto piece = octets.substr(0, kMaxDelimiterLine + 3 - line_.size());
  const auto stop = piece.find_first_of(dashes ? "\n" : ":\n");
  const auto taken = stop == piece.npos ? piece.size() : stop + 1;
  line_ += piece.substr(0, taken);
  advance(octets, taken);
  if (stop == piece.npos && line_.size() < kMaxDelimiterLine + 3) return;
  end_line_head();
}

// line_ ends with its line end, with a colon, at the limit or with the message.
void Parser::end_line_head() {
  const auto line = without_line_end(line_);
  if (line.empty()) {
    line_.clear();
    end_header(line_begin_, offset_);
    return;
  }
  // One cut off at the limit is no delimiter: the rest of it is not known.
  if (line.starts_with("--") && line_.size() <= kMaxDelimiterLine + 2) {
    if (const auto found = match(line)) {
      take_delimiter(*found);
      return;
    }
  }
  if (is_mbox_line()) {
    mode_ = line_.ends_with('\n') ? Mode::line_head : Mode::skip_line;
    line_.clear();
    structure_.parts[open_.back().part].header.offset = offset_;
    return;
  }
  const auto colon = line.find(':');
  auto name = line.substr(0, colon);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  if (colon != line.npos && is_field_name(name)) {
    begin_field(colon);
  } else {
    header_line_is_body();
  }
}

void Parser::begin_field(std::size_t colon) {
  held_.clear();
  dropping_ = false;
  std::size_t name_length = colon;
  while (is_blank(line_[name_length - 1])) --name_length;
  const auto index = open_.back().part;
  if (name_length != colon) {
    structure_.add_defect(DefectRule::space_before_colon, index,
                          {line_begin_, colon + 1});
  }
  auto& text = structure_.header_text;
  if (structure_.fields.size() >= limits_.fields) {
    if (!std::exchange(fields_cut_off_, true)) {
      structure_.add_defect(DefectRule::fields_cut_off, index,
                            {line_begin_, colon + 1});
    }
    dropping_ = true;
  } else if (line_.size() > limits_.header_octets - text.size()) {
    cut_off_header();
  } else {
    Field field;
    field.part = index;
    field.name_length = static_cast<std::uint32_t>(name_length);
    field.offset = line_begin_;
    field.text = text.size();
    field.value = text.size() + colon + 1;
    structure_.fields.push_back(field);
    text += line_.substr(0, colon + 1);
    const auto rest = std::string_view(line_).substr(colon + 1);
    append_to_field(rest.substr(0, rest.find('\n')));
  }
  const bool whole_line = line_.ends_with('\n');
  line_.clear();
  mode_ = Mode::field;
  if (whole_line) end_field_line();
}

void Parser::append_to_field(std::string_view octets) {
  if (dropping_ || octets.empty()) return;
  auto& text = structure_.header_text;
  auto& field = structure_.fields.back();
  const auto left = std::min(
      limits_.header_octets - text.size(),
      limits_.header_octets / 2 -
          std::min(limits_.header_octets / 2, text.size() - field.text));
  if (octets.size() > left) cut_off_header();
  text += octets.substr(0, left);
  field.value_length = text.size() - field.value;
}

void Parser::cut_off_header() {
  dropping_ = true;
  if (std::exchange(header_cut_off_, true)) return;
  structure_.add_defect(DefectRule::header_cut_off, open_.back().part,
                        {line_begin_, 0});
}

void Parser::feed_field(std::string_view& octets) {
  const auto end = octets.find('\n');
  append_to_field(octets.substr(0, end));
  advance(octets, end == octets.npos ? octets.size() : end + 1);
  if (end != octets.npos) end_field_line();
}

// The line end is held: it is part of the value only if a fold follows.
void Parser::end_field_line() {
  mode_ = Mode::line_head;
  held_ = "\n";
  if (dropping_) return;
  auto& field = structure_.fields.back();
  if (field.value_length == 0 || structure_.header_text.back() != '\r') return;
  structure_.header_text.pop_back();
  --field.value_length;
  held_ = "\r\n";
}

void Parser::feed_skip_line(std::string_view& octets) {
  const auto end = octets.find('\n');
  advance(octets, end == octets.npos ? octets.size() : end + 1);
  structure_.parts[open_.back().part].header.offset = offset_;
  if (end != octets.npos) mode_ = Mode::line_head;
}

// A line that can be no field ends the header and is read again as body.
void Parser::header_line_is_body() {
  const auto line = std::exchange(line_, {});
  offset_ -= line.size();
  structure_.add_defect(DefectRule::header_end_missing, open_.back().part,
                        {offset_, without_line_end(line).size()});
  end_header(offset_, offset_);
  feed(line);
}

// A body, up to the next line that begins with "-".
void Parser::feed_body(std::string_view& octets) {
  if (boundaries_ == 0) {
    body_is(octets);
    advance(octets, octets.size());
    return;
  }
  if (at_line_start_) {
    if (octets[0] == '-') {
      mode_ = Mode::candidate;
      line_begin_ = offset_;
      return;
    }
    release_line_end();
    at_line_start_ = false;
  } else if (held_ == "\r") {
    if (octets[0] == '\n') {
      held_ = "\r\n";
      at_line_start_ = true;
      advance(octets, 1);
      return;
    }
    release_line_end();
  }
  const auto found = octets.find("\n-");
  const auto piece = octets.substr(0, found == octets.npos ? found : found + 1);
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

void Parser::feed_candidate(std::string_view& octets) {
  const auto limit = line_.size() < 2 ? 2 : kMaxDelimiterLine + 2;
  auto piece = octets.substr(0, limit - line_.size());
  if (const auto end = piece.find('\n'); end != piece.npos) {
    piece = piece.substr(0, end + 1);
  }
  line_ += piece;
  advance(octets, piece.size());
  if (line_.ends_with('\n')) {
    if (const auto found = match(without_line_end(line_))) {
      take_delimiter(*found);
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
  if (structure_.parts[index].is_leaf()) events_->body(index, octets);
}

void Parser::release_line_end() { body_is(std::exchange(held_, {})); }

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
  structure_.parts.push_back(std::move(part));
  open_.push_back(std::move(open));
  mode_ = Mode::line_head;
  held_.clear();
  dropping_ = false;
}

void Parser::end_header(std::uint64_t header_end, std::uint64_t body_begin) {
  const auto index = open_.back().part;
  auto& part = structure_.parts[index];
  part.header.length = header_end - std::min(header_end, part.header.offset);
  part.body.offset = body_begin;
  part.field_count = structure_.fields.size() - part.first_field;
  held_.clear();
  dropping_ = false;
  mode_ = Mode::body;
  at_line_start_ = true;
  read_header();
  if (part.is_multipart) ++boundaries_;
  if (events_ != nullptr) events_->begin_part(structure_, index);
  if (part.is_message) begin_part(body_begin, true);
}

void Parser::end_top(std::uint64_t end) {
  const auto& open = open_.back();
  auto& part = structure_.parts[open.part];
  part.body.length = end - std::min(end, part.body.offset);
  if (part.is_multipart) {
    --boundaries_;
    if (open.state == MultipartState::open) {
      structure_.add_defect(DefectRule::close_delimiter_missing, open.part,
                            {end, 0});
    }
    if (open.children == 0) {
      structure_.add_defect(DefectRule::no_parts, open.part, part.body);
    }
  }
  if (events_ != nullptr) events_->end_part(structure_, open.part);
  open_.pop_back();
}

}  // namespace mailtool::mime
