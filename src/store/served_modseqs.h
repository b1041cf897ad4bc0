/// \file
/// The file `modseqs` of a ServedMaildir: mod-sequences while nobody has it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mailtool/store/served_maildir.h"

namespace mailtool::store {

/// Whose file it is, and of which state.
struct ModseqState {
  std::uint32_t uidvalidity = 0;
  std::uint64_t highest = 0;
};

enum class ModseqsFound : std::uint8_t {
  none,       ///< no such file, of another state, or not what was written
  same,       ///< the messages are those it names, with the same flags
  different,  ///< some messages have none: they are new, or were changed; or
              ///< some that it names are gone
};

/// Gives `messages`, which are by UID, the mod-sequences that stand in the file at
/// `path`; 0 to those that it does not name with the same flags.
[[nodiscard]] ModseqsFound read_modseqs(const std::string& path,
                                        const ModseqState& state,
                                        std::vector<ServedMessage>& messages);

/// Durable when it returns. Fails with cannot_create or local_io.
Result<void> write_modseqs(const std::string& path, const ModseqState& state,
                           const std::vector<ServedMessage>& messages);

}  // namespace mailtool::store
