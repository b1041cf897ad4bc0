// What a MessageDump makes of a message that is in memory.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "app/message_dump.h"

namespace mailtool::app {

class TextAccess : public RandomAccess {
 public:
  explicit TextAccess(std::string_view text) : text_(text) {}
  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    return to.write(text_.substr(offset, length));
  }

 private:
  std::string_view text_;
};

inline std::string dumped(std::string_view message, const DumpOptions& options,
                          std::size_t piece = std::string_view::npos) {
  StringSink out(100'000'000);
  MessageDump dump(options, nullptr, out);
  dump.begin_message({});
  for (std::size_t at = 0; at < message.size();) {
    const auto octets = message.substr(at, piece);
    if (!dump.octets(octets)) break;
    at += octets.size();
  }
  const TextAccess input(message);
  EXPECT_TRUE(dump.end_message(&input));
  return out.take();
}

inline std::string dumped(std::string_view message, DumpForm form) {
  DumpOptions options;
  options.form = form;
  return dumped(message, options);
}

}  // namespace mailtool::app
