#include "client/uid_bitmap.h"

#include <gtest/gtest.h>

#include <set>

namespace mailtool::client {
namespace {

TEST(UidBitmap, TellsWhatItHas) {
  UidBitmap seen;
  EXPECT_TRUE(seen.empty());
  for (const std::uint32_t uid : {7u, 1u, 65'535u, 65'536u, 4'294'967'295u}) {
    EXPECT_FALSE(seen.contains(uid));
    EXPECT_TRUE(seen.insert(uid));
    EXPECT_FALSE(seen.insert(uid));
    EXPECT_TRUE(seen.contains(uid));
  }
  EXPECT_FALSE(seen.contains(8));
  EXPECT_EQ(to_wire(seen.to_set()), "1,7,65535:65536,*");
}

TEST(UidBitmap, BecomesABitmapWhenThereAreMany) {
  UidBitmap seen;
  std::set<std::uint32_t> expected;
  std::uint32_t uid = 1;
  for (int i = 0; i < 60'000; ++i) {
    uid = uid * 75 % 65'537 + 65'536;  // all over two pages
    EXPECT_EQ(seen.insert(uid), expected.insert(uid).second);
  }
  std::vector<imap::Range> ranges;
  for (const auto one : expected) {
    EXPECT_TRUE(seen.contains(one));
    ranges.push_back({one, one});
  }
  EXPECT_EQ(seen.to_set(), imap::SequenceSet(std::move(ranges)));
}

}  // namespace
}  // namespace mailtool::client
