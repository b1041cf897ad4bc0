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

// section-part = nz-number *("." nz-number); `text` loses it, and the "." before
// what follows.
std::optional<std::string> take_part(std::string_view& text) {
  std::string part;
  while (!text.empty() && is_digit(text[0])) {
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    if (digits[0] == '0' || digits.size() > 9) return std::nullopt;
    part += (part.empty() ? "" : ".") + std::string(digits);
    text.remove_prefix(digits.size());
    if (text.empty()) break;
    if (!text.starts_with('.') || text.size() == 1) return std::nullopt;
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

// What stands before the bracket.
bool take_item(std::string_view word, FetchSection& section) {
  const auto name = upper(word);
  section.peek = name.ends_with(".PEEK") || name == "BINARY.SIZE";
  if (name == "BINARY" || name == "BINARY.PEEK") section.kind = Kind::decoded;
  if (name == "BINARY.SIZE") section.kind = Kind::decoded_size;
  return section.kind != Kind::whole || name == "BODY" || name == "BODY.PEEK";
}

// section-binary = "[" [section-part] "]"
bool take_text(std::string_view inside, FetchSection& section) {
  const auto blank = std::min(inside.find(' '), inside.size());
  const auto kind = kind_of(inside.substr(0, blank));
  if (section.kind != Kind::whole) return inside.empty();
  if (!kind || (*kind == Kind::mime && section.part.empty())) return false;
  section.kind = *kind;
  if (*kind != Kind::fields && *kind != Kind::not_fields) {
    return blank == inside.size();
  }
  auto names = field_names(inside.substr(blank));
  if (!names) return false;
  section.fields = *std::move(names);
  std::sort(section.fields.begin(), section.fields.end());
  return true;
}

// The child of parts[parent] with this number.
const mime::Part* child_of(const mime::Structure& structure,
                           const mime::Part& parent, std::uint64_t number) {
  const auto& parts = structure.parts;
  const auto index = static_cast<std::size_t>(&parent - parts.data());
  for (auto i = index + 1; i < parts.size(); ++i) {
    if (parts[i].depth <= parent.depth) break;
    if (parts[i].parent == index && parts[i].number == number) return &parts[i];
  }
  return nullptr;
}

}  // namespace

// "BODY.PEEK[HEADER.FIELDS (DATE)]<0.100>"; `word` is all of it.
std::optional<FetchSection> parse_section(std::string_view word) {
  FetchSection section;
  const auto bracket = word.find('[');
  const auto close = word.rfind(']');
  if (close == word.npos || close < bracket) return std::nullopt;
  if (!take_item(word.substr(0, bracket), section)) return std::nullopt;
  auto inside = word.substr(bracket + 1, close - bracket - 1);
  section.label = section.kind == Kind::whole          ? "BODY["
                  : section.kind == Kind::decoded_size ? "BINARY.SIZE["
                                                       : "BINARY[";
  section.label += upper(inside) + "]";
  auto part = take_part(inside);
  if (!part) return std::nullopt;
  section.part = *std::move(part);
  if (!take_text(inside, section)) return std::nullopt;
  if (!take_partial(word.substr(close + 1), section)) return std::nullopt;
  if (section.partial) {
    if (section.kind == Kind::decoded_size) return std::nullopt;
    section.label += "<" + std::to_string(section.partial->first) + ">";
  }
  return section;
}

// A message that is no multipart is its own part 1.
const mime::Part* part_numbered(const mime::Structure& structure,
                                std::string_view number) {
  const auto* at = &structure.parts.front();
  if (number.empty()) return at;
  bool is_message = true;  // the numbers are those of the parts in it
  for (const auto word : split(number, '.')) {
    const auto wanted = parse_number(word, UINT32_MAX).value_or(0);
    if (!is_message && at->is_message) {
      at = child_of(structure, *at, 1);
      is_message = true;
      if (at == nullptr) return nullptr;
    }
    if (at->is_multipart) {
      at = child_of(structure, *at, wanted);
    } else if (!is_message || wanted != 1) {
      at = nullptr;
    }
    if (at == nullptr) return nullptr;
    is_message = false;
  }
  return at;
}

const mime::Part* part_of(const FetchSection& section,
                          const mime::Structure& structure) {
  const auto* part = part_numbered(structure, section.part);
  const bool of_message =
      section.kind == Kind::header || section.kind == Kind::text ||
      section.kind == Kind::fields || section.kind == Kind::not_fields;
  if (part == nullptr || section.part.empty() || !of_message) return part;
  return part->is_message ? child_of(structure, *part, 1) : nullptr;
}

std::string fields_of(const FetchSection& section,
                      const mime::Structure& structure,
                      const mime::Part& part) {
  std::string text;
  const bool wanted = section.kind == Kind::fields;
  for (std::size_t i = 0; i < part.field_count; ++i) {
    const auto& field = structure.fields[part.first_field + i];
    const bool named =
        std::binary_search(section.fields.begin(), section.fields.end(),
                           upper(structure.name(field)));
    if (named == wanted) text += std::string(structure.whole(field)) + "\r\n";
  }
  return text + "\r\n";
}

}  // namespace mailtool::serve
