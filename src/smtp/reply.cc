#include "mailtool/smtp/reply.h"

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::smtp {
namespace {

constexpr std::size_t kQuoted = 100;  // octets of a bad line shown

Error malformed(std::string_view what, std::string_view line) {
  return Error{ErrorKind::protocol, "not an SMTP reply: " + std::string(what),
               {}, printable(line, kQuoted)};
}

// Reply-code = %x32-35 %x30-35 %x30-39                ; RFC 5321 section 4.2
//
// Lenient: the second digit may exceed 5, since section 4.2.1 lets a client act
// on the first digit alone. Test: "second digit" in reply_test.cc.
std::optional<int> parse_code(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5') return std::nullopt;
  if (!is_digit(line[1]) || !is_digit(line[2])) return std::nullopt;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

// One to three digits and what follows them.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    if (++digits > 3) return std::nullopt;
    value = value * 10 + (text[digits - 1] - '0');
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text[0] != expected) return false;
  text.remove_prefix(1);
  return true;
}

// status-code = class "." subject "." detail
// class = "2" / "4" / "5", subject and detail = 1*3digit      ; RFC 3463
//
// Takes the code off the start of `text` where there is one.
std::optional<EnhancedCode> take_enhanced(std::string_view& text) {
  std::string_view rest = text;
  const auto status_class = take_number(rest);
  if (!status_class || text.size() < 2 || text[1] != '.') return std::nullopt;
  if (*status_class != 2 && *status_class != 4 && *status_class != 5) {
    return std::nullopt;
  }
  if (!take(rest, '.')) return std::nullopt;
  const auto subject = take_number(rest);
  if (!subject || !take(rest, '.')) return std::nullopt;
  const auto detail = take_number(rest);
  if (!detail || (!rest.empty() && !is_blank(rest[0]))) return std::nullopt;
  text = trim(rest);
  return EnhancedCode{*status_class, *subject, *detail};
}

}  // namespace

std::string to_string(const EnhancedCode& code) {
  return std::to_string(code.status_class) + '.' +
         std::to_string(code.subject) + '.' + std::to_string(code.detail);
}

std::string Reply::text() const {
  std::string joined;
  for (const std::string_view line : lines) {
    std::string_view words = line;
    if (const auto found = take_enhanced(words); !found || found != enhanced) {
      words = line;
    }
    if (words.empty()) continue;
    if (!joined.empty()) joined += ' ';
    joined += words;
  }
  return joined;
}

std::string one_line(const Reply& reply) {
  std::string line = std::to_string(reply.code);
  if (reply.enhanced) line += ' ' + to_string(*reply.enhanced);
  const auto text = reply.text();
  if (!text.empty()) line += ' ' + text;
  return line;
}

// Reply-line = *( Reply-code "-" [ textstring ] CRLF )
//                 Reply-code [ SP textstring ] CRLF   ; RFC 5321 section 4.2
Result<std::optional<Reply>> ReplyParser::feed_line(std::string_view line) {
  if (line.size() > limits_.line_octets) {
    return malformed("line too long", line);
  }
  const auto code = parse_code(line);
  if (!code) return malformed("no reply code", line);
  const bool last = line.size() == 3 || line[3] == ' ';
  if (!last && line[3] != '-') {
    return malformed("no separator after the code", line);
  }
  if (partial_ && partial_->code != *code) {
    return malformed("the code changes within the reply", line);
  }
  std::string_view text = line.substr(line.size() == 3 ? 3 : 4);
  if (!partial_) {
    partial_.emplace();
    partial_->code = *code;
    octets_ = 0;
    std::string_view words = text;
    const auto enhanced = take_enhanced(words);
    if (enhanced && enhanced->status_class == *code / 100) {
      partial_->enhanced = enhanced;
    }
  }
  octets_ += line.size();
  if (partial_->lines.size() == limits_.lines || octets_ > limits_.octets) {
    return malformed("it has no end", line);
  }
  partial_->lines.emplace_back(text);
  if (!last) return std::optional<Reply>{};
  return std::exchange(partial_, std::nullopt);
}

std::string to_wire(const Reply& reply) {
  const auto code = std::to_string(reply.code);
  std::string wire;
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    wire += code;
    wire += i + 1 == reply.lines.size() ? ' ' : '-';
    for (const char c : reply.lines[i]) wire += c == '\n' ? ' ' : c;
    wire += "\r\n";
  }
  return wire;
}

}  // namespace mailtool::smtp
