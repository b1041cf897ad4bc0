/// \file
/// ParseUnits: inputs cut into units of work for several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/message_files.h"
#include "app/message_reader.h"

namespace mailtool::app {

/// An mbox on disk, read by several threads.
class SharedMbox {
 public:
  /// `owned`: closes the descriptor in the end.
  SharedMbox(int descriptor, bool owned, std::uint64_t start,
             std::string source)
      : descriptor_(descriptor),
        owned_(owned),
        start_(start),
        source_(std::move(source)) {}
  ~SharedMbox();
  SharedMbox(const SharedMbox&) = delete;
  SharedMbox& operator=(const SharedMbox&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Where its first octet lies in the file.
  [[nodiscard]] std::uint64_t start() const { return start_; }
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  int descriptor_;
  bool owned_;
  std::uint64_t start_;
  std::string source_;
};

/// Files [first, last) of a folder, or some messages of an mbox, or an input
/// that cannot be read at all.
struct ParseUnit {
  std::uint64_t number = 0;
  std::shared_ptr<const MessageFolder> folder;
  std::size_t first = 0;
  std::size_t last = 0;
  std::shared_ptr<const SharedMbox> mbox;
  std::vector<MboxRange> ranges;
  std::uint64_t index = 0;  ///< of the first message in the mbox
  std::optional<Error> error;
};

class ParseUnits {
 public:
  /// Gives units to `take` in order; false from it ends the work.
  explicit ParseUnits(std::function<bool(ParseUnit)> take)
      : take_(std::move(take)) {}

  /// Fails with interrupted.
  Result<void> cut(MessageFiles& files);

 private:
  class Index;
  Result<bool> cut_folder(const std::shared_ptr<const MessageFolder>& folder);
  Result<bool> cut_mbox(std::shared_ptr<const SharedMbox> mbox,
                        const ParseUnit& whole);
  bool give(ParseUnit unit);

  std::function<bool(ParseUnit)> take_;
  std::uint64_t next_ = 0;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace mailtool::app
