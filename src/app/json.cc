#include "app/json.h"

#include <array>
#include <charconv>
#include <cmath>

#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

// Octets that stand for themselves inside a JSON string: no quote, backslash,
// control or octet above 0x7e.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t i = 0x20; i < 0x7f; ++i) plain[i] = i != '"' && i != '\\';
  return plain;
}();

void append_escaped(std::string& to, char32_t c) {
  switch (c) {
    case '"': to += "\\\""; return;
    case '\\': to += "\\\\"; return;
    case '\n': to += "\\n"; return;
    case '\r': to += "\\r"; return;
    case '\t': to += "\\t"; return;
    default: break;
  }
  // Controls, and what ends a line for some reader of NDJSON.
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029) {
    constexpr std::string_view kHex = "0123456789abcdef";
    to += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) to += kHex[c >> shift & 15];
    return;
  }
  append_utf8(to, c);
}

void append_string(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && kPlain[static_cast<unsigned char>(text[run])]) {
      ++run;
    }
    to += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const auto point = next_code_point(text);
    append_escaped(to, point.value);
    text.remove_prefix(point.octets);
  }
  to += '"';
}

template <class T>
void append_number(std::string& to, T number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  to.append(digits, end.ptr);
}

}  // namespace

void JsonWriter::before_value() {
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
  append_string(line_, name);
  line_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  append_string(line_, text);
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
  if (failed_) failed_ = out_.write(line_);
  line_.clear();
  return failed_;
}

}  // namespace mailtool::app
