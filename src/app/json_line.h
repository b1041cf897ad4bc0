/// \file
/// What stands in a line of JSON that another program has written (RFC 8259).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mailtool::app {

struct JsonMember {
  enum class Kind : std::uint8_t { string, number, word, nested };
  std::string name;
  Kind kind = Kind::word;
  /// A string without its quotes, in UTF-8; a number or word (true, false, null)
  /// as it stands; "" of what is nested.
  std::string text;
};

/// Deeper is refused: objects and arrays within one another.
inline constexpr std::size_t kMaxJsonDepth = 100;

/// Calls `on_member` for each member of the one object that `line` is, in their
/// order, also for names that stand there twice. False where the line is
/// anything else, strictly, or `on_member` says so; that may be found out only
/// after some members. Memory: that of the longest string.
[[nodiscard]] bool read_json_object(
    std::string_view line,
    const std::function<bool(const JsonMember&)>& on_member);

}  // namespace mailtool::app
