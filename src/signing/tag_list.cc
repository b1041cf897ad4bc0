#include "mailtool/signing/tag_list.h"

#include "mailtool/base/ascii.h"

namespace mailtool::signing {
namespace {

bool is_white_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

bool is_name_character(char c) {
  return is_alpha(c) || is_digit(c) || c == '_';
}

Error malformed(std::string_view what) {
  return Error{ErrorKind::bad_input, std::string(what)};
}

// FWS is a blank, or a line end with a blank behind it: RFC 6376 section 2.8.
bool has_broken_fold(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends_line = text[i] == '\n';
    const bool lone_cr =
        text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (lone_cr) return true;
    if (ends_line && (i + 1 == text.size() || !is_blank(text[i + 1])))
      return true;
  }
  return false;
}

// tag-value = [ tval *( 1*(WSP / FWS) tval ) ]
// tval      =  1*VALCHAR
// VALCHAR   =  %x21-3A / %x3C-7E / UTF8-2 / UTF8-3 / UTF8-4
bool is_value(std::string_view value) {
  for (const char c : value) {
    if (is_control(c) && !is_white_space(c)) return false;
  }
  return true;
}

// tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
// tag-name = ALPHA *ALNUMPUNC
Result<Tag> parse_tag(std::string_view text, std::size_t begin,
                      std::size_t end) {
  const auto spec = text.substr(begin, end - begin);
  const auto equals = spec.find('=');
  if (equals == spec.npos) return malformed("a tag has no \"=\"");
  Tag tag;
  tag.name = trim_white_space(spec.substr(0, equals));
  tag.value = trim_white_space(spec.substr(equals + 1));
  tag.begin = begin + equals + 1;
  tag.end = end;
  if (tag.name.empty() || !is_alpha(tag.name[0]))
    return malformed("a tag has no name");
  for (const char c : tag.name) {
    if (!is_name_character(c)) return malformed("a tag has a malformed name");
  }
  if (!is_value(tag.value))
    return malformed("the tag " + std::string(tag.name) +
                     "= holds control characters");
  return tag;
}

}  // namespace

std::string_view trim_white_space(std::string_view text) noexcept {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string without_white_space(std::string_view text) {
  std::string rest;
  rest.reserve(text.size());
  for (const char c : text) {
    if (!is_white_space(c)) rest += c;
  }
  return rest;
}

std::vector<std::string_view> colon_list(std::string_view value) {
  auto pieces = split(value, ':');
  for (auto& piece : pieces) piece = trim_white_space(piece);
  return pieces;
}

// tag-list = tag-spec *( ";" tag-spec ) [ ";" ]   ; RFC 6376 section 3.2
Result<TagList> TagList::parse(std::string_view text) {
  if (text.size() > kMaxOctets) return malformed("the tag list is too long");
  if (has_broken_fold(text)) return malformed("a line end without a fold");
  TagList list;
  std::size_t begin = 0;
  while (true) {
    const auto semicolon = text.find(';', begin);
    const bool last = semicolon == text.npos;
    const auto end = last ? text.size() : semicolon;
    if (trim_white_space(text.substr(begin, end - begin)).empty()) {
      if (last && !list.tags_.empty()) return list;
      return malformed(list.tags_.empty() ? "there are no tags"
                                          : "a tag is empty");
    }
    auto tag = parse_tag(text, begin, end);
    if (!tag) return std::move(tag).error();
    if (list.find(tag->name) != nullptr)
      return malformed("the tag " + std::string(tag->name) + "= stands twice");
    if (list.tags_.size() == kMaxTags) return malformed("too many tags");
    list.tags_.push_back(*tag);
    if (last) return list;
    begin = end + 1;
  }
}

const Tag* TagList::find(std::string_view name) const noexcept {
  for (const auto& tag : tags_) {
    if (tag.name == name) return &tag;
  }
  return nullptr;
}

}  // namespace mailtool::signing
