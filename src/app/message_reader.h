/// \file
/// MessageReader: files and pipes in, their messages out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "app/mbox_splitter.h"
#include "app/message_files.h"
#include "app/message_window.h"
#include "app/parse_input.h"

namespace mailtool::app {

/// Where a message of an mbox lies.
struct MboxRange {
  std::uint64_t offset;
  std::uint64_t length;
  MboxFlavour flavour;
};

struct ReaderOptions {
  bool again = false;        ///< end_message() is given a RandomAccess
  bool header_only = false;  ///< octets() returns false behind the header
};

/// Reads input after input into one buffer. Asks for no memory from message to
/// message.
class MessageReader {
 public:
  /// The buffer: also the largest view that octets() is given.
  static constexpr std::size_t kWindow = 128 * 1024;

  MessageReader(ReaderOptions options, ParseReport& report);

  /// Reads one file of `folder` from start to end and hands its messages on.
  /// What is no regular file, in a folder, is passed over. A message that the
  /// consumer fails on with no_input or bad_input is reported and the next one
  /// follows; all else ends the input.
  ///
  /// Fails with no_input, bad_input (it is empty), local_io, cannot_create,
  /// interrupted, or as the consumer does.
  Result<void> read(const MessageFolder& folder, std::size_t file,
                    MessageConsumer& consumer);

  /// Some messages of an mbox, the first of which is number `index`. `start` is
  /// where offset 0 is in the file.
  Result<void> read(int descriptor, std::uint64_t start,
                    const std::string& source, std::uint64_t index,
                    std::span<const MboxRange> ranges,
                    MessageConsumer& consumer);

  /// Messages that were handed on since the last restart_count().
  [[nodiscard]] std::uint64_t count() const { return place_.count; }
  void restart_count() { place_.count = 0; }

 private:
  class Feed;
  Result<void> read_one(int descriptor, Feed& feed);
  Result<void> read_any(Source& source, MboxLookahead& ahead, Feed& feed);
  Result<void> read_argument(const std::string& path,
                             MessageConsumer& consumer);

  ReaderOptions options_;
  ParseReport& report_;
  std::unique_ptr<char[]> buffer_;
  MessageWindow window_;
  MessagePlace place_;
};

}  // namespace mailtool::app
