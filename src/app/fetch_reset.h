/// \file
/// Whether a server has given the messages of a maildrop new unique-ids.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/fetch_plan.h"
#include "mailtool/client/pop3_client.h"
#include "mailtool/pop3/listing.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

/// What one journal and one listing have and the other has not.
struct ResetSigns {
  std::vector<std::uint32_t> missing;  ///< of Journal::records(): not listed
  std::vector<std::uint32_t> arrived;  ///< numbers that the journal lacks
  // Messages, each as often as it is known, without twins.
  std::size_t known = 0;
  std::size_t listed = 0;     ///< of those known
  std::size_t expected = 0;   ///< missing, and not known to be absent before
  std::size_t same_size = 0;  ///< arrived, of the size of a missing one
  /// Listed, and missing under an old name: found by a --rebase that was cut
  /// off. Counted in none of the above.
  std::size_t twins = 0;

  /// At least half of the messages that should be there may be there, by size.
  [[nodiscard]] bool as_expected() const;
  /// Sizes say that what is missing and what has arrived may be the same.
  [[nodiscard]] bool alike() const;
  /// Hardly any known message is listed, too: all may have new unique-ids.
  [[nodiscard]] bool suspicious() const;
  /// "none of 12 known messages is listed, and 11 new ones have their sizes"
  [[nodiscard]] std::string in_words() const;
};

/// `plan` says what journal `index` of its destinations has had.
[[nodiscard]] ResetSigns signs_of_reset(const pop3::Maildrop& maildrop,
                                        const std::vector<PlannedMessage>& plan,
                                        const store::Journal& journal,
                                        std::size_t index);

/// Asks for the headers of some messages that have arrived with the size of a
/// missing one, in one flight: a reset is one where most of them are headers of
/// missing messages. Equal headers without a Message-ID are no evidence: a
/// device writes the same one each time. Where headers say nothing, sizes must
/// suffice.
/// \pre signs.suspicious(). Fails as header_digests().
Result<bool> confirm_reset(const ResetSigns& signs,
                           const pop3::Maildrop& maildrop,
                           const store::Journal& journal,
                           client::Pop3Client& client);

}  // namespace mailtool::app
