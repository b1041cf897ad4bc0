#include "mailtool/store/mbox_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "store/file_naming.h"
#include "store/mbox_lock.h"
#include "store/mbox_note.h"
#include "store/system.h"
#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

using test::put;
using test::text_of;

constexpr const char* kOne =
    "From MAILER-DAEMON Thu Jan  1 00:00:01 1970\n1\n\n";
constexpr const char* kTwo =
    "From MAILER-DAEMON Thu Jan  1 00:00:02 1970\n2\n\n";

DeliveryKey key(std::uint8_t n) {
  DeliveryKey made{};
  made[3] = n;
  return made;
}

class MboxFileTest : public testing::Test {
 protected:
  MboxFileTest() { std::filesystem::create_directory(notes()); }

  std::unique_ptr<MboxFile> open(const char* owner = "bob") {
    auto file = MboxFile::open(mbox().string(), notes().string(), owner);
    EXPECT_TRUE(file) << file.error().one_line();
    return file ? *std::move(file) : nullptr;
  }
  static void add(MboxFile& file, const std::string& text, std::uint8_t n) {
    file.begin();
    ASSERT_TRUE(file.write(text));
    file.end(key(n));
  }
  // Stores and dies before anybody could be told.
  void deliver_and_die(const std::string& text, std::uint8_t n) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto file = MboxFile::open(mbox().string(), notes().string(), "bob");
      (*file)->begin();
      (void)(*file)->write(text);
      (*file)->end(key(n));
      (void)(*file)->store();
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  }
  // The only Stored of a batch of one.
  static Stored stored(MboxFile& file, const std::string& text,
                       std::uint8_t n) {
    add(file, text, n);
    auto all = file.store();
    EXPECT_EQ(all.size(), 1u);
    return all.front();
  }
  [[nodiscard]] std::filesystem::path mbox() const {
    return folder_.path() / "inbox";
  }
  [[nodiscard]] std::filesystem::path notes() const {
    return folder_.path() / "notes";
  }
  test::TempDir folder_;
};

TEST_F(MboxFileTest, AppendsWhatIsWhole) {
  const auto file = open();
  EXPECT_FALSE(std::filesystem::exists(mbox()));
  add(*file, kOne, 1);
  file->begin();
  ASSERT_TRUE(file->write("From half a"));
  file->discard();
  add(*file, kTwo, 2);
  const auto all = file->store();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].path, mbox().string());
  EXPECT_EQ(text_of(mbox()), std::string(kOne) + kTwo);
  struct stat found;
  ASSERT_EQ(::stat(mbox().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(mbox().string() + ".lock"));
}

struct Foreign {
  const char* stands;
  const char* between;
};

TEST_F(MboxFileTest, AMessageBeginsAfterAnEmptyLine) {
  const Foreign cases[] = {{"", ""},
                           {"From x\na", "\n\n"},
                           {"From x\na\n", "\n"},
                           {"From x\na\n\n", ""},
                           {"\n", ""}};
  for (const auto& c : cases) {
    put(mbox(), c.stands);
    EXPECT_FALSE(stored(*open(), kOne, 1).error);
    EXPECT_EQ(text_of(mbox()), std::string(c.stands) + c.between + kOne);
  }
}

TEST_F(MboxFileTest, RecognisesWhatADeadRunAppended) {
  deliver_and_die(kOne, 1);
  put(mbox(), text_of(mbox()) + "From other Thu Jan  1 00:00:00 1970\nx\n\n");
  const auto before = text_of(mbox());
  for (int run = 0; run < 2; ++run) {  // and again, until it is confirmed
    const auto file = open();
    EXPECT_TRUE(stored(*file, kOne, 1).recognised);
    EXPECT_EQ(text_of(mbox()), before);
    if (run == 1) file->confirm();
  }
  EXPECT_FALSE(stored(*open("eve"), kTwo, 1).recognised);
}

TEST_F(MboxFileTest, ANoteHoldsUntilAllItNamesIsConfirmed) {
  deliver_and_die(kOne, 1);
  {
    const auto file = open();
    EXPECT_FALSE(stored(*file, kTwo, 2).recognised);
    file->confirm();
  }
  EXPECT_TRUE(stored(*open(), kOne, 1).recognised);
  EXPECT_EQ(text_of(mbox()), std::string(kOne) + kTwo);
}

TEST_F(MboxFileTest, CutsOffItsOwnTornEndAtEachOctet) {
  deliver_and_die(kOne, 1);
  const std::string whole = text_of(mbox());
  const auto before = "From x Thu Jan  1 00:00:00 1970\na\n\n";
  for (std::size_t left = 1; left < whole.size(); ++left) {
    std::filesystem::remove(mbox());
    std::filesystem::remove_all(notes());
    std::filesystem::create_directory(notes());
    put(mbox(), before);
    deliver_and_die(kOne, 1);
    std::filesystem::resize_file(mbox(), std::string(before).size() + left);
    const auto file = open();
    EXPECT_EQ(text_of(mbox()), before) << left;
    EXPECT_FALSE(stored(*file, kOne, 1).recognised);
    EXPECT_EQ(text_of(mbox()), before + whole) << left;
  }
}

