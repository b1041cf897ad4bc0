#include "parameter_reader.h"

#include "header_text.h"
#include "mailtool/base/ascii.h"

namespace mailtool::mime {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
// Names are short; what is longer is no parameter that anybody asks for.
constexpr std::size_t kMaxName = 200;

std::uint32_t hash_of(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

}  // namespace

void CollectedParameters::clear() {
  // A hostile field must not hold its memory for good.
  constexpr std::size_t kKept = 64 * 1024;
  if (text.capacity() > kKept) text = {};
  if (sections.capacity() > kKept / sizeof(ParameterSection)) sections = {};
  text.clear();
  parameters.clear();
  sections.clear();
}

void ParameterReader::read() {
  read_value();
  while (skip_separators()) {
    if (lexer_.at_end()) break;
    read_parameter();
  }
  if (lexer_.had_open_comment()) malformed();
}

// The value itself, which may be two tokens around a slash. A parameter in its
// place means that there is none.
void ParameterReader::read_value() {
  static constexpr OctetSet kStops(" \t\r\n;(/=,\"");
  lexer_.skip_white_space_and_comments();
  auto& value = into_.value;
  while (!lexer_.at_end() && lexer_.peek() != ';') {
    const auto begin = lexer_.position();
    const auto length = value.size();
    if (lexer_.peek() == '"') {
      lexer_.take_quoted_string(value);
      for (char& c : value) c = to_lower(c);
      malformed();
    } else {
      append_lower(lexer_.take_until(kStops), value);
    }
    lexer_.skip_white_space_and_comments();
    const char next = lexer_.peek_or_nul();
    if (next == '=') {
      value.resize(length);
      lexer_.rewind(begin);
      break;
    }
    if (next != '/') break;
    value += lexer_.take();
    lexer_.skip_white_space_and_comments();
  }
  separated_ = false;
  if (lexer_.peek_or_nul() == ',') {
    lexer_.take();
    malformed();
  }
  if (plain_length(value) != value.size()) raw_to_text(value, 0);
}

// Semicolons and what may stand around them. False at the end.
bool ParameterReader::skip_separators() {
  for (;;) {
    lexer_.skip_white_space_and_comments();
    if (lexer_.had_comment()) {
      into_.defects.add(DefectRule::comment_in_parameters);
    }
    if (lexer_.at_end()) return false;
    if (lexer_.peek() != ';') break;
    lexer_.take();
    separated_ = true;
  }
  if (!separated_) malformed();
  separated_ = false;
  return true;
}

// parameter = attribute "=" value
void ParameterReader::read_parameter() {
  static constexpr OctetSet kStops(" \t\r\n;=(\"");
  const auto name = lexer_.take_until(kStops);
  lexer_.skip_white_space_and_comments();
  if (lexer_.peek_or_nul() != '=') {
    malformed();
    // Nothing was taken when a stray quote or the like stands here.
    if (name.empty() && !lexer_.at_end() && lexer_.peek() != ';') lexer_.take();
    separated_ = true;
    return;
  }
  lexer_.take();
  lexer_.skip_white_space_and_comments();
  const auto value = read_parameter_value();
  if (name.empty() || name.size() > kMaxName ||
      ++seen_ > kMaxSections + kMaxParameters) {
    malformed();
    return;
  }
  keep(name, value);
}

RawText ParameterReader::read_parameter_value() {
  if (lexer_.peek_or_nul() != '"') return read_word();
  RawText raw{collected_.text.size(), 0, true, true};
  if (!lexer_.take_quoted_string(collected_.text)) malformed();
  raw.length = collected_.text.size() - raw.begin;
  return raw;
}

// token, and what stands in place of one: blanks that should have been quoted.
RawText ParameterReader::read_word() {
  const auto begin = lexer_.position();
  take_word();
  auto end = lexer_.position();
  if (begin == end) malformed();
  lexer_.skip_white_space_and_comments();
  if (!lexer_.at_end() && lexer_.peek() != ';') {
    lexer_.rewind(end);
    extend_word();
    end = lexer_.position();
  }
  RawText raw{collected_.text.size(), 0, true, false};
  append_unfolded(trim_white_space(lexer_.between(begin, end)), collected_.text);
  raw.length = collected_.text.size() - raw.begin;
  return raw;
}

// Up to white space, ";" or a comment. Parentheses with text right behind them
// are no comment: "report(1).pdf".
void ParameterReader::take_word() {
  static constexpr OctetSet kStops(" \t\r\n;(");
  static constexpr OctetSet kLoose(" \t\r\n;");
  for (;;) {
    lexer_.take_until(lexer_.had_open_comment() ? kLoose : kStops);
    if (lexer_.peek_or_nul() != '(' || lexer_.had_open_comment()) return;
    const auto open = lexer_.position();
    if (!lexer_.take_comment(nullptr)) {
      lexer_.rewind(open);
      continue;
    }
    const char next = lexer_.peek_or_nul();
    if (lexer_.at_end() || is_white_space(next) || next == ';') {
      lexer_.rewind(open);
      return;
    }
    malformed();
  }
}

// The words that follow, up to one that begins another parameter.
void ParameterReader::extend_word() {
  static constexpr OctetSet kStops(" \t\r\n;=\"");
  static constexpr OctetSet kWordStops(" \t\r\n;");
  malformed();
  for (;;) {
    const auto end = lexer_.position();
    lexer_.skip_white_space_and_comments();
    if (lexer_.at_end() || lexer_.peek() == ';') return lexer_.rewind(end);
    const auto word = lexer_.take_until(kStops);
    const auto after = lexer_.position();
    while (!lexer_.at_end() && is_white_space(lexer_.peek())) lexer_.take();
    if (!word.empty() && lexer_.peek_or_nul() == '=') {
      return lexer_.rewind(end);
    }
    lexer_.rewind(after);
    lexer_.take_until(kWordStops);
  }
}

// parameter-name = attribute-char *... [ "*" section ] [ "*" ]: RFC 2231
// section 7. Sections have no leading zeros; such are read all the same.
void ParameterReader::keep(std::string_view name, const RawText& value) {
  const auto star = name.find('*');
  const auto index = find_or_add(name.substr(0, star));
  if (index == kNowhere) return malformed();
  auto& parameter = collected_.parameters[index];
  if (star == name.npos) return keep_once(parameter.plain, value);
  auto suffix = name.substr(star + 1);
  if (suffix.empty()) return keep_once(parameter.extended, value);
  const bool extended = suffix.ends_with('*');
  if (extended) suffix.remove_suffix(1);
  const auto number = parse_number(suffix, kMaxSections - 1);
  if (!number) return malformed();
  if (suffix.size() > 1 && suffix.front() == '0') malformed();
  parameter.in_sections = true;
  collected_.sections.push_back({index, static_cast<unsigned>(*number),
                                 collected_.sections.size(), extended, value});
}

void ParameterReader::keep_once(RawText& slot, const RawText& value) {
  if (slot.present) into_.defects.add(DefectRule::duplicate_parameter);
  if (!slot.present || policy_.last_duplicate) slot = value;
}

std::size_t ParameterReader::find_or_add(std::string_view name) {
  auto& all = collected_.parameters;
  RawText lowered{collected_.text.size(), name.size(), true, false};
  append_lower(name, collected_.text);
  const auto key = collected_.of(lowered);
  const auto hash = hash_of(key);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].hash == hash && collected_.of(all[i].name) == key) return i;
  }
  if (name.empty() || all.size() >= kMaxParameters) return kNowhere;
  all.push_back({hash, lowered, {}, {}, false});
  return all.size() - 1;
}

}  // namespace mailtool::mime
