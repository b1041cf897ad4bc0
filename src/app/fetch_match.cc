#include "app/fetch_match.h"

#include <map>

namespace mailtool::app {
namespace {

using Kind = JournalMatch::Kind;

// A record, and how many messages of its name are still to be found.
class Claims {
 public:
  explicit Claims(const store::JournalRecord& record)
      : record_(&record),
        fetched_(record.fetched()),
        adopted_(record.adopted()) {}

  [[nodiscard]] bool any() const { return fetched_ + adopted_ > 0; }
  [[nodiscard]] const store::JournalRecord& record() const { return *record_; }

  /// \pre any()
  JournalMatch take() {
    if (fetched_ > 0) {
      --fetched_;
      return {Kind::fetched, record_};
    }
    --adopted_;
    return {Kind::adopted, record_};
  }

 private:
  const store::JournalRecord* record_;
  unsigned fetched_;
  unsigned adopted_;
};

std::uint64_t listed_size(const pop3::Maildrop& maildrop,
                          std::uint32_t number) {
  return journal_name(maildrop, number).size;
}

// Both are ordered by size.
void match_sizes(const pop3::Maildrop& maildrop,
                 std::span<const std::uint32_t> numbers,
                 std::vector<Claims>& claims,
                 std::vector<JournalMatch>& matches) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto size = listed_size(maildrop, numbers[i]);
    while (at < claims.size() && claims[at].record().size() < size) ++at;
    if (at == claims.size()) return;
    if (claims[at].record().size() == size && claims[at].any()) {
      matches[i] = claims[at].take();
    }
  }
}

// Of a message whose size was not known all is said by its unique-id; but not
// where the journal knows sizes of that id as well.
void match_unknown_size(std::vector<Claims>& claims,
                        std::vector<JournalMatch>& matches) {
  if (claims.size() != 1) return;
  auto& only = claims.front();
  if (only.record().size() != store::Journal::kUnknownSize) return;
  for (auto& match : matches) {
    if (!match.had() && only.any()) match = only.take();
  }
}

void match_headers(std::span<const std::uint32_t> numbers,
                   const HeaderDigests& headers, std::vector<Claims>& claims,
                   std::vector<JournalMatch>& matches) {
  std::multimap<std::uint64_t, Claims*> by_digest;
  bool another = false;
  for (auto& claim : claims) {
    if (!claim.any()) continue;
    another = true;
    const auto digest = claim.record().header_digest();
    if (digest != 0) by_digest.emplace(digest, &claim);
  }
  if (!another) return;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (matches[i].had()) continue;
    matches[i].kind = Kind::used_again;
    const auto asked = headers.find(numbers[i]);
    if (asked == headers.end()) {
      if (!by_digest.empty()) matches[i].kind = Kind::doubtful;
      continue;
    }
    const auto found = by_digest.find(asked->second);
    if (found == by_digest.end()) continue;
    matches[i] = found->second->take();
    if (!found->second->any()) by_digest.erase(found);
  }
}

}  // namespace

void match_messages(const pop3::Maildrop& maildrop,
                    std::span<const std::uint32_t> numbers,
                    std::span<const store::JournalRecord> records,
                    const HeaderDigests& headers,
                    std::vector<JournalMatch>& matches) {
  matches.assign(numbers.size(), {});
  const bool plain = numbers.size() == 1 && records.size() == 1 &&
                     records[0].known() &&
                     records[0].size() == listed_size(maildrop, numbers[0]);
  if (plain) {
    matches[0] = Claims(records[0]).take();
    return;
  }
  std::vector<Claims> claims;
  for (const auto& record : records) {
    if (record.known()) claims.emplace_back(record);
  }
  if (claims.empty()) return;
  match_sizes(maildrop, numbers, claims, matches);
  match_unknown_size(claims, matches);
  match_headers(numbers, headers, claims, matches);
}

}  // namespace mailtool::app
