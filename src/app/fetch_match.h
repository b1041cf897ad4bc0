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
    adopted,
  };
  Kind kind = Kind::none;
  /// Of fetched and adopted; the size may differ.
  const store::JournalRecord* record = nullptr;

  [[nodiscard]] bool had() const {
    return kind == Kind::fetched || kind == Kind::adopted;
  }
};

/// `numbers` are messages of one unique-id, ordered by size; `records` those
/// of a journal. Writes entry i for numbers[i] into `matches`, which is
/// resized.
void match_messages(const pop3::Maildrop& maildrop,
                    std::span<const std::uint32_t> numbers,
                    std::span<const store::JournalRecord> records,
                    const HeaderDigests& headers,
                    std::vector<JournalMatch>& matches);

}  // namespace mailtool::app
