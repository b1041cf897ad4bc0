#include "app/send_once.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

constexpr std::int64_t kNow = 1'795'262'400;
constexpr std::chrono::milliseconds kNoWait{0};

class Once : public testing::Test {
 protected:
  Result<OnceRecord> open(std::string_view key, std::int64_t now = kNow) {
    return OnceRecord::open(folder(), key, now, kNoWait, -1);
  }
  [[nodiscard]] std::string folder() const {
    return (temp_.path() / "state" / "once").string();
  }
  void add(std::string_view key, std::vector<std::string> recipients) {
    auto record = open(key);
    ASSERT_TRUE(record) << record.error().one_line();
    ASSERT_TRUE(record->add(recipients));
  }
  // The files of keys, not of locks.
  [[nodiscard]] std::vector<std::filesystem::path> records() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
      if (!entry.path().filename().string().starts_with("lock-")) {
        found.push_back(entry.path());
      }
    }
    return found;
  }
  test::TempDir temp_;
};

TEST_F(Once, KnowsWhoWasSentTheKey) {
  add("backup", {"bob@x.example"});
  const auto again = open("backup");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->has("bob@x.example"));
  EXPECT_FALSE(again->has("carol@x.example"));
}

TEST_F(Once, KeysAreApart) {
  add("monday", {"bob@x.example"});
  const auto other = open("tuesday");
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->has("bob@x.example"));
}

TEST_F(Once, LaterRecipientsAreAdded) {
  add("k", {"bob@x.example"});
  add("k", {"carol@x.example"});
  const auto record = open("k");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->has("bob@x.example"));
  EXPECT_TRUE(record->has("carol@x.example"));
}

TEST_F(Once, IsForgottenAfterADay) {
  add("k", {"bob@x.example"});
  EXPECT_TRUE(open("k", kNow + OnceRecord::kLifetime - 1)->has("bob@x.example"));
  EXPECT_FALSE(open("k", kNow + OnceRecord::kLifetime)->has("bob@x.example"));
}

TEST_F(Once, AClockSetBackByYearsKeepsNothingFromBeingSent) {
  add("k", {"bob@x.example"});
  EXPECT_TRUE(open("k", kNow - 3600)->has("bob@x.example"));
  EXPECT_FALSE(open("k", kNow - 1000 * OnceRecord::kLifetime)
                   ->has("bob@x.example"));
}

TEST_F(Once, TwoRunsWithOneKeyWaitForEachOther) {
  const auto first = open("k");
  ASSERT_TRUE(first);
  const auto second = open("k");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
}

TEST_F(Once, DamagedLinesCountForNothing) {
  add("k", {"bob@x.example"});
  ASSERT_EQ(records().size(), 1U);
  std::ofstream(records()[0], std::ios::app)
      << "x\n99999999999999999999999 carol@x.example\n \n17";
  const auto record = open("k");
  ASSERT_TRUE(record) << record.error().one_line();
  EXPECT_TRUE(record->has("bob@x.example"));
  EXPECT_FALSE(record->has("carol@x.example"));
}

TEST_F(Once, OldFilesGo) {
  add("old", {"bob@x.example"});
  ASSERT_EQ(records().size(), 1U);
  using Clock = std::filesystem::file_time_type::clock;
  std::filesystem::last_write_time(records()[0],
                                   Clock::now() - std::chrono::hours(1000));
  // By the clock of the file, not by the one that the test makes up.
  const auto now = std::chrono::system_clock::to_time_t(
      std::chrono::system_clock::now());
  ASSERT_TRUE(open("new", now));
  EXPECT_TRUE(records().empty());
}

TEST_F(Once, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(temp_.path() / "state") << "a file";
  const auto record = open("k");
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().kind, ErrorKind::cannot_create);
}

}  // namespace
}  // namespace mailtool::app
