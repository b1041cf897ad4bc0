// Header fields: whole lines of the window in one step, and what is left of
// lines that the window cuts.
#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {

// The ordinary case: the window holds all of a field line, and there is room for
// it. False, and nothing is done, for any other.
bool Parser::take_field_line(std::string_view& octets, std::size_t head_end) {
  const auto name = octets.substr(0, head_end - 1);
  const auto line_end = octets.find('\n', head_end);
  auto& text = structure_.header_text;
  const auto room = std::min(limits_.header_octets - text.size(),
                             limits_.header_octets / 2);
  if (octets[head_end - 1] != ':' || line_end == octets.npos ||
      line_end > room || structure_.fields.size() >= limits_.fields ||
      !is_field_name(name)) {
    return false;
  }
  const bool crlf = line_end > head_end && octets[line_end - 1] == '\r';
  const auto length = line_end - (crlf ? 1 : 0);
  auto& field = structure_.fields.emplace_back();
  field.part = open_.back().part;
  field.name_length = static_cast<std::uint32_t>(name.size());
  field.offset = line_begin_;
  field.text = text.size();
  field.value = text.size() + head_end;
  field.value_length = length - head_end;
  field.id = field_id(name);
  text.append(octets.data(), length);
  held_ = crlf ? "\r\n" : "\n";
  dropping_ = blank_fold_ = false;
  if (length > kMaxLineOctets) {
    structure_.add_defect(DefectRule::header_line_too_long, field.part,
                          {line_begin_, length});
  }
  advance(octets, line_end + 1);
  return true;
}

// The same for a line that goes on with a field.
bool Parser::take_fold_line(std::string_view& octets) {
  if (dropping_) return false;
  const auto line_end = octets.find('\n');
  auto& text = structure_.header_text;
  auto& field = structure_.fields.back();
  const auto room = std::min(limits_.header_octets,
                             field.text + limits_.header_octets / 2);
  const auto first = octets.find_first_not_of(" \t\r");
  if (line_end == octets.npos || first >= line_end ||
      text.size() + held_.size() + line_end > room) {
    return false;
  }
  const bool crlf = octets[line_end - 1] == '\r';
  const auto length = line_end - (crlf ? 1 : 0);
  text += held_;
  text.append(octets.data(), length);
  field.value_length = text.size() - field.value;
  held_ = crlf ? "\r\n" : "\n";
  if (length > kMaxLineOctets) {
    structure_.add_defect(DefectRule::header_line_too_long, field.part,
                          {line_begin_, length});
  }
  advance(octets, line_end + 1);
  return true;
}

// `head` is "Name:", with blanks before the colon as may be.
void Parser::begin_field(std::string_view head) {
  held_.clear();
  dropping_ = blank_fold_ = false;
  std::size_t name_length = head.size() - 1;
  while (is_blank(head[name_length - 1])) --name_length;
  const auto index = open_.back().part;
  const Span where{line_begin_, head.size()};
  if (name_length + 1 != head.size()) {
    structure_.add_defect(DefectRule::space_before_colon, index, where);
  }
  auto& text = structure_.header_text;
  if (structure_.fields.size() >= limits_.fields) {
    if (!std::exchange(fields_cut_off_, true)) {
      structure_.add_defect(DefectRule::fields_cut_off, index, where);
    }
    dropping_ = true;
  } else if (head.size() > limits_.header_octets - text.size()) {
    cut_off_header();
  } else {
    Field field;
    field.part = index;
    field.name_length = static_cast<std::uint32_t>(name_length);
    field.offset = line_begin_;
    field.text = text.size();
    field.value = text.size() + head.size();
    field.id = field_id(head.substr(0, name_length));
    structure_.fields.push_back(field);
    text += head;
  }
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
  const auto piece = octets.substr(0, end);
  if (blank_fold_) {
    blank_fold_ = piece.find_first_not_of(" \t\r") == piece.npos;
  }
  append_to_field(piece);
  advance(octets, end == octets.npos ? octets.size() : end + 1);
  if (end != octets.npos) end_field_line();
}

// The line end is held: it is part of the value only if a fold follows.
void Parser::end_field_line() {
  mode_ = Mode::line_head;
  held_ = "\n";
  if (std::exchange(blank_fold_, false)) {
    structure_.add_defect(DefectRule::blank_line_in_header, open_.back().part,
                          {line_begin_, offset_ - line_begin_});
    if (policy_.blanks_end_header) {
      end_header(line_begin_, offset_);
      return;
    }
  }
  if (dropping_) return;
  check_line_length(offset_ - 1);
  auto& field = structure_.fields.back();
  if (field.value_length == 0 || structure_.header_text.back() != '\r') return;
  structure_.header_text.pop_back();
  --field.value_length;
  held_ = "\r\n";
}

void Parser::check_line_length(std::uint64_t line_end) {
  const auto octets = line_end - line_begin_;
  if (octets <= kMaxLineOctets) return;
  const auto index = open_.back().part;
  const bool cr = structure_.header_text.ends_with('\r');
  if (octets - (cr ? 1 : 0) <= kMaxLineOctets) return;
  structure_.add_defect(DefectRule::header_line_too_long, index,
                        {line_begin_, octets - (cr ? 1 : 0)});
}

}  // namespace mailtool::mime
