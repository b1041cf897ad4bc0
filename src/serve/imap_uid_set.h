/// \file
/// set_of(): numbers as IMAP writes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mailtool/imap/sequence_set.h"

namespace mailtool::serve {

/// "1:3,5"; in ascending order whatever that of `uids` is. \pre not empty
inline std::string set_of(const std::vector<std::uint32_t>& uids) {
  std::vector<imap::Range> ranges;
  for (const auto uid : uids) ranges.push_back({uid, uid});
  return to_wire(imap::SequenceSet(std::move(ranges)));
}

}  // namespace mailtool::serve
