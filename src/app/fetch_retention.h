/// \file
/// Retention: what may go from the server, and what may be forgotten here.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "app/fetch_options.h"
#include "app/fetch_plan.h"
#include "mailtool/pop3/listing.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

/// Days after which an absent message is forgotten.
inline constexpr unsigned kDaysAbsent = 30;

/// Whether the deletion rules, all of them, let a message go that so many are
/// listed after: old_enough or not_among_last where they do, too_young or
/// among_last where one does not; known where there is no rule. Times are in
/// seconds since 1970; a `first_sight` of 0 is now.
[[nodiscard]] PlanReason apply_retention(const FetchOptions& options,
                                         std::uint32_t later,
                                         std::uint32_t first_sight,
                                         std::int64_t now);

/// After a good session: notes what is missing from the listing, and forgets
/// what was missing already kDaysAbsent ago. Does nothing where the listing is
/// empty or lacks unique-ids, which proves nothing. Only saves work: nothing
/// of it is synced. Fails with local_io.
Result<void> prune_journals(
    const pop3::Maildrop& maildrop,
    const std::vector<std::unique_ptr<store::Journal>>& journals,
    std::int64_t now);

}  // namespace mailtool::app
