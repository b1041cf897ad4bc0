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
#include "store/system.h"

namespace mailtool::store {

/// One message as it stands in the mbox, from its "From " line to the empty
/// line behind it.
struct MboxEntry {
  DeliveryKey key{};
  std::uint64_t offset = 0;
  std::uint64_t octets = 0;
  std::uint64_t hash = 0;  ///< ContentHash of them
  std::string head;        ///< the first of them, at most kHeadOctets
  static constexpr std::size_t kHeadOctets = 48;
};

/// Lines, the last of which makes it whole; a note that is not says that
/// nothing was appended yet:
///
///     mailtool-mbox 1
///     KEY OFFSET OCTETS HASH HEAD     HASH and HEAD in hexadecimal
///     end COUNT
[[nodiscard]] std::string format_note(const std::vector<MboxEntry>& entries);
/// No entries for what is no whole note.
[[nodiscard]] std::vector<MboxEntry> parse_note(std::string_view text);

/// The whole file; empty where there is none. Fails with local_io.
Result<std::string> read_note(const std::string& path);

/// How an entry stands in an mbox.
enum class Standing : std::uint8_t {
  whole,  ///< all of it is there
  torn,   ///< its beginning is the end of the mbox, and nothing follows it
  gone    ///< neither: somebody else has written there since
};
/// Reads what it must of the mbox open at `mbox`, of `size` octets. Memory does
/// not grow with the message. Fails with local_io.
Result<Standing> look_at(const MboxEntry& entry, int mbox, std::uint64_t size);

}  // namespace mailtool::store
