/// \file
/// The file `served` of a ServedMaildir: what is to outlive its messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mailtool/base/result.h"

namespace mailtool::store {

struct ServedState {
  std::uint32_t uidvalidity = 0;
  std::uint32_t uidnext = 1;  ///< above all UIDs that were given
  std::uint64_t modseq = 1;   ///< likewise; of RFC 7162
  /// What stands in the names of its files: `uidvalidity`, unless that has become
  /// another one since.
  std::uint32_t in_names = 0;
};

/// nullopt: there is none. Fails with config where the file is not what was
/// written, with local_io or system.
Result<std::optional<ServedState>> read_served(const std::string& path);

/// Durable when it returns. Fails with cannot_create or local_io.
Result<void> write_served(const std::string& path, const ServedState& state);

}  // namespace mailtool::store
