#include "mailtool/mime/parameter.h"

#include <algorithm>
#include <map>
#include <optional>

#include "lexer.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/encoded_word.h"

namespace mailtool::mime {
namespace {

// name*0*=value: RFC 2231 sections 3 and 4.
struct Section {
  unsigned number = 0;
  bool extended = false;  // percent-encoded
  std::string octets;
};

// All that was said about one parameter.
struct Collected {
  std::string name;
  std::optional<std::string> plain;
  std::optional<std::string> extended;  // name*=
  std::vector<Section> sections;        // name*N= and name*N*=
};

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string percent_decode(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      octets += static_cast<char>(hex_value(text[i + 1]) << 4 |
                                  hex_value(text[i + 2]));
      i += 2;
    } else {
      octets += text[i];
    }
  }
  return octets;
}

// A value that came out of an encoding must not break a line either.
std::string without_line_breaks(std::string_view text) {
  if (!has_line_break_or_nul(text)) return std::string(text);
  std::string safe;
  for (const char c : text) {
    if (has_line_break_or_nul({&c, 1})) {
      append_utf8(safe, 0xfffd);
    } else {
      safe += c;
    }
  }
  return safe;
}

// extended-initial-value = [charset] "'" [language] "'" extended-other-values
std::string_view take_charset(std::string_view& value) {
  const auto first = value.find('\'');
  if (first == value.npos) return {};
  const auto second = value.find('\'', first + 1);
  if (second == value.npos) return {};
  const auto charset = value.substr(0, first);
  value.remove_prefix(second + 1);
  return charset;
}

std::string from_octets(std::string_view octets, std::string_view charset) {
  return charset.empty() ? undeclared_to_utf8(octets)
                         : to_utf8(octets, charset);
}

class ParameterReader {
 public:
  explicit ParameterReader(std::string_view text) : lexer_(text) {}

  ParameterizedValue read() {
    read_value();
    while (skip_separators()) read_parameter();
    for (auto& entry : collected_) finish(entry);
    return std::move(result_);
  }

 private:
  // The value itself, which may be two tokens around a slash.
  void read_value() {
    lexer_.skip_white_space_and_comments();
    while (!lexer_.at_end() && lexer_.peek() != ';') {
      const auto token = lexer_.take_until(" \t\r\n;(/");
      result_.value += lower(token);
      lexer_.skip_white_space_and_comments();
      if (!lexer_.at_end() && lexer_.peek() == '/') {
        result_.value += lexer_.take();
        lexer_.skip_white_space_and_comments();
        continue;
      }
      if (!lexer_.at_end() && lexer_.peek() != ';') result_.defective = true;
      break;
    }
  }

  // Semicolons and what may stand around them. False at the end.
  bool skip_separators() {
    for (;;) {
      lexer_.skip_white_space_and_comments();
      if (lexer_.at_end()) return false;
      if (lexer_.peek() != ';') return true;
      lexer_.take();
    }
  }

  void read_parameter() {
    const auto name = lower(lexer_.take_until(" \t\r\n;=("));
    lexer_.skip_white_space_and_comments();
    if (lexer_.at_end() || lexer_.peek() != '=') {
      result_.defective = true;
      // Nothing was taken when a stray "(" or the like stands here.
      if (name.empty() && !lexer_.at_end() && lexer_.peek() != ';') {
        lexer_.take();
      }
      return;
    }
    lexer_.take();
    lexer_.skip_white_space_and_comments();
    auto value = read_parameter_value();
    if (name.empty() || ++seen_ > kMaxSections + kMaxParameters) {
      result_.defective = true;
      return;
    }
    keep(name, std::move(value));
  }

  std::string read_parameter_value() {
    if (lexer_.at_end()) return {};
    if (lexer_.peek() == '"') return lexer_.take_quoted_string();
    const auto begin = lexer_.position();
    lexer_.take_until(" \t\r\n;");
    const auto end = lexer_.position();
    lexer_.skip_white_space_and_comments();
    if (lexer_.at_end() || lexer_.peek() == ';') {
      return std::string(lexer_.between(begin, end));
    }
    result_.defective = true;
    // Either the next parameter without a semicolon, or blanks in a value that
    // should have been quoted.
    const auto resume = lexer_.position();
    const auto word = lexer_.take_until(" \t\r\n;=\"");
    const bool is_parameter =
        !word.empty() && !lexer_.at_end() && lexer_.peek() == '=';
    if (is_parameter) {
      lexer_.rewind(resume);
      return std::string(lexer_.between(begin, end));
    }
    lexer_.take_until(";");
    return std::string(trim(lexer_.between(begin, lexer_.position())));
  }

  void keep(std::string_view name, std::string value) {
    const auto star = name.find('*');
    auto* const entry = find_or_add(name.substr(0, star));
    if (entry == nullptr) return;
    if (star == name.npos) return keep_once(entry->plain, std::move(value));
    auto suffix = name.substr(star + 1);
    if (suffix.empty()) return keep_once(entry->extended, std::move(value));
    const bool extended = suffix.ends_with('*');
    if (extended) suffix.remove_suffix(1);
    const auto number = parse_number(suffix, kMaxSections - 1);
    if (!number) {
      result_.defective = true;
      return;
    }
    entry->sections.push_back(
        {static_cast<unsigned>(*number), extended, std::move(value)});
  }

