#include "app/fetch_counts.h"

#include <cstdio>

#include "app/parse_tree.h"

namespace mailtool::app {

FetchCounts& FetchCounts::operator+=(const FetchCounts& other) {
  fetched += other.fetched;
  deleted += other.deleted;
  skipped += other.skipped;
  failed += other.failed;
  octets += other.octets;
  adopted += other.adopted;
  imported += other.imported;
  rebased += other.rebased;
  to_fetch += other.to_fetch;
  to_delete += other.to_delete;
  to_skip += other.to_skip;
  to_keep += other.to_keep;
  to_fetch_octets += other.to_fetch_octets;
  return *this;
}

bool FetchCounts::any() const {
  return fetched + deleted + skipped + failed + adopted > 0;
}

std::string FetchCounts::done_text(double seconds) const {
  char time[32];
  std::snprintf(time, sizeof time, " in %.1f s", seconds);
  auto text = std::to_string(fetched) + " fetched (" + size_text(octets) +
              "), " + std::to_string(deleted) + " deleted, " +
              std::to_string(skipped) + " skipped, " + std::to_string(failed) +
              " failed";
  if (adopted > 0) text += ", " + std::to_string(adopted) + " adopted";
  return text + time;
}

std::string FetchCounts::foretold_text() const {
  return "would fetch " + std::to_string(to_fetch) + " (" +
         size_text(to_fetch_octets) + "), delete " + std::to_string(to_delete) +
         ", skip " + std::to_string(to_skip) + ", keep " +
         std::to_string(to_keep);
}

void FetchCounts::write_fields(JsonWriter& json, bool foretold) const {
  json.field("fetched", fetched).field("deleted", deleted);
  json.field("skipped", skipped).field("failed", failed);
  json.field("octets", octets);
  if (adopted > 0) json.field("adopted", adopted);
  if (imported > 0) json.field("imported", imported);
  if (rebased > 0) json.field("rebased", rebased);
  if (!foretold) return;
  json.field("to_fetch", to_fetch).field("to_delete", to_delete);
  json.field("to_skip", to_skip).field("to_keep", to_keep);
  json.field("to_fetch_octets", to_fetch_octets);
}

}  // namespace mailtool::app
