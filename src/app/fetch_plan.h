/// \file
/// FetchPlan: what is to be done with each message of a maildrop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "app/fetch_options.h"
#include "mailtool/pop3/listing.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

enum class FetchAction : std::uint8_t { fetch, skip, remove, keep };

/// "fetch", "skip", "delete", "keep": as --list and --json say it.
[[nodiscard]] std::string_view to_string(FetchAction action);

/// Why a message that is not known is not fetched.
enum class SkipReason : std::uint8_t { none, too_large, set_aside, limit };
[[nodiscard]] std::string_view to_string(SkipReason reason);

struct PlannedMessage {
  FetchAction action = FetchAction::keep;
  SkipReason reason = SkipReason::none;
  std::uint8_t wanted = 0;  ///< bit i: destination i has not had it
  std::uint8_t had = 0;     ///< bit i: destination i has had it before
  bool known = false;       ///< every destination has had it
  /// May be deleted once every destination that wants it has it: each of the
  /// others got it from us, none of them merely adopted it.
  bool ours = false;
  bool ambiguous = false;  ///< no unique-id, or one that others share
  bool safe = false;       ///< fetched in this run, and in every journal
};

/// Failed runs after which a message is set aside.
inline constexpr unsigned kFailuresToSetAside = 3;

/// Entry n-1 is message n. A message is known to a destination when its
/// journal has the same unique-id with the same size: servers reuse ids. Of
/// messages that share both, as many are known as the journal counts.
[[nodiscard]] std::vector<PlannedMessage> make_plan(
    const FetchOptions& options, const pop3::Maildrop& maildrop,
    const std::vector<std::unique_ptr<store::Journal>>& journals);

/// What journals call message `number`.
[[nodiscard]] store::Journal::Message journal_name(
    const pop3::Maildrop& maildrop, std::uint32_t number);

}  // namespace mailtool::app
