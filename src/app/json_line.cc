#include "app/json_line.h"

#include <optional>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

// object = "{" [ member *( "," member ) ] "}"; member = string ":" value
// value = false / null / true / object / array / number / string
// array = "[" [ value *( "," value ) ] "]"          ; RFC 8259 sections 2 to 7
// with blanks around each of these signs.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool object(const std::function<bool(const JsonMember&)>& on_member) {
    blanks();
    if (!take('{')) return false;
    blanks();
    bool more = !take('}');
    JsonMember member;
    while (more) {
      if (!name(member.name) || !value(member) || !on_member(member)) {
        return false;
      }
      blanks();
      more = take(',');
      if (!more && !take('}')) return false;
      blanks();
    }
    blanks();
    return rest_.empty();
  }

 private:
  void blanks() {
    while (!rest_.empty() &&
           (is_blank(rest_.front()) || rest_.front() == '\r')) {
      rest_.remove_prefix(1);
    }
  }

  bool take(char sign) {
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name(std::string& text) {
    if (!string(text)) return false;
    blanks();
    if (!take(':')) return false;
    blanks();
    return true;
  }

  bool value(JsonMember& member) {
    member.text.clear();
    if (!rest_.starts_with('{') && !rest_.starts_with('[')) {
      return scalar(member);
    }
    member.kind = JsonMember::Kind::nested;
    return nested();
  }

  bool scalar(JsonMember& member) {
    member.text.clear();
    if (rest_.starts_with('"')) {
      member.kind = JsonMember::Kind::string;
      return string(member.text);
    }
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!rest_.starts_with(word)) continue;
      member.kind = JsonMember::Kind::word;
      member.text = word;
      rest_.remove_prefix(word.size());
      return true;
    }
    member.kind = JsonMember::Kind::number;
    return number(member.text);
  }

  // `open_` are the signs that close what is open, so that no depth of the input
  // is a depth of the stack.
  bool nested() {
    JsonMember passed;
    open_.clear();
    do {
      if (const auto opened = open(); opened) {
        if (!*opened) return false;
        if (!closed_at_once()) {
          if (open_.back() == '}' && !name(passed.name)) return false;
          continue;
        }
      } else if (!scalar(passed)) {
        return false;
      }
      if (!behind_value(passed.name)) return false;
    } while (!open_.empty());
    return true;
  }

  // nullopt: nothing opens here; false: too deep.
  std::optional<bool> open() {
    const char close = rest_.starts_with('{')   ? '}'
                       : rest_.starts_with('[') ? ']'
                                                : '\0';
    if (close == '\0') return std::nullopt;
    rest_.remove_prefix(1);
    blanks();
    open_ += close;
    return open_.size() < kMaxJsonDepth;
  }

  bool closed_at_once() {
    if (!take(open_.back())) return false;
    open_.pop_back();
    return true;
  }

  // Up to the next value, or to the end of all that is open.
  bool behind_value(std::string& passed) {
    while (!open_.empty()) {
      blanks();
      if (closed_at_once()) continue;
      if (!take(',')) return false;
      blanks();
      return open_.back() != '}' || name(passed);
    }
    return true;
  }

  // string = DQUOTE *( unescaped / escaped ) DQUOTE
  bool string(std::string& text) {
    text.clear();
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (is_control(c) && c != '\x7f') return false;
      if (c != '\\') {
        text += c;
      } else if (!escaped(text)) {
        return false;
      }
    }
    return false;
  }

  bool escaped(std::string& text) {
    constexpr std::string_view kSigns = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const auto at = kSigns.find(rest_.front());
    if (at != kSigns.npos) {
      text += kMeant[at];
      rest_.remove_prefix(1);
      return true;
    }
    auto code = unit();
    if (!code) return false;
    if (*code >= 0xdc00 && *code <= 0xdfff) return false;
    if (*code >= 0xd800 && *code <= 0xdbff) {
      const auto low = take('\\') ? unit() : std::nullopt;
      if (!low || *low < 0xdc00 || *low > 0xdfff) return false;
      code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
    }
    append_utf8(text, *code);
    return true;
  }

  // "u" 4HEXDIG
  std::optional<char32_t> unit() {
    if (!rest_.starts_with('u') || rest_.size() < 5) return std::nullopt;
    char32_t code = 0;
    for (const char c : rest_.substr(1, 4)) {
      const char low = to_lower(c);
      const bool letter = low >= 'a' && low <= 'f';
      if (!is_digit(c) && !letter) return std::nullopt;
      code = code * 16 +
             static_cast<char32_t>(letter ? low - 'a' + 10 : c - '0');
    }
    rest_.remove_prefix(5);
    return code;
  }

  std::size_t digits() {
    std::size_t count = 0;
    while (count < rest_.size() && is_digit(rest_[count])) ++count;
    rest_.remove_prefix(count);
    return count;
  }

  // number = [ "-" ] int [ "." 1*DIGIT ] [ ( "e" / "E" ) [ "-" / "+" ] 1*DIGIT ]
  bool number(std::string& text) {
    const auto begin = rest_;
    take('-');
    if (!take('0') && digits() == 0) return false;
    if (take('.') && digits() == 0) return false;
    if (take('e') || take('E')) {
      if (!take('-')) take('+');
      if (digits() == 0) return false;
    }
    text = begin.substr(0, begin.size() - rest_.size());
    return true;
  }

  std::string_view rest_;
  std::string open_;
};

}  // namespace

bool read_json_object(std::string_view line,
                      const std::function<bool(const JsonMember&)>& on_member) {
  return is_valid_utf8(line) && Scanner(line).object(on_member);
}

}  // namespace mailtool::app
