/// \file
/// JournalRecord: what a journal knows of the messages that share one unique-id
/// and one size.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mailtool::store {

/// Where a unique-id is looked up: 96 bits of a hash whose secret is drawn when
/// the program starts, so that nobody can choose unique-ids that share one.
struct JournalKey {
  std::uint32_t word[3] = {};
  friend auto operator<=>(const JournalKey&, const JournalKey&) = default;
};
[[nodiscard]] JournalKey journal_key(std::string_view uid);

/// 40 octets, for a million of them.
class JournalRecord {
 public:
  static constexpr std::uint64_t kUnknownSize = UINT64_MAX;
  /// Counts stop there.
  static constexpr unsigned kMaxFailures = 255;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// HeaderDigest::value; 0 where it is not known.
  [[nodiscard]] std::uint64_t header_digest() const { return digest_; }
  /// Seconds since 1970.
  [[nodiscard]] std::int64_t first_sight() const { return first_sight_; }
  /// How many messages of this name were fetched, and adopted.
  [[nodiscard]] unsigned fetched() const { return fetched_; }
  [[nodiscard]] unsigned adopted() const { return adopted_; }
  [[nodiscard]] bool known() const { return fetched_ + adopted_ > 0; }
  /// How many runs have failed at it since it was last fetched.
  [[nodiscard]] unsigned failures() const { return failures_; }
  [[nodiscard]] bool skip_was_said() const { return skip_said_; }
  /// The time of a run was over in the midst of it.
  [[nodiscard]] bool cut_short() const { return cut_short_; }
  /// It was missing in the last listing that was looked at for that.
  [[nodiscard]] bool absent() const { return absent_; }
  /// In days since 1970: where it is absent, of the first listing that lacked
  /// it; else of the last failure, 0 when there is none.
  [[nodiscard]] unsigned day() const { return day_; }
  [[nodiscard]] const JournalKey& key() const { return key_; }

 private:
  friend class JournalLoader;

  JournalKey key_;
  std::uint32_t first_sight_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t digest_ = 0;
  std::uint16_t fetched_ = 0;
  std::uint16_t adopted_ = 0;
  std::uint16_t day_ = 0;
  std::uint8_t failures_ = 0;
  bool skip_said_ : 1 = false;
  bool absent_ : 1 = false;
  bool cut_short_ : 1 = false;
};
static_assert(sizeof(JournalRecord) == 40);

/// Records by key, then by size.
struct JournalRecords {
  /// As many buckets as a quarter of so many records, or somewhat more.
  explicit JournalRecords(std::size_t count = 0);

  [[nodiscard]] std::size_t buckets() const { return ends.size(); }
  /// Keys in their order have buckets in their order.
  [[nodiscard]] std::size_t bucket(const JournalKey& key) const {
    return key.word[0] >> shift;
  }
  /// All of this key.
  [[nodiscard]] std::span<const JournalRecord> find(
      const JournalKey& key) const;

  std::vector<JournalRecord> records;
  std::vector<std::uint32_t> ends;  ///< of each bucket, in records
  unsigned shift = 31;
};

/// Today, as JournalRecord::day() counts.
[[nodiscard]] constexpr unsigned journal_day(std::int64_t seconds) {
  return static_cast<unsigned>(seconds / 86400);
}

}  // namespace mailtool::store
