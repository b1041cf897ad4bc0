/// \file
/// MboxNote: what is about to be appended to an mbox, so that a run after a
/// crash knows its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/store/delivery_key.h"
#include "store/content_hash.h"
#include "store/system.h"

namespace mailtool::store {

/// One message as it stands in the mbox, from its "From " line to the empty
/// line behind it.
struct MboxEntry {
  DeliveryKey key{};
  std::uint64_t offset = 0;
  std::uint64_t octets = 0;
  std::uint64_t hash = 0;  ///< ContentHash of them
  bool kept = false;       ///< known by this note alone until the run has ended
};

/// All that one append writes. Any beginning of it that a crash may leave is
/// known by its checks: of a small one each octet, else the hash of all up to
/// each multiple of `block` in the file, since no write ends elsewhere.
struct MboxTail {
  std::uint64_t offset = 0;
  std::uint64_t octets = 0;
  std::uint64_t block = 1;  ///< 1, 512 or 4096
  std::string checks;
};

struct MboxNote {
  std::vector<MboxEntry> entries;
  MboxTail tail;
};

/// Makes MboxTail::checks of the octets, which come in any split.
class TailChecks {
 public:
  explicit TailChecks(const MboxTail& tail)
      : at_(tail.offset), block_(tail.block) {}
  void update(std::string_view octets);
  [[nodiscard]] const std::string& text() const { return text_; }
  /// MboxTail::block for so many octets.
  [[nodiscard]] static std::uint64_t block_for(std::uint64_t octets);

 private:
  std::uint64_t at_;
  std::uint64_t block_;
  ContentHash hash_;
  std::string text_;
};

/// Lines, the last of which makes it whole; a note that is not says that
/// nothing was appended yet:
///
///     mailtool-mbox 2
///     KEY OFFSET OCTETS HASH KEPT
///     tail OFFSET OCTETS BLOCK CHECKS
///     end COUNT
///
/// HASH and CHECKS in hexadecimal, KEPT 0 or 1, COUNT of the first.
[[nodiscard]] std::string format_note(const MboxNote& note);
/// Empty for what is no whole note.
[[nodiscard]] MboxNote parse_note(std::string_view text);

/// The whole file; empty where there is none. Fails with local_io.
Result<std::string> read_note(const std::string& path);

/// That the entry stands in the mbox open at `mbox`, of `size` octets. Memory
/// does not grow with the message. Fails with local_io.
Result<bool> is_whole(const MboxEntry& entry, int mbox, std::uint64_t size);
/// That from the tail's offset on the mbox has a beginning of the tail, not all
/// of it, and nothing else. Fails with local_io.
Result<bool> is_torn(const MboxTail& tail, int mbox, std::uint64_t size);

}  // namespace mailtool::store
