#include "app/fetch_match.h"

#include <algorithm>
#include <map>

namespace mailtool::app {
namespace {

using Kind = JournalMatch::Kind;
constexpr auto kUnknownSize = store::Journal::kUnknownSize;

// Of a header with a Message-ID: evidence enough to delete by.
bool names_message(std::uint64_t digest) { return digest % 2 == 1; }

// A record, and how many messages of its name are still to be found.
class Claims {
 public:
  explicit Claims(const store::JournalRecord& record)
      : record_(&record),
        left_(record.fetched() + record.adopted()),
        kind_(record.adopted() > 0 ? Kind::adopted : Kind::fetched) {}

  [[nodiscard]] bool any() const { return left_ > 0; }
  [[nodiscard]] unsigned left() const { return left_; }
  [[nodiscard]] const store::JournalRecord& record() const { return *record_; }
  /// fetched where all were: which of them was adopted, nobody can tell.
  [[nodiscard]] Kind kind() const { return kind_; }

  /// \pre any()
  JournalMatch take(Kind kind) {
    --left_;
    return {kind, record_};
  }
  JournalMatch take() { return take(kind_); }
  void give_up() { left_ = 0; }

 private:
  const store::JournalRecord* record_;
  unsigned left_;
  Kind kind_;
};

class Matcher {
 public:
  Matcher(const pop3::Maildrop& maildrop,
          std::span<const std::uint32_t> numbers, std::vector<Claims>& claims,
          const HeaderDigests& headers, std::vector<JournalMatch>& matches)
      : maildrop_(maildrop),
        numbers_(numbers),
        claims_(claims),
        headers_(headers),
        matches_(matches) {}

  void by_size();
  void by_header();
  void by_name_alone();

 private:
  [[nodiscard]] std::uint64_t size(std::size_t i) const {
    return journal_name(maildrop_, numbers_[i]).size;
  }
  [[nodiscard]] bool open(std::size_t i) const {
    return matches_[i].kind == Kind::none ||
           matches_[i].kind == Kind::used_again;
  }
  [[nodiscard]] Kind kind_by_header(std::size_t i, const Claims& claim) const;
  void too_many(std::size_t begin, std::size_t end, Claims& claim);

  const pop3::Maildrop& maildrop_;
  std::span<const std::uint32_t> numbers_;
  std::vector<Claims>& claims_;
  const HeaderDigests& headers_;
  std::vector<JournalMatch>& matches_;
};

// More are listed of one size than are known of it: which of them are new, the
// header says, or nobody. Then all are fetched.
void Matcher::too_many(std::size_t begin, std::size_t end, Claims& claim) {
  const auto digest = claim.record().header_digest();
  const bool adopted = claim.kind() == Kind::adopted;
  const auto asked = [&](auto number) { return headers_.contains(number); };
  const auto group = numbers_.subspan(begin, end - begin);
  const bool doubtful =
      names_message(digest) && !std::all_of(group.begin(), group.end(), asked);
  for (std::size_t i = begin; i < end; ++i) {
    matches_[i].kind = doubtful ? Kind::doubtful : Kind::used_again;
    matches_[i].maybe_adopted = adopted;
    if (doubtful || !names_message(digest) || !claim.any()) continue;
    if (headers_.at(numbers_[i]) == digest) matches_[i] = claim.take();
  }
  if (!names_message(digest)) claim.give_up();
}

// Both are ordered by size.
void Matcher::by_size() {
  std::size_t at = 0;
  for (std::size_t i = 0; i < numbers_.size();) {
    const auto octets = size(i);
    const auto begin = i;
    while (i < numbers_.size() && size(i) == octets) ++i;
    if (octets == kUnknownSize) return;
    while (at < claims_.size() && claims_[at].record().size() < octets) ++at;
    if (at == claims_.size()) return;
    auto& claim = claims_[at];
    if (claim.record().size() != octets) continue;
    if (i - begin > claim.left()) {
      too_many(begin, i, claim);
      continue;
    }
    for (auto n = begin; n < i; ++n) matches_[n] = claim.take();
  }
}

// What the same header makes of it. The header of a device may be the same each
// time, and a size that is unknown is no other evidence.
Kind Matcher::kind_by_header(std::size_t i, const Claims& claim) const {
  const auto& record = claim.record();
  const bool size_lacks =
      size(i) == kUnknownSize || record.size() == kUnknownSize;
  if (!names_message(record.header_digest())) {
    return claim.kind() == Kind::adopted || size_lacks ? Kind::adopted
                                                       : Kind::used_again;
  }
  const bool other_name = size(i) == kUnknownSize && size(i) != record.size();
  return other_name ? Kind::adopted : claim.kind();
}

void Matcher::by_header() {
  std::multimap<std::uint64_t, Claims*> by_digest;
  bool any = false;
  for (auto& claim : claims_) {
    any |= claim.any();
    const auto digest = claim.record().header_digest();
    if (claim.any() && digest != 0) by_digest.emplace(digest, &claim);
  }
  if (!any) return;
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    if (!open(i)) continue;
    matches_[i].kind = Kind::used_again;
    const auto asked = headers_.find(numbers_[i]);
    if (asked == headers_.end()) {
      const auto tells = [&](const auto& entry) {
        return entry.second->any() &&
               kind_by_header(i, *entry.second) != Kind::used_again;
      };
      if (std::any_of(by_digest.begin(), by_digest.end(), tells)) {
        matches_[i].kind = Kind::doubtful;
      }
      continue;
    }
    const auto found = by_digest.find(asked->second);
    if (found == by_digest.end()) continue;
    const auto kind = kind_by_header(i, *found->second);
    if (kind == Kind::used_again) continue;
    matches_[i] = found->second->take(kind);
    if (!found->second->any()) by_digest.erase(found);
  }
}

// Where a size is not known, or nothing but the unique-id was noted at its
// adoption, and no header tells. It is not fetched again, and never deleted;
// but not where the journal knows other messages of that id.
void Matcher::by_name_alone() {
  if (claims_.size() != 1) return;
  auto& only = claims_.front();
  const auto& record = only.record();
  for (std::size_t i = 0; i < numbers_.size() && only.any(); ++i) {
    if (!open(i)) continue;
    const bool size_lacks =
        size(i) == kUnknownSize || record.size() == kUnknownSize;
    if (!size_lacks && only.kind() != Kind::adopted) continue;
    const auto asked = headers_.find(numbers_[i]);
    const bool untold = record.header_digest() == 0 ||
                        (asked != headers_.end() && asked->second == 0);
    if (untold) matches_[i] = only.take(Kind::adopted);
  }
}

}  // namespace

void match_messages(const pop3::Maildrop& maildrop,
                    std::span<const std::uint32_t> numbers,
                    std::span<const store::JournalRecord> records,
                    const HeaderDigests& headers,
                    std::vector<JournalMatch>& matches) {
  matches.assign(numbers.size(), {});
  const auto size = journal_name(maildrop, numbers[0]).size;
  const bool plain = numbers.size() == 1 && records.size() == 1 &&
                     records[0].known() && records[0].size() == size &&
                     size != kUnknownSize;
  if (plain) {
    matches[0] = Claims(records[0]).take();
    return;
  }
  std::vector<Claims> claims;
  for (const auto& record : records) {
    if (record.known()) claims.emplace_back(record);
  }
  if (claims.empty()) return;
  Matcher matcher(maildrop, numbers, claims, headers, matches);
  matcher.by_size();
  matcher.by_header();
  matcher.by_name_alone();
}

}  // namespace mailtool::app
