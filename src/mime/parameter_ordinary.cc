// The shape that nearly all values have: tokens and quoted strings of plain
// ASCII, each name once, nothing continued, encoded or escaped.
#include "parameter_reader.h"

namespace mailtool::mime {
namespace {

// token, less what RFC 2231 gives a meaning to: "*", "'", "%".
constexpr OctetSet kPlain(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    "!#$&+-.^_`{|}~");

// The longest list of parameters that is compared by hand.
constexpr std::size_t kMaxOrdinary = 16;

class OrdinaryReader {
 public:
  OrdinaryReader(std::string_view text, ParameterizedValue& into)
      : text_(text), into_(into) {}

  bool read() {
    skip_white_space();
    if (!read_value()) return false;
    for (;;) {
      skip_white_space();
      if (at_ == text_.size()) return true;
      if (!take(';')) return false;
      skip_white_space();
      if (at_ == text_.size()) return true;
      if (!read_parameter()) return false;
    }
  }

 private:
  void skip_white_space() {
    while (at_ < text_.size() && is_white_space(text_[at_])) ++at_;
  }

  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view token() {
    const auto begin = at_;
    while (at_ < text_.size() && kPlain.has(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // token [ "/" token ]
  bool read_value() {
    const auto begin = at_;
    if (token().empty()) return false;
    if (take('/') && token().empty()) return false;
    append_lower(text_.substr(begin, at_ - begin), into_.value);
    return true;
  }

  bool read_parameter() {
    const auto name = token();
    if (name.empty() || !take('=')) return false;
    if (into_.parameters().size() == kMaxOrdinary) return false;
    std::string_view value;
    if (take('"')) {
      const auto begin = at_;
      if (!skip_quoted()) return false;
      value = text_.substr(begin, at_ - begin - 1);
    } else {
      value = token();
      if (value.empty()) return false;
    }
    auto& parameter = into_.add();
    append_lower(name, parameter.name);
    parameter.value = value;
    // Of two of one name not every one counts.
    return into_.find(parameter.name) == &parameter.value;
  }

  // Up to behind the closing quote. False on what has a meaning inside.
  bool skip_quoted() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      const bool odd = c < ' ' || c > '~' || c == '\\' ||
                       (c == '?' && text_[at_ - 1] == '=');
      if (odd) return false;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  ParameterizedValue& into_;
};

}  // namespace

bool read_ordinary_parameters(std::string_view value, ParameterizedValue& into) {
  return OrdinaryReader(value, into).read();
}

}  // namespace mailtool::mime
