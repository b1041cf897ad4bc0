/// \file
/// DeliveryKey: what a delivered message is recognised by.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::store {

/// Names one message for good: the same message from the same account has the
/// same key in every run. It is part of file names, so that a run after a
/// crash recognises what an earlier one delivered.
using DeliveryKey = std::array<std::uint8_t, 16>;

/// 32 digits in lower case.
[[nodiscard]] std::string to_string(const DeliveryKey& key);
/// The inverse; nullopt for anything else.
[[nodiscard]] std::optional<DeliveryKey> parse_delivery_key(
    std::string_view digits);

/// A set of keys: 16 octets each, so that a million may be known.
class DeliveryKeys {
 public:
  void add(const DeliveryKey& key);
  [[nodiscard]] bool contains(const DeliveryKey& key) const;

 private:
  std::vector<DeliveryKey> sorted_;
  std::vector<DeliveryKey> recent_;  // few, merged into sorted_
};

}  // namespace mailtool::store
