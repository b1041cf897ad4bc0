// Why a message is fetched, kept, deleted or skipped, in words.

#include "app/fetch_plan.h"

namespace mailtool::app {
namespace {

std::string counted(std::int64_t count, std::string_view unit) {
  return std::to_string(count) + " " + std::string(unit) +
         (count == 1 ? "" : "s");
}

std::string in_words(std::int64_t seconds) {
  if (seconds >= 2 * 86400 || seconds == 86400) {
    return counted(seconds / 86400, "day");
  }
  if (seconds >= 2 * 3600 || seconds == 3600) {
    return counted(seconds / 3600, "hour");
  }
  if (seconds >= 2 * 60 || seconds == 60) {
    return counted(seconds / 60, "minute");
  }
  return counted(seconds, "second");
}

std::string age(const PlannedMessage& message, const FetchOptions& options,
                std::int64_t now) {
  const auto seen = std::max<std::int64_t>(0, now - message.first_sight);
  return "first seen " + in_words(seen) + " ago, deleted after " +
         in_words(options.delete_after ? options.delete_after->count() : 0);
}

}  // namespace

std::string why(const PlannedMessage& message, const FetchOptions& options,
                std::int64_t now) {
  const auto last = std::to_string(options.keep_last.value_or(0));
  switch (message.reason) {
    case PlanReason::new_message: return "new";
    case PlanReason::used_again:
      return "unique id used again for another message";
    case PlanReason::lacking: return "not yet in every destination";
    case PlanReason::asked_for: return "known, and --all";
    case PlanReason::retried:
      return "tried again after " + counted(message.failures, "failure");
    case PlanReason::known: return "known";
    case PlanReason::adopted: return "adopted, never deleted here";
    case PlanReason::to_adopt: return "would be adopted";
    case PlanReason::too_young:
    case PlanReason::old_enough: return age(message, options, now);
    case PlanReason::among_last: return "among the last " + last;
    case PlanReason::not_among_last: return "not among the last " + last;
    case PlanReason::too_large: return "larger than --max-size";
    case PlanReason::set_aside:
      return "set aside after " + counted(message.failures, "failure");
    case PlanReason::limit: return "beyond --limit";
    case PlanReason::no_unique_id:
      return "without a unique id it can be fetched only to be deleted";
    case PlanReason::no_room: return "no room on the disk";
    case PlanReason::line_lost: return "the line was lost in it";
  }
  return "";
}

}  // namespace mailtool::app
