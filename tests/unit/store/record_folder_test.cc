#include "mailtool/store/record_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::store {
namespace {

using Numbers = std::vector<std::uint64_t>;

class Records : public testing::Test {
 protected:
  void TearDown() override { set_fault_hook(nullptr); }
  std::uint64_t write(const std::string& text, std::size_t keep = 20) {
    auto record = folder_.begin(text, keep);
    EXPECT_TRUE(record) << record.error().one_line();
    return record ? record->number() : 0;
  }
  test::TempDir dir_;
  std::string path_ = dir_.path() / "a" / "b";
  RecordFolder folder_{path_};
};

TEST_F(Records, AbsentIsEmpty) {
  EXPECT_EQ(*folder_.numbers(), Numbers());
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(folder_.read(1).error().kind, ErrorKind::no_input);
  EXPECT_EQ(folder_.lock(1).error().kind, ErrorKind::no_input);
}

TEST_F(Records, NewestFirstAndSoManyAreKept) {
  for (int i = 1; i <= 25; ++i) write("text " + std::to_string(i) + "\n");
  const auto numbers = *folder_.numbers();
  ASSERT_EQ(numbers.size(), 20u);
  EXPECT_EQ(numbers.front(), 25u);
  EXPECT_EQ(numbers.back(), 6u);
  EXPECT_EQ(*folder_.read(25), "text 25\n");
  struct stat status {};
  ASSERT_EQ(::stat((path_ + "/25").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(Records, GrowsAndGoes) {
  {
    auto record = folder_.begin("one\n", 20);
    ASSERT_TRUE(record);
    ASSERT_TRUE(record->append("two\n"));
    EXPECT_EQ(*folder_.read(1), "one\ntwo\n");
    EXPECT_EQ(folder_.lock(1).error().kind, ErrorKind::busy);
  }
  auto again = folder_.lock(1);
  ASSERT_TRUE(again) << again.error().one_line();
  ASSERT_TRUE(again->append("three\n"));
  EXPECT_EQ(*folder_.read(1), "one\ntwo\nthree\n");
  again->discard();
  EXPECT_EQ(*folder_.numbers(), Numbers());
}

// Who kept a number must never reach another record by it.
TEST_F(Records, NoNumberIsGivenAgain) {
  write("one\n");
  write("two\n");
  for (const auto number : Numbers{2, 1}) {
    auto record = folder_.lock(number);
    ASSERT_TRUE(record);
    record->discard();
  }
  EXPECT_EQ(*folder_.numbers(), Numbers());
  EXPECT_EQ(write("three\n"), 3u);
  EXPECT_EQ(write("four\n"), 4u);
  EXPECT_FALSE(std::filesystem::exists(path_ + "/2.gone"));
}

TEST_F(Records, OtherFilesAreLeftAlone) {
  write("one\n");
  for (const auto* name : {"007", "x", "1.tmp", "99999999999999999999999", "-3"})
    std::filesystem::create_directory(path_ + "/" + name);
  EXPECT_EQ(*folder_.numbers(), Numbers({1}));
}

// A link in the place of a record would have us write elsewhere.
TEST_F(Records, NoLinksAreFollowed) {
  write("one\n");
  std::filesystem::create_symlink(path_ + "/1", path_ + "/2");
  EXPECT_FALSE(folder_.lock(2));
  EXPECT_FALSE(folder_.read(2));
  EXPECT_EQ(write("three\n"), 3u);
}

// A record that cannot be made durable is none.
TEST_F(Records, FullDisk) {
  static std::string failing;
  for (const auto* call : {"open", "write", "fdatasync", "mkdir"}) {
    failing = call;
    std::filesystem::remove_all(path_);
    set_fault_hook([](const char* name) {
      return std::strcmp(name, failing.c_str()) == 0 ? ENOSPC : 0;
    });
    EXPECT_FALSE(folder_.begin("one\n", 20)) << call;
    set_fault_hook(nullptr);
    EXPECT_EQ(*folder_.numbers(), Numbers()) << call;
  }
}

}  // namespace
}  // namespace mailtool::store
