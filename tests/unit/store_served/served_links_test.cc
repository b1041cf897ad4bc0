// Messages of a ServedMaildir that are copied and removed without being written.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "mailtool/store/disposal.h"
#include "mailtool/store/served_maildir.h"
#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::store {
namespace {

namespace fs = std::filesystem;
using Uids = std::vector<std::uint32_t>;

std::string g_failing;  // calls of this name
int g_errno = 0;

int fail_call(const char* call) { return call == g_failing ? g_errno : 0; }

class Links : public testing::Test {
 protected:
  void TearDown() override { set_fault_hook(nullptr); }
  std::unique_ptr<ServedMaildir> open(const char* name) {
    auto opened = ServedMaildir::open(dir_.path() / name, 7);
    EXPECT_TRUE(opened) << opened.error().one_line();
    return opened ? *std::move(opened) : nullptr;
  }
  static void add(ServedMaildir& maildir, std::string_view text) {
    StringSource source(text);
    EXPECT_TRUE(maildir.add(source, 1'795'262'400, "S"));
    EXPECT_TRUE(maildir.commit());
  }
  static std::string text_of(ServedMaildir& maildir, std::uint32_t uid) {
    const auto* one = maildir.find(uid);
    if (one == nullptr) return "none";
    auto source = maildir.read(*one);
    if (!source) return source.error().one_line();
    StringSink sink(1000);
    EXPECT_TRUE(copy_all(**source, sink));
    return sink.take();
  }
  [[nodiscard]] std::size_t files(const std::string& folder) const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(dir_.path() / folder), {}));
  }
  static void fail(const char* call, int error) {
    g_failing = call;
    g_errno = error;
    set_fault_hook(fail_call);
  }

  test::TempDir dir_;
};

TEST_F(Links, CopiesAreTheSameFile) {
  const auto from = open("a");
  const auto to = open("b");
  add(*from, "one\r\n");
  add(*to, "there\r\n");
  std::ofstream(dir_.path() / "a/new/9.other.host") << "two\n";
  EXPECT_TRUE(*from->refresh());
  EXPECT_TRUE(*to->add_link(*from, *from->find(1), "F"));
  StringSource between("three\r\n");
  EXPECT_TRUE(to->add(between, 1'795'262'400, ""));
  EXPECT_TRUE(*to->add_link(*from, *from->find(2), ""));
  EXPECT_EQ(to->messages().size(), 1u);
  EXPECT_EQ(*to->commit(), (Uids{2, 3, 4}));
  EXPECT_EQ(text_of(*to, 2), "one\r\n");
  EXPECT_EQ(text_of(*to, 3), "three\r\n");
  EXPECT_EQ(text_of(*to, 4), "two\r\n");
  EXPECT_EQ(to->find(2)->flags(), "F");
  EXPECT_EQ(to->find(2)->date, 1'795'262'400);
  EXPECT_EQ(to->find(4)->octets, 5u);
  EXPECT_FALSE(*to->refresh());
  EXPECT_EQ(files("b/tmp"), 0u);
  // What becomes of one is nothing to the other.
  EXPECT_EQ(*from->remove(Uids{1, 2}), 2u);
  EXPECT_EQ(text_of(*to, 2), "one\r\n");
  EXPECT_EQ(text_of(*to, 4), "two\r\n");
}

TEST_F(Links, WhatIsNotCommittedIsNotThere) {
  const auto from = open("a");
  add(*from, "one\r\n");
  {
    const auto to = open("b");
    EXPECT_TRUE(*to->add_link(*from, *from->find(1), ""));
    EXPECT_EQ(files("b/tmp"), 1u);
  }
  EXPECT_EQ(files("b/tmp"), 0u);
  // As a crash leaves it.
  std::ofstream(dir_.path() / "b/tmp/linked.9") << "one\n";
  EXPECT_TRUE(open("b")->messages().empty());
  EXPECT_EQ(files("b/tmp"), 0u);
}

TEST_F(Links, WhereItCannotBe) {
  const auto from = open("a");
  const auto to = open("b");
  add(*from, "one\r\n");
  fail("link", EMLINK);
  EXPECT_FALSE(*to->add_link(*from, *from->find(1), ""));
  set_fault_hook(nullptr);
  for (const auto* call : {"rename_new", "fsync"}) {
    EXPECT_TRUE(*to->add_link(*from, *from->find(1), ""));
    fail(call, EIO);
    EXPECT_FALSE(to->commit()) << call;
    set_fault_hook(nullptr);
    EXPECT_EQ(files("b/cur") + files("b/tmp"), 0u) << call;
    EXPECT_FALSE(*to->refresh());
  }
  fs::remove(dir_.path() / "a/cur" / from->find(1)->name);
  EXPECT_EQ(to->add_link(*from, *from->find(1), "").error().kind,
            ErrorKind::no_such_item);
}

TEST_F(Links, RemovedFilesAreDisposedOf) {
  Disposal disposal;
  {
    const auto maildir = open("a");
    for (int i = 0; i < 3; ++i) add(*maildir, "one\r\n");
    EXPECT_EQ(maildir->take_removed(), "");
    EXPECT_EQ(*maildir->remove(Uids{1, 3}), 2u);
    EXPECT_TRUE(maildir->sync());
    EXPECT_EQ(files("a/cur"), 1u);
    EXPECT_EQ(files("a/tmp"), 2u);
    EXPECT_FALSE(*maildir->refresh());
    std::ofstream(dir_.path() / "a/tmp/another") << "x";
    disposal.add(maildir->take_removed());
    disposal.finish();
    EXPECT_EQ(files("a/tmp"), 1u);
    EXPECT_EQ(maildir->take_removed(), "");
    EXPECT_EQ(*maildir->remove(Uids{2}), 1u);
  }
  // What is left there is found when it is opened again.
  EXPECT_EQ(files("a/tmp"), 2u);
  disposal.add(open("a")->take_removed());
  disposal.add(dir_.path() / "nowhere");
  disposal.finish();
  EXPECT_EQ(files("a/tmp"), 1u);
}

// One can be rid of mail where there is no room.
TEST_F(Links, RemovedOnAFullDisk) {
  const auto maildir = open("a");
  add(*maildir, "one\r\n");
  fail("rename", ENOSPC);
  EXPECT_EQ(*maildir->remove(Uids{1}), 1u);
  EXPECT_EQ(files("a/cur") + files("a/tmp"), 0u);
  EXPECT_EQ(maildir->take_removed(), "");
}

}  // namespace
}  // namespace mailtool::store
