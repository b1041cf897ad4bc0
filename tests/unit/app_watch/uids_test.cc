#include "app/imap_watch_uids.h"

#include <gtest/gtest.h>

#include <random>

namespace mailtool::app {
namespace {

imap::SequenceSet set(std::string_view text) {
  return *imap::parse_sequence_set(text);
}

TEST(KnownUids, NumbersMoveUp) {
  KnownUids known;
  ASSERT_TRUE(known.assign(set("2,4:6,9")));
  EXPECT_EQ(known.size(), 5u);
  EXPECT_EQ(known.at(1), 2u);
  EXPECT_EQ(known.at(5), 9u);
  EXPECT_EQ(known.take(2), 4u);
  EXPECT_EQ(known.take(2), 5u);
  EXPECT_EQ(known.at(2), 6u);
  EXPECT_EQ(known.all(), set("2,6,9"));
  ASSERT_TRUE(known.append(set("9:11")));
  EXPECT_EQ(known.all(), set("2,6,9:11"));
}

TEST(KnownUids, NumbersThatAreNone) {
  KnownUids known;
  EXPECT_EQ(known.at(1), std::nullopt);
  EXPECT_EQ(known.take(1), std::nullopt);
  ASSERT_TRUE(known.assign(set("7")));
  EXPECT_EQ(known.at(0), std::nullopt);
  EXPECT_EQ(known.take(2), std::nullopt);
  EXPECT_EQ(known.take(4294967295), std::nullopt);
  EXPECT_EQ(known.take(1), 7u);
  EXPECT_EQ(known.size(), 0u);
  EXPECT_TRUE(known.all().empty());
}

TEST(KnownUids, NothingIsAllocatedByAClaim) {
  KnownUids known;
  EXPECT_FALSE(known.assign(set("1:4294967295")));
  EXPECT_EQ(known.size(), 0u);
  ASSERT_TRUE(known.assign(set("1:4000000")));
  EXPECT_FALSE(known.append(set("4000001")));
}

TEST(KnownUids, AsAListWouldDo) {
  std::minstd_rand chance(7);
  std::vector<std::uint32_t> list;
  imap::SequenceSet all;
  for (std::uint32_t uid = 1; uid <= 20'000; ++uid) {
    if (chance() % 3 == 0) continue;
    list.push_back(uid);
    all.add(uid);
  }
  KnownUids known;
  ASSERT_TRUE(known.assign(all));
  while (!list.empty()) {
    const auto at = chance() % list.size();
    ASSERT_EQ(known.at(at + 1), list[at]);
    ASSERT_EQ(known.take(at + 1), list[at]);
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
    ASSERT_EQ(known.size(), list.size());
  }
}

}  // namespace
}  // namespace mailtool::app
