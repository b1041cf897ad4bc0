/// \file
/// Which of the messages that share a unique-id a journal knows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "app/fetch_plan.h"

namespace mailtool::app {

/// What one journal says of one message.
struct JournalMatch {
  enum class Kind : std::uint8_t {
    none,        ///< nothing
    used_again,  ///< another message had its unique-id
    doubtful,    ///< as above, unless its header says otherwise
    fetched,
    adopted,     ///< or known by too little to be deleted
  };
  Kind kind = Kind::none;
  /// Of fetched and adopted; the size may differ.
  const store::JournalRecord* record = nullptr;
  /// It may be one that was adopted: it is not ours to delete.
  bool maybe_adopted = false;

  [[nodiscard]] bool had() const {
    return kind == Kind::fetched || kind == Kind::adopted;
  }
};

/// `numbers` are messages of one unique-id, ordered by size; `records` those
/// of a journal. By size, by header where sizes differ, are not known, or more
/// are listed than known, and by unique-id alone where a message was adopted
/// without its header, or a size is not known; that and a header without a
/// Message-ID make it adopted, which is never deleted. Writes entry i for numbers[i] into `matches`, which is
/// resized.
void match_messages(const pop3::Maildrop& maildrop,
                    std::span<const std::uint32_t> numbers,
                    std::span<const store::JournalRecord> records,
                    const HeaderDigests& headers,
                    std::vector<JournalMatch>& matches);

}  // namespace mailtool::app
