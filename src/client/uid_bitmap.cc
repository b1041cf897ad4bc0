#include "client/uid_bitmap.h"

#include <algorithm>

namespace mailtool::client {
namespace {

// As many as a bitmap has room for in the same octets.
constexpr std::size_t kFew = 4096;
constexpr std::size_t kWords = 65'536 / 64;

constexpr std::uint16_t page_of(std::uint32_t uid) {
  return static_cast<std::uint16_t>(uid >> 16);
}

constexpr std::uint16_t place_of(std::uint32_t uid) {
  return static_cast<std::uint16_t>(uid & 0xffff);
}

constexpr std::uint64_t bit_of(std::uint16_t place) {
  return std::uint64_t{1} << (place % 64);
}

void add(std::vector<imap::Range>& ranges, std::uint32_t uid) {
  if (!ranges.empty() && ranges.back().last + 1 == uid) {
    ranges.back().last = uid;
  } else {
    ranges.push_back({uid, uid});
  }
}

}  // namespace

bool UidBitmap::insert(std::uint32_t uid) {
  auto& page = pages_[page_of(uid)];
  const auto place = place_of(uid);
  if (page.bits.empty()) {
    const auto at = std::lower_bound(page.few.begin(), page.few.end(), place);
    if (at != page.few.end() && *at == place) return false;
    if (page.few.size() < kFew) {
      page.few.insert(at, place);
      return true;
    }
    page.bits.resize(kWords);
    for (const auto one : page.few) page.bits[one / 64] |= bit_of(one);
    page.few = {};
  }
  auto& word = page.bits[place / 64];
  if ((word & bit_of(place)) != 0) return false;
  word |= bit_of(place);
  return true;
}

bool UidBitmap::contains(std::uint32_t uid) const {
  const auto page = pages_.find(page_of(uid));
  if (page == pages_.end()) return false;
  const auto place = place_of(uid);
  const auto& [few, bits] = page->second;
  if (bits.empty()) return std::binary_search(few.begin(), few.end(), place);
  return (bits[place / 64] & bit_of(place)) != 0;
}

imap::SequenceSet UidBitmap::to_set() const {
  std::vector<imap::Range> ranges;
  for (const auto& [number, page] : pages_) {
    const auto base = static_cast<std::uint32_t>(number) << 16;
    for (const auto place : page.few) add(ranges, base + place);
    for (std::uint32_t place = 0; place < page.bits.size() * 64; ++place) {
      if ((page.bits[place / 64] >> (place % 64) & 1) != 0) {
        add(ranges, base + place);
      }
    }
  }
  return imap::SequenceSet(std::move(ranges));
}

}  // namespace mailtool::client
