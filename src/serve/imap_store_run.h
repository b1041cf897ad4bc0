/// \file
/// StoreRun: a STORE under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/imap/value.h"
#include "mailtool/serve/mailbox.h"

namespace mailtool::serve {

enum class StoreKind : std::uint8_t { replace, add, remove };

struct StoreRun {
  StoreKind kind = StoreKind::replace;
  bool silent = false;
  std::optional<std::uint64_t> unchanged_since;  ///< RFC 7162 section 3.1.3
  Flags flags = 0;
  std::vector<std::uint32_t> uids;
  std::size_t next = 0;                 ///< of `uids`
  std::vector<std::uint32_t> modified;  ///< numbers or UIDs, as in the command
  bool gone = false;                    ///< a message is there no more

  [[nodiscard]] Flags applied_to(Flags before) const {
    if (kind == StoreKind::add) return before | flags;
    if (kind == StoreKind::remove) return before & ~flags;
    return flags;
  }
};

/// From what stands behind the set on: modifiers and the kind; `flags` is set to
/// the value of the flags. nullopt where it is no STORE.
[[nodiscard]] std::optional<StoreRun> parse_store(imap::Value value,
                                                  imap::Value& flags);

/// Are all of a list, or is the one value, flags that a client may name, whether
/// there is room for them or not?
[[nodiscard]] bool are_flags(imap::Value list);

}  // namespace mailtool::serve
