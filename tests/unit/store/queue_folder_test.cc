#include "mailtool/store/queue_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/queue_name.h"
#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::store {
namespace {

namespace fs = std::filesystem;

// The fault hook is a plain function: what it does is kept here.
long calls_left = -1;
int errno_to_give = 0;
int fail_at_call(const char*) { return --calls_left == 0 ? errno_to_give : 0; }
int kill_at_call(const char*) {
  if (--calls_left == 0) ::raise(SIGKILL);
  return 0;
}

std::string read_all(Source& source) {
  std::string text;
  char buffer[1000];
  for (;;) {
    const auto count = source.read_some(buffer);
    if (!count || *count == 0) return text;
    text.append(buffer, *count);
  }
}

class Queue : public testing::Test {
 protected:
  ~Queue() override { set_fault_hook(nullptr); }

  [[nodiscard]] std::string path() const {
    return (temp_.path() / "state" / "queue").string();
  }
  QueueFolder open() {
    auto folder = QueueFolder::open(path());
    EXPECT_TRUE(folder);
    return *std::move(folder);
  }
  static Result<std::string> add(const QueueFolder& folder,
                                 std::string_view message,
                                 std::string_view state) {
    auto addition = folder.add();
    if (!addition) return std::move(addition).error();
    if (auto written = addition->write(message); !written) {
      return std::move(written).error();
    }
    if (auto done = addition->commit(state); !done) {
      return std::move(done).error();
    }
    return addition->id();
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path()), fs::directory_iterator()));
  }
  test::TempDir temp_;
};

TEST_F(Queue, GivesBackWhatWasAdded) {
  const auto folder = open();
  const std::string large(300'000, 'x');
  const auto id = add(folder, large, "state = 1\n");
  ASSERT_TRUE(id) << id.error().one_line();
  EXPECT_EQ(*folder.ids(), std::vector<std::string>{*id});
  EXPECT_EQ(*folder.peek(*id), "state = 1\n");
  const auto entry = folder.lock(*id);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->octets(), large.size());
  EXPECT_EQ(read_all(*entry->message()), large);
  EXPECT_EQ(read_all(*entry->message()), large);
}

TEST_F(Queue, IsForItsOwnerAlone) {
  const auto folder = open();
  const auto id = add(folder, "m", "s");
  ASSERT_TRUE(id);
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(path())) {
    EXPECT_EQ(entry.status().permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
  }
}

TEST_F(Queue, WhatIsNotCommittedLeavesNothing) {
  const auto folder = open();
  {
    auto addition = folder.add();
    ASSERT_TRUE(addition);
    ASSERT_TRUE(addition->write("half"));
    EXPECT_TRUE(folder.ids()->empty());
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(Queue, OneWorksOnAMessage) {
  const auto folder = open();
  const auto id = add(folder, "m", "s");
  ASSERT_TRUE(id);
  const auto first = folder.lock(*id);
  ASSERT_TRUE(first);
  const auto second = folder.lock(*id);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::busy);
}

TEST_F(Queue, TheLockDiesWithItsHolder) {
  const auto folder = open();
  const auto id = add(folder, "m", "s");
  ASSERT_TRUE(id);
  const auto child = ::fork();
  if (child == 0) {
    const auto entry = folder.lock(*id);
    if (entry) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(folder.lock(*id));
}

TEST_F(Queue, AStateIsReplacedWhole) {
  const auto folder = open();
  const auto id = add(folder, "m", "old");
  ASSERT_TRUE(id);
  auto entry = folder.lock(*id);
  ASSERT_TRUE(entry);
  ASSERT_TRUE(entry->set_state("new"));
  EXPECT_EQ(*entry->state(), "new");
  // The lock is of the message, and still held.
  EXPECT_EQ(folder.lock(*id).error().kind, ErrorKind::busy);
}

TEST_F(Queue, WhatIsRemovedIsGone) {
  const auto folder = open();
  const auto id = add(folder, "m", "s");
  ASSERT_TRUE(id);
  {
    auto entry = folder.lock(*id);
    ASSERT_TRUE(entry);
    ASSERT_TRUE(entry->remove());
  }
  EXPECT_EQ(files(), 0U);
  EXPECT_EQ(folder.lock(*id).error().kind, ErrorKind::no_input);
  EXPECT_EQ(folder.peek(*id).error().kind, ErrorKind::no_input);
}

TEST_F(Queue, NamesFromOutsideLeadNowhere) {
  const auto folder = open();
  std::ofstream(temp_.path() / "x.toml") << "s";
  std::ofstream(temp_.path() / "x.eml") << "m";
  for (const std::string id : {"../x", "", "..", "x", "1795262400-", "-a",
                               "1795262400-a/../../x", "1795262400-\n"}) {
    EXPECT_FALSE(is_queue_id(id)) << id;
    EXPECT_EQ(folder.lock(id).error().kind, ErrorKind::no_input) << id;
    EXPECT_EQ(folder.peek(id).error().kind, ErrorKind::no_input) << id;
  }
}

TEST_F(Queue, ASymbolicLinkIsNoMessage) {
  const auto folder = open();
  const auto id = add(folder, "m", "s");
  ASSERT_TRUE(id);
  fs::remove(path() + "/" + *id + ".toml");
  fs::create_symlink("/etc/hostname", path() + "/" + *id + ".toml");
  EXPECT_FALSE(folder.peek(*id));
}

TEST_F(Queue, AMessageWithoutItsFileIsSetAside) {
  const auto folder = open();
  const auto id = add(folder, "m", "s");
  ASSERT_TRUE(id);
  fs::remove(folder.message_path(*id));
  const auto entry = folder.lock(*id);
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().kind, ErrorKind::bad_input);
  ASSERT_TRUE(folder.set_aside(*id));
  EXPECT_TRUE(folder.ids()->empty());
  EXPECT_TRUE(fs::exists(path() + "/damaged/" + *id + ".toml"));
}

TEST_F(Queue, CleaningSparesTheLiving) {
  const auto folder = open();
  const auto id = add(folder, "m", "s");
  auto addition = folder.add();
  ASSERT_TRUE(id && addition);
  ASSERT_TRUE(addition->write("m"));
  folder.clean();
  ASSERT_TRUE(addition->commit("s"));
  EXPECT_EQ(folder.ids()->size(), 2U);
  EXPECT_EQ(files(), 4U);
}

TEST_F(Queue, ManyAddAtOnce) {
  const auto folder = open();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) EXPECT_TRUE(add(folder, "m", "s"));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(folder.ids()->size(), 40U);
}

