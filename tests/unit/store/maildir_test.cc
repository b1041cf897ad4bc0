#include "mailtool/store/maildir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "mailtool/store/message_folder.h"
#include "store/system.h"
#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

using test::names_in;
using test::put;
using test::text_of;

DeliveryKey key(std::uint8_t n) {
  DeliveryKey made{};
  made[0] = 0xab;
  made[15] = n;
  return made;
}

class MaildirTest : public testing::Test {
 protected:
  std::unique_ptr<MessageFiles> open() {
    auto maildir = open_maildir(path().string());
    EXPECT_TRUE(maildir) << maildir.error().one_line();
    return maildir ? *std::move(maildir) : nullptr;
  }
  static void deliver(MessageFiles& files, const std::string& text,
                      std::uint8_t n) {
    ASSERT_TRUE(files.begin());
    ASSERT_TRUE(files.write(text));
    ASSERT_TRUE(files.end(key(n)));
  }
  static std::vector<Stored> commit(MessageFiles& files) {
    files.seal();
    return files.settle();
  }
  [[nodiscard]] std::filesystem::path path() const {
    return folder_.path() / "a/b/Mail";
  }
  test::TempDir folder_;
};

TEST_F(MaildirTest, IsMadeWithAllAboveIt) {
  open();
  for (const char* name : {"tmp", "new", "cur"}) {
    struct stat found;
    ASSERT_EQ(::stat((path() / name).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0700u);
  }
}

TEST_F(MaildirTest, DeliversWhatIsSealedAndNotBefore) {
  const auto maildir = open();
  deliver(*maildir, "first\n", 1);
  deliver(*maildir, std::string(200'000, 'x') + "\n", 2);
  EXPECT_TRUE(names_in(path() / "new").empty());
  EXPECT_TRUE(maildir->settle().empty());
  const auto stored = commit(*maildir);
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(text_of(stored[0].path), "first\n");
  EXPECT_EQ(text_of(stored[1].path).size(), 200'001u);
  EXPECT_TRUE(names_in(path() / "tmp").empty());
  const auto name = names_in(path() / "new").front();
  EXPECT_NE(name.find("Hab000000000000000000000000000"), name.npos) << name;
  EXPECT_EQ(name.find_first_of("/:"), name.npos) << name;
}

TEST_F(MaildirTest, OneBatchIsFilledWhileTheOtherIsMadeSafe) {
  const auto maildir = open();
  deliver(*maildir, "one\n", 1);
  maildir->seal();
  deliver(*maildir, "two\n", 2);
  auto stored = maildir->settle();
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(text_of(stored[0].path), "one\n");
  stored = commit(*maildir);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(text_of(stored[0].path), "two\n");
}

TEST_F(MaildirTest, ManyMessagesTakeFewDescriptors) {
  const auto maildir = open();
  int sealed = 0;
  std::size_t stored = 0;
  for (int i = 0; i < 3000; ++i) {
    DeliveryKey many{};
    many[0] = static_cast<std::uint8_t>(i >> 8);
    many[1] = static_cast<std::uint8_t>(i);
    ASSERT_TRUE(maildir->begin());
    ASSERT_TRUE(maildir->write("text\n"));
    ASSERT_TRUE(maildir->end(many));
    if (!maildir->full()) continue;
    stored += maildir->settle().size();
    maildir->seal();
    ++sealed;
  }
  stored += maildir->settle().size();
  stored += commit(*maildir).size();
  EXPECT_GT(sealed, 1);
  EXPECT_EQ(stored, 3000u);
  EXPECT_EQ(names_in(path() / "new").size(), 3000u);
  EXPECT_LT(names_in("/proc/self/fd").size(), 40u);
}

TEST_F(MaildirTest, ADiscardedMessageLeavesNothing) {
  const auto maildir = open();
  ASSERT_TRUE(maildir->begin());
  ASSERT_TRUE(maildir->write(std::string(100'000, 'x')));
  maildir->discard();
  maildir->discard();
  EXPECT_TRUE(names_in(path() / "tmp").empty());
  deliver(*maildir, "next\n", 1);
  const auto stored = commit(*maildir);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(text_of(stored[0].path), "next\n");
}

TEST_F(MaildirTest, WhatIsNotSettledIsNotThere) {
  {
    const auto maildir = open();
    deliver(*maildir, "not sealed\n", 1);
  }
  EXPECT_TRUE(names_in(path() / "tmp").empty());
  EXPECT_TRUE(names_in(path() / "new").empty());
}

TEST_F(MaildirTest, RecognisesWhatItDelivered) {
  {
    const auto maildir = open();
    deliver(*maildir, "one\n", 1);
    deliver(*maildir, "two\n", 2);
    deliver(*maildir, "one\n", 1);
    const auto stored = commit(*maildir);
    ASSERT_EQ(stored.size(), 3u);
    EXPECT_TRUE(stored[2].recognised);
    // A mail reader has seen the first.
    const std::filesystem::path file = stored[0].path;
    std::filesystem::rename(
        file, path() / "cur" / (file.filename().string() + ":2,S"));
  }
  put(path() / "new" / "1700000000.M1P1.other", "foreign\n");
  put(path() / "new" / "nonsense", "foreign\n");
  const auto maildir = open();
  for (std::uint8_t n = 1; n <= 3; ++n) deliver(*maildir, "again\n", n);
  const auto stored = commit(*maildir);
  ASSERT_EQ(stored.size(), 3u);
  EXPECT_TRUE(stored[0].recognised);
  EXPECT_TRUE(stored[1].recognised);
  EXPECT_FALSE(stored[2].recognised);
  EXPECT_TRUE(stored[0].path.empty());
  EXPECT_EQ(text_of(stored[2].path), "again\n");
  EXPECT_TRUE(names_in(path() / "tmp").empty());
}

TEST_F(MaildirTest, ClearsOnlyWhatItsOwnDeadLeft) {
  open();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto maildir = open_maildir(path().string());
    (void)(*maildir)->begin();
    (void)(*maildir)->write("torn");
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  put(path() / "tmp" / "1700000000.foreign.host", "of another program");
  put(path() / "tmp" / "mailtool.Pnone", "of nobody");
  const auto living = open();
  ASSERT_TRUE(living->begin());
  EXPECT_EQ(names_in(path() / "tmp").size(), 3u);
  const auto other = open();
  ASSERT_TRUE(other->begin());  // does not touch what another one is writing
  EXPECT_EQ(names_in(path() / "tmp").size(), 4u);
}

const char* fail_call = "";
int fail_call_errno = 0;
int fail_that(const char* call) {
  return std::string_view(call) == fail_call ? fail_call_errno : 0;
}

struct Failure {
  const char* call;
  int error;
  ErrorKind kind;
};

Result<void> begin_to_end(MessageFiles& files) {
  if (auto begun = files.begin(); !begun) return begun;
  if (auto written = files.write("text\n"); !written) return written;
  if (auto ended = files.end(key(1)); !ended) return ended;
  return files.commit();
}

TEST_F(MaildirTest, AFailureDeliversNothingAndLeavesNothing) {
  const Failure failures[] = {
      {"write", ENOSPC, ErrorKind::local_io},
      {"write", EDQUOT, ErrorKind::local_io},
      {"fsync", EIO, ErrorKind::local_io},
      {"rename_new", ENOSPC, ErrorKind::local_io},
      {"open", EMFILE, ErrorKind::system},
      {"open", EACCES, ErrorKind::cannot_create},
  };
  for (const auto& failure : failures) {
    const auto maildir = open();
    fail_call = failure.call;
    fail_call_errno = failure.error;
    set_fault_hook(fail_that);
    const auto done = begin_to_end(*maildir);
    set_fault_hook(nullptr);
    maildir->discard();
    ASSERT_FALSE(done) << failure.call;
    EXPECT_EQ(done.error().kind, failure.kind) << failure.call;
    EXPECT_NE(done.error().what.find(path().string()), std::string::npos);
    EXPECT_TRUE(names_in(path() / "tmp").empty()) << failure.call;
    EXPECT_TRUE(names_in(path() / "new").empty()) << failure.call;
  }
}

TEST_F(MaildirTest, AFileInThePlaceOfAFolder) {
  put(folder_.path() / "a", "not a folder");
  const auto maildir = open_maildir(path().string());
  ASSERT_FALSE(maildir);
  EXPECT_EQ(maildir.error().kind, ErrorKind::cannot_create);
}

TEST_F(MaildirTest, AFolderOfEmlFilesSortsByArrival) {
  const auto folder = (folder_.path() / "eml").string();
  {
    const auto files = *open_message_folder(folder);
    for (std::uint8_t n = 20; n > 0; --n) {
      deliver(*files, std::to_string(n) + "\n", n);
    }
    ASSERT_EQ(commit(*files).size(), 20u);
  }
  auto names = names_in(folder);
  std::sort(names.begin(), names.end());
  ASSERT_EQ(names.size(), 20u);
  EXPECT_EQ(text_of(std::filesystem::path(folder) / names.front()), "20\n");
  EXPECT_EQ(text_of(std::filesystem::path(folder) / names.back()), "1\n");
  EXPECT_TRUE(names.front().ends_with(to_string(key(20)) + ".eml"));

  const auto files = *open_message_folder(folder);
  deliver(*files, "again\n", 7);
  deliver(*files, "new\n", 21);
  const auto stored = commit(*files);
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_TRUE(stored[0].recognised);
  EXPECT_EQ(text_of(stored[1].path), "new\n");
}

}  // namespace
}  // namespace mailtool::store
