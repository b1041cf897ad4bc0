/// \file
/// FetchPlan: what is to be done with each message of a maildrop, and why.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/fetch_options.h"
#include "mailtool/pop3/listing.h"
#include "mailtool/store/journal.h"

namespace mailtool::app {

enum class FetchAction : std::uint8_t { fetch, skip, remove, keep };

/// "fetch", "skip", "delete", "keep": as --list and --json say it.
[[nodiscard]] std::string_view to_string(FetchAction action);

enum class PlanReason : std::uint8_t {
  new_message,
  used_again,  ///< its unique-id was another message's
  lacking,     ///< some destinations have it, some do not
  asked_for,   ///< known, and --all
  retried,     ///< it failed in earlier runs
  known,
  adopted,     ///< known, and not ours to delete
  to_adopt,    ///< new, and --adopt would make it known
  too_young,   ///< for --delete-after
  among_last,  ///< for --keep-last
  old_enough,
  not_among_last,
  too_large,  ///< for --max-size
  set_aside,
  limit,
  no_unique_id,  ///< it could not be known again, and stays on the server
  no_room,       ///< on the disk it would go to
  line_lost,     ///< the line was lost in it, in this run
};

struct PlannedMessage {
  FetchAction action = FetchAction::keep;
  PlanReason reason = PlanReason::new_message;
  std::uint8_t wanted = 0;        ///< bit i: destination i is to have it
  std::uint8_t had = 0;           ///< bit i: destination i has had it before
  std::uint8_t failures = 0;      ///< runs that failed at it, at most 255
  std::uint32_t first_sight = 0;  ///< seconds since 1970; 0: not known
  bool known : 1 = false;         ///< every destination has had it
  /// May be deleted once every destination that wants it has it: each of the
  /// others got it from us, none of them merely adopted it, none set it aside.
  bool ours : 1 = false;
  bool old_enough : 1 = false;  ///< --delete-after and --keep-last let it go
  bool ambiguous : 1 = false;   ///< no unique-id, or one that others share
  bool retrieved : 1 = false;   ///< RETR was answered with it in this run
  bool cut_short : 1 = false;  ///< --deadline ended a run in the midst of it
  bool safe : 1 = false;        ///< fetched in this run, and in every journal

  /// Those of delay 0 are fetched first, then those that failed before, then
  /// those that took longer than a whole run.
  [[nodiscard]] unsigned delay() const {
    return cut_short ? 2 : failures > 0 ? 1 : 0;
  }
};

/// HeaderDigest::value by number, of messages that were asked for it; 0 where
/// the server would not say.
using HeaderDigests = std::map<std::uint32_t, std::uint64_t>;

/// A journal and the name it is to have for a message: its size has become
/// known, or the server lists another one than before.
struct LearntSize {
  std::uint32_t number = 0;
  std::uint8_t journal = 0;
  bool adopted = false;
  std::uint64_t old_size = 0;
  std::uint64_t header_digest = 0;
  std::int64_t first_sight = 0;
};

struct FetchPlan {
  std::vector<PlannedMessage> messages;  ///< entry n-1 is message n
  std::vector<LearntSize> learnt;
  /// Messages whose unique-id is known with another size, and whose header
  /// would tell whether they are the same. Until it does, they are new.
  std::vector<std::uint32_t> doubtful;
};

/// A message is known to a destination when its journal has the same unique-id
/// with the same size, or with a size not known; or, where `headers` says so,
/// with another size and the same header: servers use ids again, and their
/// sizes lie. Of messages that share a name, as many are known as the journal
/// counts. `now` is in seconds since 1970.
[[nodiscard]] FetchPlan make_plan(
    const FetchOptions& options, const pop3::Maildrop& maildrop,
    const std::vector<std::unique_ptr<store::Journal>>& journals,
    std::int64_t now, const HeaderDigests& headers = {});

/// The reason in words: "new", "first seen 3 days ago, deleted after 7 days".
[[nodiscard]] std::string why(const PlannedMessage& message,
                              const FetchOptions& options, std::int64_t now);

/// What journals call message `number`.
[[nodiscard]] store::Journal::Message journal_name(
    const pop3::Maildrop& maildrop, std::uint32_t number);

}  // namespace mailtool::app
