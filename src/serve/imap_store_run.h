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
#include "serve/imap_words.h"

namespace mailtool::serve {

enum class StoreKind : std::uint8_t { replace, add, remove };

struct StoreRun {
  StoreKind kind = StoreKind::replace;
  bool silent = false;
  std::optional<std::uint64_t> unchanged_since;  ///< RFC 7162 section 3.1.3
  FlagList named;
  /// Of `named`, once a message is to be changed: for none no keyword is made.
  std::optional<HeldFlags> flags;
  std::vector<std::uint32_t> uids;
  std::size_t next = 0;                 ///< of `uids`
  std::vector<std::uint32_t> modified;  ///< numbers or UIDs, as in the command
  bool gone = false;                    ///< a message is there no more

  /// \pre `flags`
  [[nodiscard]] Flags applied_to(Flags before) const {
    if (kind == StoreKind::add) return before | flags->bits;
    if (kind == StoreKind::remove) return before & ~flags->bits;
    return flags->bits;
  }
};

/// From what stands behind the set on: modifiers and the kind; `flags` is set to
/// the value of the flags. nullopt where it is no STORE.
[[nodiscard]] std::optional<StoreRun> parse_store(imap::Value value,
                                                  imap::Value& flags);

}  // namespace mailtool::serve
