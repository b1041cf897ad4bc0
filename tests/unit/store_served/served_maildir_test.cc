#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "served_fixture.h"
#include "support/child_process.h"

namespace mailtool::store {
namespace {

namespace fs = std::filesystem;

using Served = ServedTest;

TEST_F(Served, MessagesStay) {
  {
    const auto maildir = open();
    EXPECT_EQ(maildir->uidvalidity(), 7u);
    EXPECT_EQ(maildir->uidnext(), 1u);
    EXPECT_EQ(add(*maildir, {"a\r\n", "bb\r\n"}), (Uids{1, 2}));
    EXPECT_EQ(add(*maildir, {"ccc\r\n"}), Uids{3});
    EXPECT_EQ(*maildir->commit(), Uids{});
    EXPECT_EQ(ServedMaildir::open(path_, 8).error().kind, ErrorKind::busy);
  }
  const auto maildir = open();
  EXPECT_EQ(maildir->uidvalidity(), 7u);
  EXPECT_EQ(maildir->uidnext(), 4u);
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2, 3}));
  const auto* two = maildir->find(2);
  ASSERT_NE(two, nullptr);
  EXPECT_EQ(two->octets, 4u);
  EXPECT_EQ(two->date, 1'795'262'400);
  EXPECT_EQ(two->flags(), "S");
  EXPECT_EQ(text_of(*maildir, *two), "bb\r\n");
  EXPECT_EQ(maildir->find(4), nullptr);
  EXPECT_FALSE(*maildir->refresh());
}

TEST_F(Served, NoUidIsGivenTwice) {
  {
    const auto maildir = open();
    add(*maildir, {"a\r\n", "b\r\n", "c\r\n"});
    EXPECT_EQ(*maildir->remove(Uids{2, 3, 9}), 2u);
    EXPECT_EQ(*maildir->remove(Uids{2}), 0u);
    ASSERT_TRUE(maildir->sync());
  }
  {
    const auto maildir = open();
    EXPECT_EQ(uids_of(*maildir), Uids{1});
    EXPECT_EQ(add(*maildir, {"d\r\n"}), Uids{4});
  }
  // As if killed: what was set apart is not given again.
  const auto end = test::in_child([&](const test::Say&) {
    auto maildir = ServedMaildir::open(path_, 7);
    StringSource source("e\r\n");
    (void)(*maildir)->add(source, std::nullopt, "");
    (void)(*maildir)->commit();
    (void)(*maildir)->remove(Uids{5});
    _exit(0);
  });
  EXPECT_TRUE(end.exited());
  const auto maildir = open();
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 4}));
  EXPECT_GT(maildir->uidnext(), 5u);
}

// Some file systems turn what is too late for them into the last they keep.
TEST_F(Served, ADateIsKeptOrRefused) {
  const auto maildir = open();
  for (const auto date : std::array<std::int64_t, 5>{
           253'402'300'799, 15'032'385'536, 4'102'444'800, -1,
           -62'135'596'800}) {
    StringSource source("a\r\n");
    const auto added = maildir->add(source, date, "");
    if (!added) {
      EXPECT_EQ(added.error().kind, ErrorKind::rejected);
      continue;
    }
    ASSERT_TRUE(maildir->commit());
    EXPECT_EQ(maildir->messages().back().date, date);
  }
  EXPECT_TRUE(fs::is_empty(path_ + "/tmp"));
}

TEST_F(Served, Flags) {
  const auto maildir = open();
  add(*maildir, {"a\r\n"});
  EXPECT_TRUE(*maildir->set_flags(1, "FRS"));
  EXPECT_FALSE(*maildir->set_flags(2, "S"));
  EXPECT_EQ(maildir->find(1)->flags(), "FRS");
  EXPECT_TRUE(*maildir->set_flags(1, ""));
  EXPECT_EQ(maildir->find(1)->flags(), "");
  EXPECT_EQ(text_of(*maildir, *maildir->find(1)), "a\r\n");
  EXPECT_FALSE(*maildir->refresh());
}

TEST_F(Served, WhatOthersDeliver) {
  const auto maildir = open();
  add(*maildir, {"a\r\n"});
  put("new/2.x.host", "Subject: two\n\n\r\n");
  put("cur/1.x.host:2,SFX", "one\r\n");
  fs::create_directory(path_ + "/new/folder");
  fs::create_symlink("/etc/passwd", path_ + "/new/link");
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2, 3}));
  const auto& first = *maildir->find(2);
  EXPECT_TRUE(first.in_new);
  EXPECT_EQ(text_of(*maildir, first), "Subject: two\r\n\r\n\r\n");
  EXPECT_EQ(first.octets, 18u);
  EXPECT_EQ(text_of(*maildir, *maildir->find(3)), "one\r\n");
  EXPECT_EQ(maildir->find(3)->flags(), "FS");
  EXPECT_FALSE(*maildir->refresh());
  EXPECT_TRUE(*maildir->set_flags(2, "S"));
  EXPECT_EQ(text_of(*maildir, *maildir->find(2)), "Subject: two\r\n\r\n\r\n");

  fs::remove(path_ + "/cur/" + maildir->find(3)->name);
  EXPECT_EQ(maildir->read(*maildir->find(3)).error().kind,
            ErrorKind::no_such_item);
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2}));
}

