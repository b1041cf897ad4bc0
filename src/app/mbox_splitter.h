/// \file
/// MboxSplitter: where the messages of an mbox begin and end (RFC 4155, and
/// the mboxo and mboxrd forms). Quoted ">From " lines stay as they are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// Feed the input in any pieces. What does not begin with a "From " line is one
/// message as it stands. A "From " line begins a message at the start or behind
/// an empty line, and holds a time of day: sentences may begin with "From", too. The empty line before a "From " line, and the one at
/// the end of an mbox, belong to the mbox and not to the message.
class MboxSplitter {
 public:
  struct Events {
    std::function<void(std::uint64_t offset)> begin;
    std::function<void(std::string_view octets)> octets;
    std::function<Result<void>()> end;
  };

  explicit MboxSplitter(Events events) : events_(std::move(events)) {}

  Result<void> feed(std::string_view octets);
  /// Ends the last message.
  Result<void> finish();

 private:
  Result<void> at_line_start();
  void pass(std::string_view octets);
  void release_blank();

  Events events_;
  std::uint64_t offset_ = 0;  // of the next octet to be looked at
  std::string head_;          // start of a line, until it can be judged
  std::string blank_;         // an empty line whose owner is not known yet
  bool started_ = false;
  bool is_mbox_ = false;
  bool line_start_ = true;
  bool after_blank_ = false;
};

}  // namespace mailtool::app
