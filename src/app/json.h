/// \file
/// JsonWriter: one JSON object a line (NDJSON), streamed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Writes JSON values in the order they are given; commas and quoting are its
/// business, balance is the caller's. Strings that are not UTF-8 get U+FFFD;
/// controls and the separators U+2028 and U+2029 are escaped. What is written
/// goes to the sink in pieces of 64 KiB, the rest with end_line().
///
///     JsonWriter json(out);
///     json.begin_object().field("type", "summary").field("exit", 0);
///     json.key("uids").begin_array().value(7u).end_array();
///     json.end_object().end_line();
class JsonWriter {
 public:
  explicit JsonWriter(Sink& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) {
    return value(std::string_view(text));
  }
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(int number) { return value(std::int64_t{number}); }
  JsonWriter& value(unsigned number) { return value(std::uint64_t{number}); }
  JsonWriter& value(bool truth);
  JsonWriter& value(double number);
  JsonWriter& null();
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    key(name);
    return value(content);
  }
  JsonWriter& null_field(std::string_view name) { return key(name).null(); }

  /// LF; hands the line to the sink. The first failure of the sink is kept, and
  /// nothing is written after it.
  Result<void> end_line();

 private:
  void before_value();
  void put_string(std::string_view text);
  void put_character(std::string_view& text);
  void hand_on();

  Sink& out_;
  std::string line_;  // of it, what the sink has not got
  bool comma_ = false;
  Result<void> failed_;
};

}  // namespace mailtool::app
