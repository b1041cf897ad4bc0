// Inboxes that do not grow for ever.

#include "app/serve_pruning.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class Pruning : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = ServedBox::open(disk, folder.path() / "box", 7);
    ASSERT_TRUE(opened) << opened.error().one_line();
    box = *opened;
  }
  void add(std::int64_t date) {
    StringSource message("Subject: x\r\n\r\nx\r\n");
    (void)box->add(message, date, 0);
    disk.sync();
  }
  std::vector<std::uint32_t> uids() const {
    std::vector<std::uint32_t> all;
    for (const auto& one : box->messages()) all.push_back(one.uid);
    return all;
  }
  ServePruning pruning(const ServePruning::Limits& limits) {
    ServePruning made(limits, [this] { return now; });
    made.add(box, [this] { return next; });
    return made;
  }

  test::TempDir folder;
  ServeDisk disk{folder.path()};
  std::shared_ptr<ServedBox> box;
  std::shared_ptr<ServedBox> next;  // once that is removed
  std::int64_t now = 10'000;
};

using Uids = std::vector<std::uint32_t>;

TEST_F(Pruning, TheOldestBeyondANumberGo) {
  auto all = pruning({2, {}});
  for (int i = 0; i < 4; ++i) add(now - i);
  all.run();
  EXPECT_TRUE(disk.is_dirty());
  disk.sync();
  EXPECT_EQ(uids(), (Uids{3, 4}));
  all.run();
  EXPECT_FALSE(disk.is_dirty());
}

TEST_F(Pruning, ByAge) {
  auto all = pruning({{}, std::chrono::seconds(100)});
  for (const int age : {100, 101, 0, 5000}) add(now - age);
  all.run();
  EXPECT_EQ(uids(), (Uids{1, 3}));
  // Looked at once a second.
  now += 1;
  all.run();
  EXPECT_EQ(uids(), (Uids{3}));
}

TEST_F(Pruning, Both) {
  auto all = pruning({2, std::chrono::seconds(100)});
  for (const int age : {0, 0, 5000}) add(now - age);
  all.run();
  EXPECT_EQ(uids(), (Uids{2}));
}

TEST_F(Pruning, WithoutLimitsNothingGoes) {
  auto all = pruning({});
  add(0);
  all.run();
  EXPECT_EQ(uids(), (Uids{1}));
  EXPECT_FALSE(disk.is_dirty());
}

// It pruned the one that was there at first for ever.
TEST_F(Pruning, AnotherInItsPlace) {
  auto all = pruning({2, {}});
  box->set_removed();
  add(now);
  all.run();
  EXPECT_FALSE(disk.is_dirty());
  auto opened = ServedBox::open(disk, folder.path() / "next", 8);
  ASSERT_TRUE(opened);
  box = next = *opened;
  for (int i = 0; i < 4; ++i) add(now - i);
  all.run();
  EXPECT_EQ(uids(), (Uids{1, 2, 3, 4}));  // a minute later
  now += 60;
  all.run();
  disk.sync();
  EXPECT_EQ(uids(), (Uids{3, 4}));
}

}  // namespace
}  // namespace mailtool::app
