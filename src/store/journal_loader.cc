#include "store/journal_loader.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace mailtool::store {
namespace {

constexpr std::int64_t kDay = 86400;

template <typename Counter>
void count(Counter& counter) {
  if (counter < static_cast<Counter>(~Counter{})) ++counter;
}

}  // namespace

void JournalLoader::take(const JournalLine& line) {
  const auto time = std::min<std::int64_t>(line.time, UINT32_MAX);
  entries_.push_back({journal_key(line.uid), line.size, line.digest,
                      static_cast<std::uint32_t>(time), line.mark});
}

void JournalLoader::apply(const Entry& entry, JournalRecord& record) {
  const auto day = static_cast<std::uint16_t>(journal_day(entry.time));
  const auto settle = [&record] {
    record.failures_ = 0;
    record.skip_said_ = record.absent_ = record.cut_short_ = false;
    record.day_ = 0;
  };
  switch (entry.mark) {
    case '-':
      if (record.fetched_ > 0) {
        --record.fetched_;
      } else if (record.adopted_ > 0) {
        --record.adopted_;
      }
      settle();
      if (!record.known()) record.first_sight_ = 0, record.digest_ = 0;
      return;
    case '?':
      if (!record.absent_) record.day_ = day;
      record.absent_ = true;
      return;
    case '=':
      if (record.absent_) record.day_ = 0;
      record.absent_ = false;
      return;
    case '+':
      count(record.fetched_);
      settle();
      break;
    case '~':
      count(record.adopted_);
      settle();
      break;
    case '!':
      count(record.failures_);
      record.day_ = day;
      record.absent_ = false;
      break;
    case '<':
      record.cut_short_ = true;
      break;
    default:  // '>'
      record.skip_said_ = true;
  }
  if (record.first_sight_ == 0 || entry.time < record.first_sight_) {
    record.first_sight_ = entry.time;
  }
  if (record.digest_ == 0) record.digest_ = entry.digest;
}

// Keys are spread evenly: entries of one bucket are few, unless they bear one
// unique-id, and looked at together.
JournalRecords JournalLoader::records() {
  JournalRecords made(entries_.size());
  std::vector<std::uint32_t> starts(made.buckets() + 1);
  for (const auto& entry : entries_) ++starts[made.bucket(entry.key) + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<std::uint32_t> order(entries_.size());
  {
    auto next = starts;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      order[next[made.bucket(entries_[i].key)]++] = i;
    }
  }
  for (std::size_t bucket = 0; bucket < made.buckets(); ++bucket) {
    fold({order.data() + starts[bucket], order.data() + starts[bucket + 1]},
         made.records);
    made.ends[bucket] = static_cast<std::uint32_t>(made.records.size());
  }
  entries_ = {};
  return made;
}

void JournalLoader::fold(std::span<std::uint32_t> order,
                         std::vector<JournalRecord>& records) const {
  const auto name = [this](std::uint32_t index) {
    return std::tie(entries_[index].key, entries_[index].size);
  };
  std::sort(order.begin(), order.end(),
            [&name](std::uint32_t a, std::uint32_t b) {
              return name(a) != name(b) ? name(a) < name(b) : a < b;
            });
  for (std::size_t i = 0; i < order.size();) {
    const auto first = order[i];
    JournalRecord record;
    record.key_ = entries_[first].key;
    record.size_ = entries_[first].size;
    for (; i < order.size() && name(order[i]) == name(first); ++i) {
      apply(entries_[order[i]], record);
    }
    const bool live =
        record.known() || record.failures_ > 0 || record.skip_said_ ||
        record.cut_short_;
    if (live) records.push_back(record);
  }
}

std::uint64_t JournalLoader::lines_of(const JournalRecord& record) {
  return std::uint64_t{record.fetched()} + record.adopted() +
         record.failures() + record.skip_was_said() + record.cut_short() +
         record.absent();
}

// In an order that leads back to the same record: what is known settles what
// went before.
void JournalLoader::append_lines(std::string_view uid,
                                 const JournalRecord& record, std::string& to) {
  const auto add = [&](char mark, std::int64_t time, std::uint64_t digest) {
    append_journal_line({mark, uid, record.size(), time, digest}, to);
  };
  for (unsigned i = 0; i < record.fetched(); ++i) {
    add('+', record.first_sight(), record.header_digest());
  }
  for (unsigned i = 0; i < record.adopted(); ++i) {
    add('~', record.first_sight(), record.header_digest());
  }
  for (unsigned i = 0; i < record.failures(); ++i) {
    add('!', record.day() * kDay, 0);
  }
  if (record.skip_was_said()) add('>', record.first_sight(), 0);
  if (record.cut_short()) add('<', record.first_sight(), 0);
  if (record.absent()) add('?', record.day() * kDay, 0);
}

}  // namespace mailtool::store
