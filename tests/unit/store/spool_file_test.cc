#include "mailtool/store/spool_file.h"

#include <gtest/gtest.h>

#include <array>

#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

std::string read_all(SpoolFile& spool) {
  std::string text;
  std::array<char, 1000> chunk;
  for (;;) {
    const auto count = spool.read_some(chunk);
    EXPECT_TRUE(count);
    if (!count || *count == 0) return text;
    text.append(chunk.data(), *count);
  }
}

TEST(SpoolFile, GivesBackWhatWasWritten) {
  test::TempDir folder;
  auto spool = SpoolFile::create(folder.path().string());
  ASSERT_TRUE(spool);
  EXPECT_TRUE(test::names_in(folder.path()).empty());  // it has no name
  for (const std::size_t size : {100'000u, 10u, 0u}) {
    ASSERT_TRUE(spool->clear());
    ASSERT_TRUE(spool->write(std::string(size, 'x')));
    ASSERT_TRUE(spool->write("end"));
    ASSERT_TRUE(spool->rewind());
    EXPECT_EQ(read_all(*spool), std::string(size, 'x') + "end");
  }
}

TEST(SpoolFile, NoFolderNoFile) {
  const auto spool = SpoolFile::create("/nonexistent/folder");
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().kind, ErrorKind::cannot_create);
}

}  // namespace
}  // namespace mailtool::store
