#include "app/fetch_reset.h"

#include <algorithm>

#include "app/fetch_headers.h"
#include "app/fetch_rebase_match.h"

namespace mailtool::app {
namespace {

// Fewer than these prove nothing.
constexpr std::size_t kEnough = 3;
// Headers asked for to confirm a suspicion.
constexpr std::size_t kSample = 32;

std::size_t copies(const store::JournalRecord& record) {
  return record.fetched() + record.adopted();
}

// Keys of the unique-ids that the journal has had, sorted.
std::vector<store::JournalKey> keys_had(const pop3::Maildrop& maildrop,
                                        const std::vector<PlannedMessage>& plan,
                                        std::size_t index) {
  std::vector<store::JournalKey> keys;
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    if ((plan[number - 1].had >> index & 1) == 0) continue;
    keys.push_back(store::journal_key(maildrop.uid(number)));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<std::uint64_t> sizes_of(const pop3::Maildrop& maildrop,
                                    const std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint64_t> sizes;
  for (const auto number : numbers) {
    if (const auto octets = maildrop.octets(number)) sizes.push_back(*octets);
  }
  return sizes;
}

// Messages of a size that a missing one with a header has, at most kSample,
// from all over the maildrop.
std::vector<std::uint32_t> sample(const ResetSigns& signs,
                                  const pop3::Maildrop& maildrop,
                                  const store::Journal& journal) {
  std::vector<std::uint64_t> sizes;
  for (const auto index : signs.missing) {
    const auto& record = journal.records()[index];
    if (record.header_digest() != 0) sizes.push_back(record.size());
  }
  std::sort(sizes.begin(), sizes.end());
  std::vector<std::uint32_t> candidates;
  for (const auto number : signs.arrived) {
    const auto octets = maildrop.octets(number);
    if (octets && std::binary_search(sizes.begin(), sizes.end(), *octets)) {
      candidates.push_back(number);
    }
  }
  if (candidates.size() <= kSample) return candidates;
  std::vector<std::uint32_t> chosen;
  for (std::size_t i = 0; i < kSample; ++i) {
    chosen.push_back(candidates[i * candidates.size() / kSample]);
  }
  return chosen;
}

// What the name that --rebase gave a message has of the old one.
class Twins {
 public:
  Twins(std::span<const store::JournalRecord> records,
        const std::vector<std::uint32_t>& missing) {
    for (const auto index : missing) {
      const auto& record = records[index];
      digests_.push_back(record.header_digest());
      sights_.emplace_back(record.first_sight(), record.size());
    }
    std::sort(digests_.begin(), digests_.end());
    std::sort(sights_.begin(), sights_.end());
  }
  [[nodiscard]] bool has(const store::JournalRecord& record) const {
    const auto digest = record.header_digest();
    return (digest != 0 &&
            std::binary_search(digests_.begin(), digests_.end(), digest)) ||
           std::binary_search(
               sights_.begin(), sights_.end(),
               std::make_pair(record.first_sight(), record.size()));
  }

 private:
  std::vector<std::uint64_t> digests_;
  std::vector<std::pair<std::int64_t, std::uint64_t>> sights_;
};

}  // namespace

bool ResetSigns::as_expected() const {
  return expected + twins >= kEnough && expected > 0 &&
         2 * same_size >= expected;
}

bool ResetSigns::alike() const {
  return as_expected() ||
         (same_size >= kEnough && 2 * same_size >= arrived.size());
}

bool ResetSigns::suspicious() const {
  return known + twins >= kEnough && 10 * listed <= known && alike();
}

std::string ResetSigns::in_words() const {
  auto text = listed == 0 ? std::string("none") : std::to_string(listed);
  text += " of " + std::to_string(known) + " known messages " +
          (listed > 1 ? "are" : "is") + " listed, and " +
          std::to_string(same_size) + " new ones have their sizes";
  return text;
}

ResetSigns signs_of_reset(const pop3::Maildrop& maildrop,
                          const std::vector<PlannedMessage>& plan,
                          const store::Journal& journal, std::size_t index) {
  ResetSigns signs;
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    const bool had = (plan[number - 1].had >> index & 1) != 0;
    if (!had && !maildrop.uid(number).empty()) signs.arrived.push_back(number);
  }
  if (signs.arrived.empty()) return signs;
  const auto listed = keys_had(maildrop, plan, index);
  const auto records = journal.records();
  std::vector<std::uint64_t> sizes;
  std::vector<std::uint32_t> there;
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    const auto& record = records[i];
    if (!record.known()) continue;
    signs.known += copies(record);
    if (std::binary_search(listed.begin(), listed.end(), record.key())) {
      signs.listed += copies(record);
      there.push_back(i);
      continue;
    }
    signs.missing.push_back(i);
    if (!record.absent()) signs.expected += copies(record);
    if (record.size() == store::JournalRecord::kUnknownSize) continue;
    sizes.insert(sizes.end(), copies(record), record.size());
  }
  signs.same_size =
      shared_sizes(std::move(sizes), sizes_of(maildrop, signs.arrived));
  if (signs.same_size == 0) return signs;
  const Twins twins(records, signs.missing);
  for (const auto i : there) {
    if (twins.has(records[i])) signs.twins += copies(records[i]);
  }
  signs.known -= std::min(signs.known, 2 * signs.twins);
  signs.listed -= signs.twins;
  signs.expected -= std::min(signs.expected, signs.twins);
  return signs;
}

Result<bool> confirm_reset(const ResetSigns& signs,
                           const pop3::Maildrop& maildrop,
                           const store::Journal& journal,
                           client::Pop3Client& client) {
  std::size_t compared = 0;
  std::size_t same = 0;
  bool shared = false;  // a header that may be that of many messages
  const auto numbers = sample(signs, maildrop, journal);
  if (!numbers.empty()) {
    const auto digests = header_digests(client, numbers);
    if (!digests) return digests.error();
    std::vector<std::uint64_t> missing;
    for (const auto index : signs.missing) {
      missing.push_back(journal.records()[index].header_digest());
    }
    std::sort(missing.begin(), missing.end());
    for (const auto digest : *digests) {
      if (digest == 0) continue;
      const bool had =
          std::binary_search(missing.begin(), missing.end(), digest);
      const bool names_none = had && digest % 2 == 0;
      shared |= names_none;
      compared += !names_none;
      same += had && !names_none;
    }
  }
  if (compared > 0) return 2 * same >= compared;
  return !shared && signs.as_expected();
}

}  // namespace mailtool::app
