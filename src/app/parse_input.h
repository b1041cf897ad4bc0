/// \file
/// What `parse` reads: messages, one after the other, and where they stand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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
  /// Messages that the same dump was given before it, of all inputs.
  std::uint64_t count = 0;
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
  /// `input` can give the octets of the message again, by their offsets in the
  /// input; null unless that was asked for. A failure with no_input or
  /// bad_input is that of this message alone.
  virtual Result<void> end_message(const RandomAccess* input) = 0;
};

/// Told of what goes wrong, and of how far the reading came.
class ParseReport {
 public:
  virtual ~ParseReport() = default;
  /// One message, or one input, could not be read or written; the others can.
  virtual void failed(Error error) = 0;
  virtual void progressed(std::uint64_t messages, std::uint64_t octets) = 0;
};

}  // namespace mailtool::app
