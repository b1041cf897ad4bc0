#include "store/journal_loader.h"

#include <algorithm>
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
  entries_.push_back({journal_key(line.uid),
                      static_cast<std::uint32_t>(entries_.size()), line.size,
                      line.digest,
                      static_cast<std::uint32_t>(
                          std::min<std::int64_t>(line.time, UINT32_MAX)),
                      line.mark});
}

void JournalLoader::apply(const Entry& entry, JournalRecord& record) {
  const auto day = static_cast<std::uint16_t>(journal_day(entry.time));
  const auto settle = [&record] {
    record.failures_ = 0;
    record.skip_said_ = record.absent_ = false;
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
    default:  // '>'
      record.skip_said_ = true;
  }
  if (record.first_sight_ == 0 || entry.time < record.first_sight_) {
    record.first_sight_ = entry.time;
  }
  if (record.digest_ == 0) record.digest_ = entry.digest;
}

std::vector<JournalRecord> JournalLoader::records() {
  const auto name = [](const Entry& entry) {
    return std::tie(entry.key, entry.size);
  };
  std::sort(entries_.begin(), entries_.end(),
            [&name](const Entry& a, const Entry& b) {
              return name(a) != name(b) ? name(a) < name(b) : a.order < b.order;
            });
  std::vector<JournalRecord> records;
  std::size_t names = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    names += i == 0 || name(entries_[i]) != name(entries_[i - 1]);
  }
  records.reserve(names);
  for (std::size_t i = 0; i < entries_.size();) {
    const auto first = i;
    JournalRecord record;
    record.key_ = entries_[i].key;
    record.size_ = entries_[i].size;
    for (; i < entries_.size() && name(entries_[i]) == name(entries_[first]);
         ++i) {
      apply(entries_[i], record);
    }
    const bool live =
        record.known() || record.failures_ > 0 || record.skip_said_;
    if (live) records.push_back(record);
  }
  entries_ = {};
  return records;
}

std::uint64_t JournalLoader::lines_of(const JournalRecord& record) {
  return std::uint64_t{record.fetched()} + record.adopted() +
         record.failures() + record.skip_was_said() + record.absent();
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
  if (record.absent()) add('?', record.day() * kDay, 0);
}

}  // namespace mailtool::store
