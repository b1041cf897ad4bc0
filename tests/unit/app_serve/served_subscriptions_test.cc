#include "app/served_subscriptions.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class Subscriptions : public testing::Test {
 protected:
  ServedSubscriptions loaded() {
    ServedSubscriptions all(path_);
    EXPECT_TRUE(all.load());
    return all;
  }
  test::TempDir dir_;
  const std::string path_ = dir_.path() / "subscriptions";
};

TEST_F(Subscriptions, Stay) {
  auto all = loaded();
  EXPECT_TRUE(all.set("b", true));
  EXPECT_TRUE(all.set("a/점심", true));
  EXPECT_TRUE(all.set("a/점심", true));
  EXPECT_TRUE(all.set("b", false));
  EXPECT_TRUE(all.set("b", false));
  EXPECT_TRUE(all.set("INBOX", true));
  const auto again = loaded();
  EXPECT_EQ(again.names(), (std::set<std::string, std::less<>>{"INBOX", "a/점심"}));
}

TEST_F(Subscriptions, WhatIsNoName) {
  std::ofstream(path_) << "ok\n\n../x\n\x1b[31m\n\xff\nok\nlast";
  EXPECT_EQ(loaded().names(), (std::set<std::string, std::less<>>{"last", "ok"}));
  std::ofstream(path_) << std::string(ServedSubscriptions::kMaxOctets + 1, 'x');
  ServedSubscriptions all(path_);
  EXPECT_EQ(all.load().error().kind, ErrorKind::config);
}

TEST_F(Subscriptions, SoMany) {
  std::ofstream file(path_);
  for (std::size_t i = 0; i < ServedSubscriptions::kMaxNames; ++i) {
    file << "n" << i << "\n";
  }
  file.close();
  auto all = loaded();
  const auto more = all.set("one more", true);
  ASSERT_FALSE(more);
  EXPECT_TRUE(more.error().what.starts_with("[LIMIT] "));
  EXPECT_TRUE(all.set("n7", false));
  EXPECT_TRUE(all.set("one more", true));
}

TEST_F(Subscriptions, TheDiskFails) {
  auto all = loaded();
  EXPECT_TRUE(all.set("a", true));
  std::filesystem::remove(path_);
  std::filesystem::create_directories(path_ + "/in the way");
  EXPECT_FALSE(all.set("b", true));
  EXPECT_FALSE(all.set("a", false));
  EXPECT_EQ(all.names(), (std::set<std::string, std::less<>>{"a"}));
}

}  // namespace
}  // namespace mailtool::app