TEST_F(MboxFileTest, CutsOffALargeTornEndAtEachBlock) {
  const auto line = std::string(76, 'y') + "\n";
  std::string large = "From x Thu Jan  1 00:00:00 1970\nFrom 10:00 to 11:00\n";
  while (large.size() < 200 * 1024) large += line;
  large += "\n";
  const std::string before = "From x Thu Jan  1 00:00:00 1970\na\n";
  for (std::size_t left = 512; left < large.size(); left += 512 * 25) {
    std::filesystem::remove_all(notes());
    std::filesystem::create_directory(notes());
    put(mbox(), before);
    deliver_and_die(large, 1);
    std::filesystem::resize_file(mbox(), left);
    auto text = text_of(mbox());
    text[left - 1] = '!';
    put(mbox(), text);  // not what was written
    open();
    EXPECT_EQ(text_of(mbox()), text);
    put(mbox(), (before + "\n" + large).substr(0, left));
    EXPECT_FALSE(stored(*open(), large, 1).recognised);
    EXPECT_EQ(text_of(mbox()), before + "\n" + large) << left;
  }
}

TEST_F(MboxFileTest, OfATornBatchTheWholeMessagesStay) {
  const auto die_with_two = [&] {
    const pid_t child = ::fork();
    if (child == 0) {
      auto file = MboxFile::open(mbox().string(), notes().string(), "bob");
      add(**file, kOne, 1);
      add(**file, kTwo, 2);
      (void)(*file)->store();
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  };
  die_with_two();
  const std::string one(kOne);
  std::filesystem::resize_file(mbox(), one.size() + 7);
  const auto file = open();
  EXPECT_EQ(text_of(mbox()), one);
  EXPECT_TRUE(stored(*file, kOne, 1).recognised);
  EXPECT_FALSE(stored(*file, kTwo, 2).recognised);
  EXPECT_EQ(text_of(mbox()), one + kTwo);
}

// Until the server has taken leave, a message that it gives no unique-id is
// known by the note alone.
TEST_F(MboxFileTest, WhatIsKeptIsRecognisedUntilTheRunHasEnded) {
  const auto run = [&](bool ends) {
    const auto file = open();
    file->begin(true);
    EXPECT_TRUE(file->write(kOne));
    file->end(key(1));
    const auto all = file->store();
    file->confirm();
    if (ends) file->run_ended();
    return all.front().recognised;
  };
  EXPECT_FALSE(run(false));
  EXPECT_TRUE(run(false));
  EXPECT_TRUE(run(true));
  EXPECT_FALSE(run(true));
  EXPECT_FALSE(run(false));
  EXPECT_EQ(text_of(mbox()), std::string(kOne) + kOne + kOne);
}

TEST_F(MboxFileTest, WhatOthersWroteIsNotCutOff) {
  const std::string ours =
      std::string(kOne) + "From 10:00 on\n" + std::string(2000, 'x') + "\n\n";
  const auto sender = "bounces+" + std::string(200, 'a') + "@mail.example";
  const std::string others[] = {
      ours.substr(0, 60) + "From bob@mail.example Thu Jan  1 00:00:00 1970\n",
      ours.substr(0, 60) + "\nFrom bob@mail.example Thu Jan  1 12:13 1970\n",
      ours.substr(0, 60) + "\nFrom " + sender + " Thu Jan  1 12:13:14 1970\n",
      ours.substr(0, 60) + "y",
      "From bob@mail.example Thu Jan  1 00:00:00 1970\nemptied, and new\n"};
  for (const auto& text : others) {
    std::filesystem::remove(mbox());
    deliver_and_die(ours, 1);
    put(mbox(), text);
    open();
    EXPECT_EQ(text_of(mbox()), text);
  }
}

int fail_errno = 0;
std::string fail_call;
int calls_before = 0;
int fail_that(const char* call) {
  return fail_call == call && --calls_before < 0 ? fail_errno : 0;
}

TEST_F(MboxFileTest, AFailureLeavesTheMboxAsItWas) {
  const std::string before = "From x Thu Jan  1 00:00:00 1970\na\n";
  // Writes: PATH.lock, the note, and the message.
  const std::pair<const char*, int> failures[] = {
      {"write", 1}, {"write", 2}, {"fsync", 1}, {"fdatasync", 0}};
  for (const auto& [call, calls] : failures) {
    std::filesystem::remove_all(notes());
    std::filesystem::create_directory(notes());
    put(mbox(), before);
    const auto file = open();
    add(*file, kOne, 1);
    fail_call = call;
    calls_before = calls;
    fail_errno = ENOSPC;
    set_fault_hook(fail_that);
    const auto all = file->store();
    set_fault_hook(nullptr);
    ASSERT_TRUE(all.front().error) << call << calls;
    EXPECT_EQ(all.front().error->kind, ErrorKind::local_io);
    EXPECT_EQ(text_of(mbox()), before) << call << calls;
    EXPECT_FALSE(std::filesystem::exists(mbox().string() + ".lock"));
  }
}

TEST_F(MboxFileTest, WhatCannotBeAnMbox) {
  std::filesystem::create_directory(folder_.path() / "folder");
  ASSERT_EQ(::mkfifo((folder_.path() / "fifo").c_str(), 0600), 0);
  put(folder_.path() / "one", "");
  std::filesystem::create_hard_link(folder_.path() / "one",
                                    folder_.path() / "two");
  put(folder_.path() / "notes.txt", "From-less text of somebody\n");
  const std::string wrong[] = {"/dev/null", folder_.path() / "folder",
                               folder_.path() / "fifo", folder_.path() / "two",
                               folder_.path() / "notes.txt"};
  for (const auto& path : wrong) {
    const auto file = MboxFile::open(path, notes().string(), "bob");
    ASSERT_FALSE(file) << path;
    EXPECT_EQ(file.error().kind, ErrorKind::cannot_create) << path;
    EXPECT_NE(file.error().what.find(path), std::string::npos);
  }
}

TEST_F(MboxFileTest, LocksExcludeThreadsAndProcesses) {
  const auto path = mbox().string();
  {
    const auto lock = MboxLock::acquire(path, std::chrono::seconds(0), -1);
    ASSERT_TRUE(lock);
    EXPECT_TRUE(std::filesystem::exists(path + ".lock"));
    std::thread([&] {
      const auto other = MboxLock::acquire(path, std::chrono::seconds(0), -1);
      ASSERT_FALSE(other);
      EXPECT_EQ(other.error().kind, ErrorKind::busy);
      // PATH.lock may be all that is left of a program that died.
      std::filesystem::remove(path + ".lock");
      const auto third = MboxLock::acquire(path, std::chrono::seconds(0), -1);
      ASSERT_FALSE(third);
      EXPECT_EQ(third.error().hint, "") << "the file itself is locked";
    }).join();
  }
  put(path + ".lock", "");
  const auto dotlocked = MboxLock::acquire(path, std::chrono::seconds(0), -1);
  ASSERT_FALSE(dotlocked);
  EXPECT_NE(dotlocked.error().hint.find(path + ".lock"), std::string::npos);
  std::filesystem::remove(path + ".lock");
  EXPECT_TRUE(MboxLock::acquire(path, std::chrono::seconds(0), -1));
}

struct DotLock {
  const char* why;
  std::string text;
  bool broken;
};

TEST_F(MboxFileTest, OnlyTheLocksOfTheDeadAreBroken) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  const auto dead = std::to_string(child);
  const auto parent = std::to_string(::getppid());
  const DotLock cases[] = {
      {"dead", dead + "\n" + host_in_names() + "\n", true},
      {"dead elsewhere", dead + "\nelsewhere\n", false},
      {"alive", parent + "\n" + host_in_names() + "\n", false},
      {"dead, perhaps elsewhere, and fresh", dead + "\n", false},
      {"nobody, and fresh", "", false},
      {"ours, of a run before",
       std::to_string(::getpid()) + "\n" + host_in_names() + "\n", true}};
  const auto path = mbox().string();
  for (const auto& c : cases) {
    put(path + ".lock", c.text);
    const auto lock = MboxLock::acquire(path, std::chrono::seconds(0), -1);
    EXPECT_EQ(static_cast<bool>(lock), c.broken) << c.why;
  }
}

TEST(MboxNote, ReadsBack) {
  const MboxNote note{
      {{key(1), 0, 50, 0x1234567890abcdef, true}, {key(2), 50, 7, 1, false}},
      {50, 3, 1, std::string("\0\xff-", 3)}};
  const auto text = format_note(note);
  const auto read = parse_note(text);
  ASSERT_EQ(read.entries.size(), 2u);
  EXPECT_EQ(read.entries[1].key, key(2));
  EXPECT_EQ(read.entries[0].hash, 0x1234567890abcdefu);
  EXPECT_TRUE(read.entries[0].kept);
  EXPECT_EQ(read.tail.offset, 50u);
  EXPECT_EQ(read.tail.checks, note.tail.checks);
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    EXPECT_EQ(parse_note(text.substr(0, cut)).tail.octets, 0u) << cut;
  }
  for (const std::string wrong :
       {"nonsense\ntail 0 1 1 00\nend 1\n", "tail 0 1 0 00\nend 0\n",
        "tail 0 2 1 00\nend 0\n", "tail 0 512 512 00\nend 0\n"}) {
    EXPECT_EQ(parse_note("mailtool-mbox 2\n" + wrong).tail.octets, 0u);
  }
}

}  // namespace
}  // namespace mailtool::store
