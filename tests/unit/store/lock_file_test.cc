#include "mailtool/store/lock_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

using std::chrono::milliseconds;

// A process that holds the lock until it is killed; ready once it does.
pid_t holder_of(const std::string& path) {
  int ready[2];
  EXPECT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = LockFile::acquire(path, milliseconds(0));
    const char answer = lock ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) == 1) ::pause();
    ::_exit(0);
  }
  char answer = 'n';
  EXPECT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  ::close(ready[0]);
  ::close(ready[1]);
  return child;
}

void kill_and_wait(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(LockFile, TwoProcessesRespectIt) {
  test::TempDir folder;
  const auto path = (folder.path() / "lock").string();
  const pid_t other = holder_of(path);
  const auto refused = LockFile::acquire(path, milliseconds(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::busy);
  EXPECT_EQ(refused.error().what, "another run, process " +
                                      std::to_string(other) +
                                      ", holds the lock " + path);
  // The kernel drops the lock of a process that was killed.
  kill_and_wait(other);
  EXPECT_TRUE(LockFile::acquire(path, milliseconds(0)));
}

TEST(LockFile, WaitsUntilItIsFree) {
  test::TempDir folder;
  const auto path = (folder.path() / "lock").string();
  const pid_t other = holder_of(path);
  const pid_t killer = ::fork();
  if (killer == 0) {
    ::usleep(100'000);
    ::kill(other, SIGKILL);
    ::_exit(0);
  }
  EXPECT_TRUE(LockFile::acquire(path, milliseconds(20'000)));
  ::waitpid(killer, nullptr, 0);
  ::waitpid(other, nullptr, 0);
}

TEST(LockFile, ASignalEndsTheWait) {
  test::TempDir folder;
  const auto path = (folder.path() / "lock").string();
  const pid_t other = holder_of(path);
  int stop[2];
  ASSERT_EQ(::pipe(stop), 0);
  ASSERT_EQ(::write(stop[1], "x", 1), 1);
  const auto lock = LockFile::acquire(path, milliseconds(60'000), stop[0]);
  kill_and_wait(other);
  ::close(stop[0]);
  ::close(stop[1]);
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().kind, ErrorKind::interrupted);
}

TEST(LockFile, IsTheSameFileAfterwards) {
  test::TempDir folder;
  const auto path = folder.path() / "lock";
  { ASSERT_TRUE(LockFile::acquire(path.string(), milliseconds(0))); }
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(test::text_of(path), std::to_string(::getpid()) + "\n");
}

TEST(LockFile, NoLinkIsFollowed) {
  test::TempDir folder;
  std::filesystem::create_symlink("/dev/null", folder.path() / "lock");
  const auto lock = LockFile::acquire((folder.path() / "lock").string(), {});
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().kind, ErrorKind::cannot_create);
}

}  // namespace
}  // namespace mailtool::store
