/// \file
/// What `parse` reads: files, folders that are Maildirs, stdin; in each a
/// message, or an mbox of many.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/base/sink.h"

namespace mailtool::app {

/// Octets that can be read again, anywhere.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  /// Writes octets [offset, offset + length) to `to`. Fails with local_io, or
  /// as `to` does.
  virtual Result<void> copy(std::uint64_t offset, std::uint64_t length,
                            Sink& to) const = 0;
};

/// Where a message stands.
struct MessagePlace {
  std::string source;        ///< file name; "stdin"
  std::uint64_t index = 0;   ///< among the messages of the input, from 0
  std::uint64_t offset = 0;  ///< of its first octet in the input
  std::uint64_t count = 0;   ///< messages before it, of all inputs
  /// A line that begins with ">From " had a ">" put before it (mboxrd).
  bool quoted_from = false;
  /// How the input tells its messages apart: "mbox", "mboxrd", "mboxcl2";
  /// empty for a file of one message.
  std::string_view flavour = {};
};

/// Told of the messages of one input as they go by.
class MessageConsumer {
 public:
  virtual ~MessageConsumer() = default;
  virtual void begin_message(const MessagePlace& place) = 0;
  /// False: the rest of the message need not be given.
  virtual bool octets(std::string_view part) = 0;
  /// `input` holds the whole input so far; null unless it was asked for.
  virtual Result<void> end_message(const RandomAccess* input) = 0;
};

/// The inputs that `arguments` name: a Maildir is its files, in order of name.
/// "-" and no argument at all are stdin.
std::vector<std::string> expand_inputs(
    const std::vector<std::string>& arguments);

/// Reads the input `path` from start to end, 64 KiB at a time, and hands its
/// messages on. An input that begins with "From " is an mbox: a line "From …"
/// behind an empty line starts the next message. With `again`, the input can be
/// read again in end_message: a file is, a pipe is spooled.
///
/// Fails with no_input, bad_input (it is empty), local_io, cannot_create,
/// interrupted, or as the consumer does.
/// `before` messages were in other inputs.
Result<void> read_messages(const std::string& path, bool again,
                           std::uint64_t before, MessageConsumer& consumer);

/// How errors name it: "stdin" for "-".
[[nodiscard]] std::string input_name(const std::string& path);

}  // namespace mailtool::app
