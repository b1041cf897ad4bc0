/// \file
/// When a message of the queue is tried again, and when it is given up.
#pragma once

#include <cstdint>
#include <optional>

#include "app/queue_state.h"

namespace mailtool::app {

// All in seconds. RFC 5321 section 4.5.4.1 asks for two tries in the first hour
// and 4 to 5 days until a message is given up.
inline constexpr std::int64_t kFirstPause = 5 * 60;
inline constexpr std::int64_t kLongestPause = 4 * 3600;
inline constexpr std::int64_t kGreylistPause = 6 * 60;
inline constexpr std::int64_t kLifetime = 5 * 24 * 3600;
inline constexpr std::int64_t kDelayNotice = 4 * 3600;

/// True when the reply looks like greylisting (RFC 6647): 450 or 451 with
/// 4.7.1 or without an enhanced code but with the word in its text. Such a
/// server wants to see the sender again soon, and then takes the message.
[[nodiscard]] bool is_greylisting(int code, std::string_view enhanced,
                                  std::string_view said);

/// The next try after `recipient.attempts` tries, the last one at `now` (seconds
/// since 1970): 5 min, doubling to 4 h; 6 min after greylisting. nullopt once
/// the message has lived as long as it may. A clock that went back costs no
/// more than the pause.
[[nodiscard]] std::optional<std::int64_t> next_try(
    const QueueState& state, const QueueRecipient& recipient, std::int64_t now);

/// Whether `recipient` is to be tried at `now`. A time further ahead than any
/// pause comes from a clock that was set back since, and counts for nothing;
/// not so QueueState::not_before, which a user chose.
[[nodiscard]] bool is_due(const QueueState& state,
                          const QueueRecipient& recipient, std::int64_t now);

}  // namespace mailtool::app