// A folder that has not changed is not read again.
TEST_F(Served, LooksWhereAFolderHasChanged) {
  const auto maildir = open();
  add(*maildir, {"a\r\n"});
  const auto age = [&](const char* folder) {
    fs::last_write_time(path_ + folder,
                        fs::file_time_type::clock::now() - std::chrono::hours(1));
    return fs::last_write_time(path_ + folder);
  };
  (void)age("/cur");
  const auto before = age("/new");
  EXPECT_FALSE(*maildir->look());
  put("new/2.x.host", "two\r\n");
  fs::last_write_time(path_ + "/new", before);
  EXPECT_FALSE(*maildir->look());
  fs::last_write_time(path_ + "/new", before + std::chrono::seconds(1));
  EXPECT_TRUE(*maildir->look());
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2}));
}

// UIDs ascend as messages appear, whatever the name of another's file says.
TEST_F(Served, ANameOfAnotherWithAUidToCome) {
  const auto maildir = open();
  StringSource source("a\r\n");
  EXPECT_TRUE(maildir->add(source, 1'795'262'400, ""));
  put("cur/1.V7U50.x:2,", "b\r\n");
  EXPECT_FALSE(*maildir->refresh());
  EXPECT_TRUE(*maildir->find_again());
  EXPECT_EQ(*maildir->commit(), Uids{1});
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 50}));
  EXPECT_EQ(add(*maildir, {"c\r\n"}), Uids{51});
}

// A copy, by another program, of a file that has a UID.
TEST_F(Served, TwoFilesWithOneUid) {
  const auto maildir = open();
  add(*maildir, {"a\r\n", "b\r\n"});
  const auto one = path_ + "/cur/" + maildir->find(1)->name;
  // Sorts before it, and behind it.
  fs::copy(one, path_ + "/cur/1.V7U1.x:2,");
  fs::copy(one, path_ + "/cur/9.V7U1.x:2,bFa");
  // The same file is the same message: some rename so.
  fs::create_hard_link(one, path_ + "/cur/9.V7U1.y:2,");
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2, 3, 4}));
  EXPECT_EQ(path_ + "/cur/" + maildir->find(1)->name, one);
  EXPECT_EQ(text_of(*maildir, *maildir->find(3)), "a\r\n");
  EXPECT_EQ(maildir->find(4)->flags(), "Fab");
  EXPECT_FALSE(*maildir->refresh());
  EXPECT_EQ(add(*maildir, {"c\r\n"}), Uids{5});
  // A program that gives it other flags has made no copy.
  fs::rename(one, path_ + "/cur/0.V7U1.z:2,");
  fs::remove(path_ + "/cur/9.V7U1.y:2,");
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2, 3, 4, 5}));
}

// No file makes UIDs come to their end.
TEST_F(Served, UidsThatWereNeverGiven) {
  {
    const auto maildir = open();
    add(*maildir, {"a\r\n"});
    put("cur/1.V7U4294967295.x:2,S", "b\r\n");
    put("new/1.V7U4294967294.x", "c\r\n");
    fs::create_symlink("/etc/passwd", path_ + "/cur/1.V7U4294967293.x:2,");
    fs::create_symlink("/etc/passwd", path_ + "/cur/1.V7U50.x:2,");
    fs::create_directory(path_ + "/cur/1.V7U4294967292.x:2,");
    EXPECT_TRUE(*maildir->refresh());
    EXPECT_EQ(uids_of(*maildir), (Uids{1, 2, 3}));
    EXPECT_EQ(text_of(*maildir, *maildir->find(2)), "c\r\n");
    EXPECT_EQ(maildir->find(3)->flags(), "S");
    EXPECT_EQ(maildir->uidnext(), 4u);
    EXPECT_FALSE(*maildir->refresh());
    EXPECT_EQ(add(*maildir, {"d\r\n"}), Uids{4});
  }
  put("cur/1.V7U4294967295.x:2,S", "e\r\n");
  const auto maildir = open();
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2, 3, 4, 5}));
  EXPECT_TRUE(maildir->begin_at(2000));
  put("cur/1.V7U1999.x:2,", "f\r\n");
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_EQ(uids_of(*maildir).back(), 1999u);
  EXPECT_EQ(maildir->uidnext(), 2000u);
}