  void keep_once(std::optional<std::string>& slot, std::string value) {
    if (slot) {
      result_.duplicate = true;
    } else {
      slot = std::move(value);
    }
  }

  Collected* find_or_add(std::string_view name) {
    if (const auto known = index_.find(name); known != index_.end()) {
      return &collected_[known->second];
    }
    if (name.empty() || collected_.size() >= kMaxParameters) {
      result_.defective = true;
      return nullptr;
    }
    index_.emplace(std::string(name), collected_.size());
    auto& entry = collected_.emplace_back();
    entry.name = name;
    return &entry;
  }

  void finish(Collected& entry) {
    auto value = from_rfc2231(entry);
    if (!value && entry.plain) {
      value = entry.plain->find("=?") != std::string::npos
                  ? decode_encoded_words(*entry.plain)
                  : undeclared_to_utf8(*entry.plain);
    }
    if (!value) return;
    auto& parameter = result_.add();
    parameter.name = entry.name;
    parameter.value = without_line_breaks(*value);
  }

  std::optional<std::string> from_rfc2231(Collected& entry) {
    if (entry.extended) {
      std::string_view value = *entry.extended;
      const auto charset = take_charset(value);
      return from_octets(percent_decode(value), charset);
    }
    auto& sections = entry.sections;
    if (sections.empty()) return std::nullopt;
    std::stable_sort(sections.begin(), sections.end(),
                     [](const Section& a, const Section& b) {
                       return a.number < b.number;
                     });
    if (sections[0].number != 0) {
      result_.defective = true;
      if (entry.plain) return std::nullopt;
    }
    return join(sections);
  }

  // Sections in order, up to the first gap.
  std::string join(const std::vector<Section>& sections) {
    std::string octets;
    std::string_view charset;
    bool any_extended = false;
    unsigned next = sections[0].number;
    for (const auto& section : sections) {
      if (section.number + 1 == next) {
        result_.duplicate = true;
        continue;
      }
      if (section.number != next) {
        result_.defective = true;
        break;
      }
      std::string_view value = section.octets;
      if (next == sections[0].number && section.extended) {
        charset = take_charset(value);
      }
      any_extended = any_extended || section.extended;
      octets += section.extended ? percent_decode(value) : std::string(value);
      ++next;
    }
    if (!any_extended && octets.find("=?") != octets.npos) {
      return decode_encoded_words(octets);
    }
    return from_octets(octets, charset);
  }

  Lexer lexer_;
  ParameterizedValue result_;
  std::vector<Collected> collected_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::size_t seen_ = 0;
};

// attribute-char: RFC 2231 section 7.
bool is_attribute_char(char c) {
  return c > ' ' && c < 0x7f &&
         std::string_view("*'%()<>@,;:\\\"/[]?=").find(c) == std::string::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_attribute_char);
}

std::string percent_encode(std::string_view octets) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  for (const char c : octets) {
    if (is_attribute_char(c)) {
      text += c;
    } else {
      const auto value = static_cast<unsigned char>(c);
      text += '%';
      text += kHex[value >> 4];
      text += kHex[value & 15];
    }
  }
  return text;
}

}  // namespace

const std::string* ParameterizedValue::find(std::string_view name) const {
  for (const auto& parameter : parameters()) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

void ParameterizedValue::clear() {
  value.clear();
  defects = {};
  defective = duplicate = false;
  count_ = 0;
}

Parameter& ParameterizedValue::add() {
  if (count_ == pool_.size()) pool_.emplace_back();
  return pool_[count_++];
}

ParameterizedValue parse_parameters(std::string_view value, ParameterPolicy) {
  return ParameterReader(value).read();
}

void parse_parameters(std::string_view value, ParameterizedValue& into,
                      ParameterPolicy policy) {
  into = parse_parameters(value, policy);
}

std::string to_parameter(std::string_view name, std::string_view value) {
  constexpr std::size_t kMaxQuoted = 200;
  constexpr std::size_t kSection = 50;
  const std::string prefix = "; " + std::string(name);
  if (value.size() <= kMaxQuoted && is_token(value)) {
    return prefix + "=" + std::string(value);
  }
  const bool quotable =
      is_ascii(value) && std::none_of(value.begin(), value.end(), is_control) &&
      value.find("=?") == value.npos;
  if (value.size() <= kMaxQuoted && quotable) {
    std::string quoted = prefix + "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + '"';
  }
  const auto utf8 = undeclared_to_utf8(value);
  std::vector<std::string> sections(1);
  for (std::string_view rest = utf8; !rest.empty();) {
    const std::size_t octets = next_code_point(rest).octets;
    const auto encoded = percent_encode(rest.substr(0, octets));
    if (sections.back().size() + encoded.size() > kSection) sections.emplace_back();
    sections.back() += encoded;
    rest.remove_prefix(octets);
  }
  if (sections.size() == 1) return prefix + "*=utf-8''" + sections[0];
  std::string text;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    text += prefix + "*" + std::to_string(i) + "*=" + (i == 0 ? "utf-8''" : "") +
            sections[i];
  }
  return text;
}

}  // namespace mailtool::mime
