#include "store/batch_sync.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::store {
namespace {

std::atomic<int> fsyncs = 0;
std::atomic<int> syncfses = 0;
std::atomic<int> fsync_to_fail = 0;
std::atomic<int> syncfs_errno = 0;

int count_calls(const char* call) {
  const std::string_view name(call);
  if (name == "fsync") return ++fsyncs == fsync_to_fail ? EIO : 0;
  if (name == "syncfs") {
    ++syncfses;
    return syncfs_errno;
  }
  return 0;
}

class BatchSyncTest : public testing::Test {
 protected:
  BatchSyncTest()
      : directory_(sys_open(AT_FDCWD, folder_.path().c_str(),
                            O_RDONLY | O_DIRECTORY, 0)) {
    fsyncs = syncfses = fsync_to_fail = syncfs_errno = 0;
    set_fault_hook(count_calls);
  }
  ~BatchSyncTest() override { set_fault_hook(nullptr); }

  std::vector<int> batch(std::size_t count) {
    std::vector<int> descriptors;
    for (std::size_t i = 0; i < count; ++i) {
      files_.emplace_back(sys_open(directory_.get(),
                                   std::to_string(files_.size()).c_str(),
                                   O_WRONLY | O_CREAT, 0600));
      descriptors.push_back(files_.back().get());
    }
    return descriptors;
  }

  test::TempDir folder_;
  Descriptor directory_;
  std::vector<Descriptor> files_;
};

TEST_F(BatchSyncTest, EachFileOrAllAtOnce) {
  BatchSync sync(directory_.get());
  EXPECT_EQ(sync.next_way(), SyncWay::each_file);
  for (int round = 0; round < 100; ++round) {
    const auto way = sync.next_way();
    const int before = fsyncs + syncfses;
    const auto errors = sync.sync(batch(BatchSync::kWorthMeasuring));
    EXPECT_EQ(errors, std::vector<int>(BatchSync::kWorthMeasuring, 0));
    EXPECT_EQ(fsyncs + syncfses - before,
              way == SyncWay::file_system
                  ? 1
                  : static_cast<int>(BatchSync::kWorthMeasuring));
  }
  // Where the file system is trusted, neither way is forgotten.
  if (syncfses > 0) {
    EXPECT_GE(fsyncs, 2 * 16);
  }
}

TEST_F(BatchSyncTest, SmallBatchesGoOneByOne) {
  BatchSync sync(directory_.get());
  EXPECT_TRUE(sync.sync({}).empty());
  for (int round = 0; round < 5; ++round) (void)sync.sync(batch(3));
  EXPECT_EQ(fsyncs, 15);
  EXPECT_EQ(syncfses, 0);
}

TEST_F(BatchSyncTest, OneFileThatFailsIsOne) {
  BatchSync sync(directory_.get());
  fsync_to_fail = 5;
  const auto errors = sync.sync(batch(20));
  EXPECT_EQ(std::count(errors.begin(), errors.end(), EIO), 1);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), 0), 19);
}

TEST_F(BatchSyncTest, ClosedFilesAreSyncedWithAll) {
  BatchSync sync(directory_.get());
  auto descriptors = batch(3);
  descriptors[1] = -1;
  EXPECT_EQ(sync.sync(descriptors), std::vector<int>(3, 0));
  EXPECT_EQ(syncfses, 1);
  syncfs_errno = EIO;
  EXPECT_EQ(sync.sync(descriptors), std::vector<int>(3, EIO));
}

}  // namespace
}  // namespace mailtool::store