// As from a backup: what was given since gets other UIDs, which are nobody's.
TEST_F(Served, StateOfBefore) {
  {
    const auto maildir = open();
    add(*maildir, {"1\r\n", "2\r\n", "3\r\n", "4\r\n"});
  }
  put("served", "2 7 3 1\n");
  const auto maildir = open();
  ASSERT_EQ(uids_of(*maildir), (Uids{1, 2, 5, 6}));
  EXPECT_EQ(text_of(*maildir, *maildir->find(5)), "3\r\n");
  EXPECT_EQ(text_of(*maildir, *maildir->find(6)), "4\r\n");
  EXPECT_EQ(maildir->find(6)->flags(), "S");
  EXPECT_EQ(maildir->uidnext(), 7u);
}

// What it leads to is none of ours.
TEST_F(Served, Links) {
  const auto outside = dir_.path() / "outside";
  fs::create_directory(outside);
  for (const auto* name : {"", "/cur", "/new", "/tmp"}) {
    fs::remove_all(path_);
    open().reset();
    EXPECT_TRUE(ServedMaildir::can_be(path_));
    fs::remove_all(path_ + name);
    fs::create_directory_symlink(outside, path_ + name);
    EXPECT_FALSE(ServedMaildir::can_be(path_));
    const auto opened = ServedMaildir::open(path_, 7);
    ASSERT_FALSE(opened) << name;
    EXPECT_EQ(opened.error().kind, ErrorKind::config);
    EXPECT_TRUE(fs::is_empty(outside));
  }
}

TEST_F(Served, DamagedState) {
  open().reset();
  for (const auto* text : {"", "1 7", "1 0 5\n", "2 7 5\n", "1 7 5", "1 7 0\n"}) {
    put("served", text);
    EXPECT_EQ(ServedMaildir::open(path_, 7).error().kind, ErrorKind::config)
        << text;
  }
}

// Whatever call the process dies at: what was acknowledged is there, whole, and
// its UID is of nothing else.
TEST_F(Served, KilledAtEachCall) {
  std::set<std::uint32_t> acknowledged;
  for (int last = 1; last < 200; ++last) {
    const auto end = test::in_child([&](const test::Say& say) {
      g_calls = 0;
      g_last = last;
      set_fault_hook(count_call);
      auto maildir = ServedMaildir::open(path_, 7);
      if (!maildir) _exit(8);
      const auto text = std::to_string(last) + "\r\n";
      for (int i = 0; i < 2; ++i) {
        StringSource source(text);
        if (!(*maildir)->add(source, std::nullopt, "")) _exit(8);
      }
      const auto uids = (*maildir)->commit();
      for (const auto uid : *uids) say(std::to_string(uid) + " ");
      _exit(0);
    });
    ASSERT_TRUE(end.exited() || end.exited(9)) << end.status;
    Uids told;
    std::istringstream said(end.said);
    for (std::uint32_t uid = 0; said >> uid;) told.push_back(uid);
    const auto maildir = open();
    for (const auto one : told) {
      ASSERT_TRUE(acknowledged.insert(one).second) << one;
      ASSERT_NE(maildir->find(one), nullptr) << one;
      EXPECT_EQ(text_of(*maildir, *maildir->find(one)),
                std::to_string(last) + "\r\n");
    }
    for (const auto one : acknowledged) ASSERT_NE(maildir->find(one), nullptr);
    if (end.exited()) {
      EXPECT_EQ(told.size(), 2u);
      EXPECT_GT(last, 5);
      return;
    }
  }
  FAIL() << "never came to the end";
}

TEST_F(Served, FullDiskAtEachCall) {
  const auto maildir = open();
  std::set<std::uint32_t> kept;
  bool whole = false;
  for (int failing = 1; failing < 60 && !whole; ++failing) {
    g_calls = 0;
    g_last = 0;
    g_failing = failing;
    set_fault_hook(count_call);
    StringSource source("text\r\n");
    const auto added = maildir->add(source, std::nullopt, "");
    const auto uids = maildir->commit();
    set_fault_hook(nullptr);
    whole = g_calls < failing;
    if (!added || !uids) continue;
    for (const auto uid : *uids) {
      const bool first = uid == 0 || kept.insert(uid).second;
      EXPECT_TRUE(first) << uid;
    }
  }
  EXPECT_TRUE(whole);
  for (const auto uid : kept) {
    ASSERT_NE(maildir->find(uid), nullptr);
    EXPECT_EQ(text_of(*maildir, *maildir->find(uid)), "text\r\n");
  }
}

}  // namespace
}  // namespace mailtool::store
