/// \file
/// UID sets on a pipe: which messages of which folder, and that it is all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/imap/sequence_set.h"

namespace mailtool::app {

/// The messages of one folder.
///
///     #mailtool-uids v1 folder="INBOX" uidvalidity=1795220040 n=8
///     2,4,6,8:12
///     #end n=8
struct UidBlock {
  std::string folder;             ///< UTF-8
  std::uint32_t uidvalidity = 0;  ///< 0 where the server has none
  imap::SequenceSet uids;         ///< never open-ended
  friend bool operator==(const UidBlock&, const UidBlock&) = default;
};

/// Longest line written, in octets; none longer is read.
inline constexpr std::size_t kUidLineOctets = 4096;

Result<void> write_uid_block(Sink& out, const UidBlock& block);

/// The inverse, strict: fails with bad_input on anything else, such as a text
/// without its "#end" or with other numbers than it announces. No block at all
/// is an error too: the program before us in the pipe has failed.
Result<std::vector<UidBlock>> read_uid_blocks(std::string_view text);

}  // namespace mailtool::app
