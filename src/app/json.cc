#include "app/json.h"

#include <charconv>
#include <cmath>

#include "app/plain_scan.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

// What is handed on at once, and how much of a string is looked at before that.
constexpr std::size_t kBufferOctets = 64 * 1024;
constexpr std::size_t kStringPiece = 16 * 1024;

// Controls, and what ends a line for some reader of NDJSON.
bool must_be_escaped(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

void append_escaped(std::string& to, char32_t c) {
  switch (c) {
    case '"': to += "\\\""; return;
    case '\\': to += "\\\\"; return;
    case '\n': to += "\\n"; return;
    case '\r': to += "\\r"; return;
    case '\t': to += "\\t"; return;
    default: break;
  }
  if (!must_be_escaped(c)) return append_utf8(to, c);
  constexpr std::string_view kHex = "0123456789abcdef";
  to += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) to += kHex[c >> shift & 15];
}

template <class T>
void append_number(std::string& to, T number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  to.append(digits, end.ptr);
}

}  // namespace

void JsonWriter::hand_on() {
  if (failed_) failed_ = out_.write(line_);
  line_.clear();
}

void JsonWriter::put_character(std::string_view& text) {
  if (!is_8bit(text[0])) {
    append_escaped(line_, static_cast<unsigned char>(text[0]));
    text.remove_prefix(1);
    return;
  }
  const auto point = next_code_point(text);
  if (point.valid) {
    append_escaped(line_, point.value);
    text.remove_prefix(point.octets);
  } else {
    append_utf8(line_, 0xfffd);
    text.remove_prefix(ill_formed_prefix(text).octets);
  }
}

void JsonWriter::put_string(std::string_view text) {
  line_ += '"';
  while (!text.empty()) {
    auto good = text.substr(0, valid_utf8_prefix(text.substr(0, kStringPiece)));
    text.remove_prefix(good.size());
    while (!good.empty()) {
      const auto plain = json_plain_prefix(good);
      line_ += good.substr(0, plain);
      good.remove_prefix(plain);
      if (!good.empty()) put_character(good);
    }
    // Invalid here, or a character that the piece cut in two.
    if (!text.empty()) put_character(text);
    if (line_.size() >= kBufferOctets) hand_on();
  }
  line_ += '"';
}

void JsonWriter::before_value() {
  if (line_.size() >= kBufferOctets) hand_on();
  if (comma_) line_ += ',';
  comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  line_ += '{';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  line_ += '}';
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  line_ += '[';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  line_ += ']';
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  before_value();
  put_string(name);
  line_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  put_string(text);
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) {
  before_value();
  append_number(line_, number);
  return *this;
}

JsonWriter& JsonWriter::value(std::uint64_t number) {
  before_value();
  append_number(line_, number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  before_value();
  append_number(line_, number);
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) {
  before_value();
  line_ += truth ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  before_value();
  line_ += "null";
  return *this;
}

Result<void> JsonWriter::end_line() {
  line_ += '\n';
  comma_ = false;
  hand_on();
  return failed_;
}

}  // namespace mailtool::app
