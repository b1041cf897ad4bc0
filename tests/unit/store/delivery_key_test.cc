#include "mailtool/store/delivery_key.h"

#include <gtest/gtest.h>

namespace mailtool::store {
namespace {

DeliveryKey numbered(std::uint32_t n) {
  DeliveryKey key{};
  for (std::size_t i = 0; i < 4; ++i) {
    key[i] = static_cast<std::uint8_t>(n * 2654435761u >> 8 * i);
  }
  return key;
}

TEST(DeliveryKey, ReadsBackAsWritten) {
  const auto key = numbered(77);
  EXPECT_EQ(parse_delivery_key(to_string(key)), key);
  EXPECT_EQ(to_string(key).size(), 32u);
}

TEST(DeliveryKey, NoKeys) {
  const auto good = to_string(numbered(1));
  auto upper = good;
  upper[0] = 'A';
  auto strange = good;
  strange[31] = 'g';
  for (const auto& text :
       {std::string(), good + "0", good.substr(1), upper, strange}) {
    EXPECT_FALSE(parse_delivery_key(text)) << text;
  }
}

TEST(DeliveryKeys, KnowsWhatWasAddedHoweverMany) {
  DeliveryKeys keys;
  EXPECT_FALSE(keys.contains(numbered(1)));
  const std::uint32_t count = 100'000;
  for (std::uint32_t n = 0; n < count; ++n) keys.add(numbered(2 * n));
  for (std::uint32_t n = 0; n < count; n += 997) {
    EXPECT_TRUE(keys.contains(numbered(2 * n))) << n;
    EXPECT_FALSE(keys.contains(numbered(2 * n + 1))) << n;
  }
  EXPECT_TRUE(keys.contains(numbered(2 * (count - 1))));
}

}  // namespace
}  // namespace mailtool::store