// Whatever call fails, an addition is in the queue as a whole and said to be,
// or it is not in the queue.
TEST_F(Queue, AFailureAtAnyCallQueuesNothingByHalf) {
  for (const int error : {ENOSPC, EIO}) {
    for (long point = 1;; ++point) {
      const auto folder = open();
      calls_left = point;
      errno_to_give = error;
      set_fault_hook(fail_at_call);
      const auto id = add(folder, "message", "state");
      set_fault_hook(nullptr);
      const auto ids = folder.ids();
      ASSERT_TRUE(ids);
      ASSERT_EQ(ids->size(), id ? 1U : 0U) << "call " << point;
      if (calls_left > 0) break;  // beyond the last call
      ASSERT_FALSE(id) << "call " << point;
      ASSERT_EQ(files(), 0U) << "call " << point;
    }
    fs::remove_all(path());
  }
}

// Killed before any call, an addition is there as a whole or not at all, and
// cleaning leaves no file behind that belongs to nothing.
TEST_F(Queue, KilledAtAnyCallNothingIsThereByHalf) {
  for (long point = 1;; ++point) {
    fs::remove_all(path());
    const auto folder = open();
    const auto child = ::fork();
    if (child == 0) {
      calls_left = point;
      set_fault_hook(kill_at_call);
      ::_exit(add(folder, "message", "state") ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    folder.clean();
    const auto ids = folder.ids();
    ASSERT_TRUE(ids);
    ASSERT_EQ(files(), 2 * ids->size()) << "call " << point;
    for (const auto& id : *ids) {
      const auto entry = folder.lock(id);
      ASSERT_TRUE(entry) << "call " << point;
      ASSERT_EQ(*entry->state(), "state");
      ASSERT_EQ(read_all(*entry->message()), "message");
    }
    if (WIFEXITED(status)) {
      ASSERT_EQ(WEXITSTATUS(status), 0);
      ASSERT_EQ(ids->size(), 1U);
      ASSERT_GT(point, 8);  // or the sweep has not swept
      return;
    }
  }
}

TEST_F(Queue, KilledWhileItChangesTheStateIsOldOrNew) {
  for (long point = 1;; ++point) {
    fs::remove_all(path());
    const auto folder = open();
    const auto id = add(folder, "message", "old");
    ASSERT_TRUE(id);
    const auto child = ::fork();
    if (child == 0) {
      auto entry = folder.lock(*id);
      calls_left = point;
      set_fault_hook(kill_at_call);
      ::_exit(entry && entry->set_state("new") ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    folder.clean();
    const auto state = folder.peek(*id);
    ASSERT_TRUE(state);
    ASSERT_TRUE(*state == "old" || *state == "new") << *state;
    ASSERT_EQ(files(), 2U) << "call " << point;
    if (WIFEXITED(status)) {
      ASSERT_EQ(*state, "new");
      return;
    }
  }
}

}  // namespace
}  // namespace mailtool::store
