#include "app/queue_served_way.h"

#include <algorithm>

namespace mailtool::app {

Result<ServedWay> read_served_way(const store::QueueFolder& folder) {
  const auto text = folder.way();
  if (!text) return text.error();
  if (text->empty()) return ServedWay{};
  auto way = parse_served_way(*text);
  if (way) return way;
  return Error{ErrorKind::config, "makes no sense", folder.path() + "/way", "",
               "the next start of the server writes another"};
}

Result<void> write_served_way(const store::QueueFolder& folder, ServedWay way,
                              std::int64_t now) {
  // One that makes no sense is replaced.
  const auto before = read_served_way(folder);
  if (before && before->since != 0 && before->options == way.options &&
      before->own == way.own) {
    return {};
  }
  // Later than any before, also where the clock was set back.
  way.since = before ? std::max(now, before->since + 1) : now;
  return folder.set_way(to_toml(way));
}

void due_by_new_way(QueueState& state, std::int64_t since) {
  if (!state.served || state.tried_way >= since) return;
  for (auto& one : state.recipients) {
    if (one.outcome == QueueOutcome::waiting) one.next_try = 0;
  }
}

}  // namespace mailtool::app
