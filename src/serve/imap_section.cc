// BODY[…]: section-spec and partial of RFC 9051 section 9.

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "serve/imap_fetch.h"

namespace mailtool::serve {
namespace {

using Kind = FetchSection::Kind;

// header-list = "(" header-fld-name *(SP header-fld-name) ")"
std::optional<std::vector<std::string>> field_names(std::string_view text) {
  text = trim(text);
  if (text.size() < 3 || !text.starts_with('(') || !text.ends_with(')')) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (auto name : split(text.substr(1, text.size() - 2), ' ')) {
    if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) {
      name = name.substr(1, name.size() - 2);
    }
    if (!name.empty()) names.push_back(upper(name));
  }
  if (names.empty()) return std::nullopt;
  return names;
}

std::optional<Kind> kind_of(std::string_view word) {
  if (word.empty()) return Kind::whole;
  if (iequals(word, "HEADER")) return Kind::header;
  if (iequals(word, "TEXT")) return Kind::text;
  if (iequals(word, "MIME")) return Kind::mime;
  if (iequals(word, "HEADER.FIELDS")) return Kind::fields;
  if (iequals(word, "HEADER.FIELDS.NOT")) return Kind::not_fields;
  return std::nullopt;
}

// section-part = nz-number *("." nz-number); `text` loses it.
std::optional<std::string> take_part(std::string_view& text) {
  std::string part;
  while (!text.empty() && is_digit(text[0])) {
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    if (digits[0] == '0' || digits.size() > 9) return std::nullopt;
    part += (part.empty() ? "" : ".") + std::string(digits);
    text.remove_prefix(digits.size());
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  return part;
}

// partial = "<" number64 "." nz-number64 ">"
bool take_partial(std::string_view text, FetchSection& section) {
  if (text.empty()) return true;
  if (!text.starts_with('<') || !text.ends_with('>')) return false;
  const auto words = split(text.substr(1, text.size() - 2), '.');
  if (words.size() != 2) return false;
  const auto origin = parse_number(words[0], INT64_MAX);
  const auto count = parse_number(words[1], INT64_MAX);
  if (!origin || !count || *count == 0) return false;
  section.partial = {*origin, *count};
  return true;
}

std::string fields_of(const FetchSection& section,
                      const mime::Structure& structure,
                      const mime::Part& part) {
  std::string text;
  const bool wanted = section.kind == Kind::fields;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure.fields[part.first_field + i];
    const auto name = structure.name(field);
    const bool named = std::any_of(
        section.fields.begin(), section.fields.end(),
        [&](const std::string& one) { return iequals(one, name); });
    if (named == wanted) text += std::string(structure.whole(field)) + "\r\n";
  }
  return text + "\r\n";
}

std::string_view slice(std::string_view text, std::uint64_t begin,
                       std::uint64_t end) {
  begin = std::min<std::uint64_t>(begin, text.size());
  end = std::min<std::uint64_t>(std::max(begin, end), text.size());
  return text.substr(begin, end - begin);
}

}  // namespace

// "BODY.PEEK[HEADER.FIELDS (DATE)]<0.100>"; `word` is all of it.
std::optional<FetchSection> parse_section(std::string_view word) {
  FetchSection section;
  const auto bracket = word.find('[');
  const auto close = word.rfind(']');
  if (close == word.npos || close < bracket) return std::nullopt;
  section.peek = iequals(word.substr(0, bracket), "BODY.PEEK");
  if (!section.peek && !iequals(word.substr(0, bracket), "BODY")) {
    return std::nullopt;
  }
  auto inside = word.substr(bracket + 1, close - bracket - 1);
  section.label = "BODY[" + upper(inside) + "]";
  auto part = take_part(inside);
  if (!part) return std::nullopt;
  section.part = *std::move(part);
  const auto blank = std::min(inside.find(' '), inside.size());
  const auto kind = kind_of(inside.substr(0, blank));
  if (!kind || (*kind == Kind::mime && section.part.empty())) {
    return std::nullopt;
  }
  section.kind = *kind;
  if (*kind == Kind::fields || *kind == Kind::not_fields) {
    auto names = field_names(inside.substr(blank));
    if (!names) return std::nullopt;
    section.fields = *std::move(names);
  } else if (blank < inside.size()) {
    return std::nullopt;
  }
  if (!take_partial(word.substr(close + 1), section)) return std::nullopt;
  if (section.partial) {
    section.label += "<" + std::to_string(section.partial->first) + ">";
  }
  return section;
}

std::optional<std::string> section_of(const FetchSection& section,
                                      const mime::Structure& structure,
                                      std::string_view message) {
  const bool top = section.part.empty();
  const auto* part =
      top ? &structure.parts.front() : structure.find_part(section.part);
  if (part == nullptr) return std::nullopt;
  const bool inner = !top && section.kind != Kind::whole &&
                     section.kind != Kind::mime;
  if (inner) {
    if (!part->is_message) return std::nullopt;
    ++part;
  }
  switch (section.kind) {
    case Kind::whole:
      if (top) return std::string(message);
      [[fallthrough]];
    case Kind::text:
      return std::string(slice(message, part->body.offset, part->body.end()));
    case Kind::header:
    case Kind::mime:
      return std::string(
          slice(message, part->header.offset, part->body.offset));
    case Kind::fields:
    case Kind::not_fields: return fields_of(section, structure, *part);
  }
  return std::nullopt;
}

}  // namespace mailtool::serve
