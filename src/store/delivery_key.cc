#include "mailtool/store/delivery_key.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kRecent = 1024;

int digit(char c) {
  if (is_digit(c)) return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string to_string(const DeliveryKey& key) {
  std::string text;
  for (const auto octet : key) {
    text += "0123456789abcdef"[octet >> 4];
    text += "0123456789abcdef"[octet & 15];
  }
  return text;
}

std::optional<DeliveryKey> parse_delivery_key(std::string_view digits) {
  DeliveryKey key;
  if (digits.size() != 2 * key.size()) return std::nullopt;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int high = digit(digits[2 * i]);
    const int low = digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return key;
}

// Sorting costs n log n: done often enough that looking through what is not
// sorted stays short, and rarely enough that adding many stays cheap.
void DeliveryKeys::add(const DeliveryKey& key) {
  recent_.push_back(key);
  if (recent_.size() < kRecent + sorted_.size() / 64) return;
  std::sort(recent_.begin(), recent_.end());
  const auto middle = static_cast<std::ptrdiff_t>(sorted_.size());
  sorted_.insert(sorted_.end(), recent_.begin(), recent_.end());
  std::inplace_merge(sorted_.begin(), sorted_.begin() + middle, sorted_.end());
  recent_.clear();
}

bool DeliveryKeys::contains(const DeliveryKey& key) const {
  return std::binary_search(sorted_.begin(), sorted_.end(), key) ||
         std::find(recent_.begin(), recent_.end(), key) != recent_.end();
}

}  // namespace mailtool::store
