#include "mailtool/store/atomic_file.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "store/system.h"
#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

using test::names_in;
using test::put;
using test::text_of;

TEST(AtomicFile, ReplacesAsAWhole) {
  test::TempDir folder;
  const auto path = folder.path() / "file";
  put(path, "old");
  {
    auto file = AtomicFile::create(path.string());
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(std::string(200'000, 'x')));
    EXPECT_EQ(text_of(path), "old");
    ASSERT_TRUE(file->commit());
  }
  EXPECT_EQ(text_of(path), std::string(200'000, 'x'));
  EXPECT_EQ(names_in(folder.path()).size(), 1u);
}

TEST(AtomicFile, WithoutCommitNothingHappens) {
  test::TempDir folder;
  const auto path = folder.path() / "file";
  put(path, "old");
  { ASSERT_TRUE(AtomicFile::create(path.string())->write("new")); }
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(names_in(folder.path()).size(), 1u);
}

TEST(AtomicFile, WhatACrashLeftIsInNobodysWay) {
  test::TempDir folder;
  const auto path = folder.path() / "file";
  put(folder.path() / "file.tmp", "torn");
  auto file = AtomicFile::create(path.string());
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("new"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(text_of(path), "new");
}

int no_sync(const char* call) {
  return std::string_view(call) == "fsync" ? EIO : 0;
}

TEST(AtomicFile, WhatIsNotOnTheDiskReplacesNothing) {
  test::TempDir folder;
  const auto path = folder.path() / "file";
  put(path, "old");
  {
    auto file = AtomicFile::create(path.string());
    ASSERT_TRUE(file->write("new"));
    set_fault_hook(no_sync);
    const auto done = file->commit();
    set_fault_hook(nullptr);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::local_io);
  }
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(names_in(folder.path()).size(), 1u);
}

TEST(AtomicFile, NoFolderNoFile) {
  const auto file = AtomicFile::create("/nonexistent/folder/file");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::cannot_create);
  EXPECT_EQ(file.error().one_line(),
            "cannot create /nonexistent/folder/file.tmp: No such file or "
            "directory");
}

}  // namespace
}  // namespace mailtool::store
