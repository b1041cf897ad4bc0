#include "app/mx_sts_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;
using Mode = smtp::MtaStsPolicy::Mode;

const StsEntry kEntry{"20261121a", 1795220040, {Mode::enforce, 86400, {"mx.test", "*.b.test"}}};

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Cache : public testing::Test {
 protected:
  test::TempDir dir_;
  StsCache cache_{(dir_.path() / "deep" / "mta-sts").string()};
};

TEST_F(Cache, KeepsWhatItIsGiven) {
  EXPECT_FALSE(cache_.read("a.test"));
  cache_.write("a.test", kEntry);
  EXPECT_EQ(cache_.read("a.test"), kEntry);
  EXPECT_FALSE(cache_.read("b.test"));
  auto next = kEntry;
  next.id = "2";
  cache_.write("a.test", next);
  EXPECT_EQ(cache_.read("a.test"), next);
  EXPECT_EQ(fs::status(cache_.path_of("a.test")).permissions() & fs::perms::mask,
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Cache, LongDomains) {
  const std::string longest =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." +
      std::string(63, 'c') + "." + std::string(61, 'd');
  cache_.write(longest, kEntry);
  EXPECT_EQ(cache_.read(longest), kEntry);
}

// Every cut and every single damaged octet: as no file, or as it was.
TEST_F(Cache, DamageIsAsNoFile) {
  cache_.write("a.test", kEntry);
  const auto path = cache_.path_of("a.test");
  const auto whole = text_of(path);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, i);
    EXPECT_FALSE(cache_.read("a.test")) << "cut at " << i;
  }
  std::ofstream(path, std::ios::binary) << whole << "mx: c.test\r\n";
  EXPECT_FALSE(cache_.read("a.test"));
  std::ofstream(path, std::ios::binary) << std::string(200'000, 'x');
  EXPECT_FALSE(cache_.read("a.test"));
  // Of another domain, for whatever reason.
  std::ofstream(cache_.path_of("b.test"), std::ios::binary) << whole;
  EXPECT_FALSE(cache_.read("b.test"));
  cache_.write("a.test", kEntry);
  EXPECT_EQ(cache_.read("a.test"), kEntry);
}

TEST_F(Cache, NoFileIsNoFile) {
  fs::create_directories(cache_.path_of("a.test"));
  EXPECT_FALSE(cache_.read("a.test"));
  cache_.write("a.test", kEntry);  // cannot be, and is done without
  EXPECT_FALSE(cache_.read("a.test"));
}

TEST_F(Cache, IsBounded) {
  cache_.write("first.test", kEntry);
  const auto folder = fs::path(cache_.path_of("first.test")).parent_path();
  const auto old = fs::last_write_time(cache_.path_of("first.test"));
  for (std::size_t i = 0; i + 1 < StsCache::kMostFiles; ++i) {
    const auto path = folder / ("x" + std::to_string(i) + ".policy");
    std::ofstream(path) << "x";
    fs::last_write_time(path, old - std::chrono::hours(i == 7 ? 9 : 1));
  }
  cache_.write("next.test", kEntry);
  EXPECT_EQ(cache_.read("next.test"), kEntry);
  EXPECT_EQ(cache_.read("first.test"), kEntry);
  EXPECT_FALSE(fs::exists(folder / "x7.policy")) << "the oldest makes room";
  EXPECT_TRUE(fs::exists(folder / "x8.policy"));
}

TEST(NoCache, NothingIsKept) {
  const StsCache none{""};
  none.write("a.test", kEntry);
  EXPECT_FALSE(none.read("a.test"));
}

}  // namespace
}  // namespace mailtool::app
