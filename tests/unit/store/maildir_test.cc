#include "mailtool/store/maildir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

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
  std::unique_ptr<Maildir> open() {
    auto maildir = Maildir::open(path().string());
    EXPECT_TRUE(maildir) << maildir.error().one_line();
    return maildir ? *std::move(maildir) : nullptr;
  }
  void deliver(Maildir& maildir, const std::string& text, std::uint8_t n) {
    ASSERT_TRUE(maildir.begin());
    ASSERT_TRUE(maildir.write(text));
    ASSERT_TRUE(maildir.end(key(n)));
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

TEST_F(MaildirTest, DeliversOnCommitAndNotBefore) {
  const auto maildir = open();
  deliver(*maildir, "first\n", 1);
  deliver(*maildir, std::string(200'000, 'x') + "\n", 2);
  EXPECT_EQ(maildir->uncommitted(), 2u);
  EXPECT_TRUE(names_in(path() / "new").empty());
  ASSERT_TRUE(maildir->commit());
  ASSERT_EQ(maildir->delivered().size(), 2u);
  EXPECT_EQ(text_of(maildir->delivered()[0]), "first\n");
  EXPECT_EQ(text_of(maildir->delivered()[1]).size(), 200'001u);
  EXPECT_TRUE(names_in(path() / "tmp").empty());
  const auto name = names_in(path() / "new").front();
  EXPECT_NE(name.find("Hab000000000000000000000000000"), name.npos) << name;
  EXPECT_EQ(name.find_first_of("/:"), name.npos) << name;
}

TEST_F(MaildirTest, ADiscardedMessageLeavesNothing) {
  const auto maildir = open();
  ASSERT_TRUE(maildir->begin());
  ASSERT_TRUE(maildir->write(std::string(100'000, 'x')));
  maildir->discard();
  maildir->discard();
  EXPECT_TRUE(names_in(path() / "tmp").empty());
  deliver(*maildir, "next\n", 1);
  ASSERT_TRUE(maildir->commit());
  EXPECT_EQ(text_of(maildir->delivered().front()), "next\n");
}

TEST_F(MaildirTest, RecognisesWhatItDelivered) {
  {
    const auto maildir = open();
    deliver(*maildir, "one\n", 1);
    deliver(*maildir, "two\n", 2);
    EXPECT_TRUE(maildir->holds(key(1)));
    ASSERT_TRUE(maildir->commit());
    // A mail reader has seen the first.
    const std::filesystem::path file = maildir->delivered().front();
    std::filesystem::rename(
        file, path() / "cur" / (file.filename().string() + ":2,S"));
  }
  put(path() / "new" / "1700000000.M1P1.other", "foreign\n");
  put(path() / "new" / "nonsense", "foreign\n");
  const auto maildir = open();
  ASSERT_TRUE(maildir->recognise());
  EXPECT_TRUE(maildir->holds(key(1)));
  EXPECT_TRUE(maildir->holds(key(2)));
  EXPECT_FALSE(maildir->holds(key(3)));
}

TEST_F(MaildirTest, ClearsOnlyWhatItsOwnDeadLeft) {
  open();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto maildir = Maildir::open(path().string());
    (void)(*maildir)->begin();
    (void)(*maildir)->write("torn");
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  put(path() / "tmp" / "1700000000.foreign.host", "of another program");
  const auto living = open();
  ASSERT_TRUE(living->begin());
  EXPECT_EQ(names_in(path() / "tmp").size(), 2u);
  open();  // does not touch what another one is writing
  EXPECT_EQ(names_in(path() / "tmp").size(), 2u);
}

int fail_call_errno = 0;
const char* fail_call = "";
int fail_that(const char* call) {
  return std::string_view(call) == fail_call ? fail_call_errno : 0;
}

struct Failure {
  const char* call;
  int error;
  ErrorKind kind;
};

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
    auto done = maildir->begin();
    if (done) done = maildir->write("text\n");
    if (done) done = maildir->end(key(1));
    if (done) done = maildir->commit();
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
  const auto maildir = Maildir::open(path().string());
  ASSERT_FALSE(maildir);
  EXPECT_EQ(maildir.error().kind, ErrorKind::cannot_create);
}

}  // namespace
}  // namespace mailtool::store
