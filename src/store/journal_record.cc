#include "mailtool/store/journal_record.h"

#include <algorithm>

namespace mailtool::store {
namespace {

constexpr std::size_t kRecordsOfABucket = 4;

const JournalKey& key_of(const JournalKey& key) { return key; }
const JournalKey& key_of(const JournalRecord& record) { return record.key(); }

}  // namespace

JournalRecords::JournalRecords(std::size_t count) {
  const auto buckets =
      std::min<std::size_t>(count / kRecordsOfABucket, 1u << 30);
  while ((std::size_t{1} << (32 - shift)) < buckets) --shift;
  ends.resize(std::size_t{1} << (32 - shift));
}

std::span<const JournalRecord> JournalRecords::find(
    const JournalKey& key) const {
  const auto at = bucket(key);
  const auto begin = records.begin() + (at == 0 ? 0 : ends[at - 1]);
  const auto [first, last] = std::equal_range(
      begin, records.begin() + ends[at], key,
      [](const auto& a, const auto& b) { return key_of(a) < key_of(b); });
  return {first, last};
}

}  // namespace mailtool::store
