// Files that other programs put into a ServedMaildir, many at a time.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "served_fixture.h"

namespace mailtool::store {
namespace {

using ServedArrivals = ServedTest;

// Others wait while files of another program are taken in: so many at a time.
TEST_F(ServedArrivals, TakesInManyFilesInPortions) {
  const auto maildir = open();
  add(*maildir, {"a\r\n"});
  for (int i = 1000; i < 1500; ++i) {
    put("new/" + std::to_string(i) + ".x.host", std::to_string(i) + "\n");
  }
  EXPECT_TRUE(*maildir->look());
  EXPECT_TRUE(maildir->is_taking_in());
  EXPECT_EQ(maildir->messages().size(), 201u);
  // What comes between has UIDs between.
  EXPECT_EQ(add(*maildir, {"b\r\n"}), Uids{202});
  put("new/0.late.host", "late\n");
  EXPECT_TRUE(*maildir->look());
  EXPECT_EQ(maildir->messages().size(), 402u);
  EXPECT_TRUE(*maildir->look());
  EXPECT_FALSE(maildir->is_taking_in());
  EXPECT_EQ(maildir->messages().size(), 502u);
  EXPECT_EQ(text_of(*maildir, maildir->messages()[1]), "1000\r\n");
  EXPECT_EQ(text_of(*maildir, *maildir->find(203)), "1200\r\n");
  EXPECT_EQ(text_of(*maildir, maildir->messages().back()), "1499\r\n");
  EXPECT_TRUE(*maildir->look());
  EXPECT_EQ(text_of(*maildir, *maildir->find(503)), "late\r\n");
  EXPECT_EQ(maildir->messages().size(), 503u);
}

// Large ones are fewer.
TEST_F(ServedArrivals, APortionIsSoManyOctets) {
  const auto maildir = open();
  for (const char* name : {"new/1.x", "new/2.x", "new/3.x"}) {
    put(name, std::string(3 << 20, 'x'));
  }
  EXPECT_TRUE(*maildir->look());
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2}));
  EXPECT_TRUE(*maildir->refresh());
  EXPECT_FALSE(maildir->is_taking_in());
  EXPECT_EQ(uids_of(*maildir), (Uids{1, 2, 3}));
}

// What is there already is known before the first of them is taken in.
TEST_F(ServedArrivals, OpensWithTheFirstPortion) {
  {
    const auto maildir = open();
    add(*maildir, {"a\r\n", "b\r\n"});
  }
  for (int i = 1000; i < 1300; ++i) {
    put("cur/" + std::to_string(i) + ".x.host:2,S", "x\r\n");
  }
  // Of files whose UIDs were never given there may be many, too.
  for (int i = 1000; i < 1200; ++i) {
    put("cur/1.V7U" + std::to_string(900'000 + i) + ".x:2,F", "y\r\n");
  }
  const auto maildir = open();
  EXPECT_EQ(maildir->messages().size(), 202u);
  EXPECT_TRUE(maildir->is_taking_in());
  EXPECT_TRUE(*maildir->look());
  EXPECT_EQ(maildir->messages().size(), 402u);
  EXPECT_TRUE(maildir->is_taking_in());
  EXPECT_TRUE(*maildir->look());
  EXPECT_FALSE(maildir->is_taking_in());
  EXPECT_EQ(maildir->messages().size(), 502u);
  EXPECT_EQ(maildir->messages().back().uid, 502u);
  EXPECT_EQ(maildir->messages().back().flags(), "F");
}

// Wherever a call fails, those that were taken in have their UIDs for good, and
// the next look begins anew.
TEST_F(ServedArrivals, APortionThatFails) {
  (void)open();
  for (int fails = 1;; ++fails) {
    const auto maildir = open();
    const auto before = maildir->messages().size();
    for (int i = 0; i < 5; ++i) {
      put("new/" + std::to_string(fails) + "." + std::to_string(i), "x\n");
    }
    g_calls = g_last = 0;
    g_failing = fails;
    set_fault_hook(count_call);
    const auto looked = maildir->look();
    set_fault_hook(nullptr);
    EXPECT_FALSE(maildir->is_taking_in());
    if (g_calls < fails) break;
    const auto uids = uids_of(*maildir);
    const auto next = maildir->uidnext();
    EXPECT_TRUE(maildir->refresh());
    const auto now = uids_of(*maildir);
    EXPECT_EQ(now.size(), before + 5) << fails;
    EXPECT_TRUE(std::includes(now.begin(), now.end(), uids.begin(), uids.end()));
    EXPECT_TRUE(std::is_sorted(now.begin(), now.end()));
    EXPECT_GE(maildir->uidnext(), next);
  }
  g_failing = 0;
}

// A file that another program had written to, or with a wrong number in its name,
// was announced as what it was not.
TEST_F(ServedArrivals, OctetsAreThoseOfTheFile) {
  const auto maildir = open();
  add(*maildir, {"Subject: a\r\n\r\nsome text\r\n", "bb\r\n"});
  put("cur/9.V7U900.host,W=999999:2,", "x\ny\n");
  EXPECT_TRUE(maildir->refresh());
  const auto octets = [&](std::uint32_t uid) {
    const auto source = maildir->read(*maildir->find(uid));
    return source ? maildir->find(uid)->octets : 0;
  };
  const auto before = maildir->highest_modseq();
  EXPECT_EQ(octets(2), 4u);
  EXPECT_EQ(maildir->highest_modseq(), before);
  const auto& adopted = maildir->messages().back();
  EXPECT_EQ(adopted.octets, 999999u);
  EXPECT_EQ(octets(adopted.uid), 6u);
  EXPECT_GT(maildir->highest_modseq(), before);

  const auto name = "cur/" + maildir->find(1)->name;
  put(name, "Subject: a\r\n");
  EXPECT_EQ(octets(1), 12u);
  EXPECT_EQ(maildir->find(1)->modseq, maildir->highest_modseq());
  EXPECT_EQ(text_of(*maildir, *maildir->find(1)), "Subject: a\r\n");
  put("cur/" + adopted.name, "x\ny\nzz\n");
  EXPECT_EQ(octets(adopted.uid), 10u);
  EXPECT_EQ(text_of(*maildir, adopted), "x\r\ny\r\nzz\r\n");
}

// What was seen under a UID is under that, wherever the process dies.
TEST_F(ServedArrivals, KilledWhileTakingIn) {
  (void)open();
  for (int i = 1000; i < 1410; ++i) {
    put("cur/" + std::to_string(i) + ".x:2,", std::to_string(i) + "\r\n");
  }
  std::map<std::uint32_t, std::string> known;
  for (int last = 1;; last += 97) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const auto child = ::fork();
    if (child == 0) {
      g_calls = 0;
      g_last = last;
      set_fault_hook(count_call);
      auto maildir = ServedMaildir::open(path_, 7);
      while (maildir) {
        const auto uids = uids_of(**maildir);
        const auto octets = uids.size() * sizeof uids[0];
        if (::write(pipe[1], uids.data(), octets) < 0) _exit(8);
        if (!(*maildir)->is_taking_in()) _exit(0);
        if (!(*maildir)->look()) _exit(8);
      }
      _exit(8);
    }
    ::close(pipe[1]);
    Uids told;
    std::uint32_t uid = 0;
    while (::read(pipe[0], &uid, sizeof uid) == sizeof uid) told.push_back(uid);
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_NE(WEXITSTATUS(status), 8) << last;
    const auto maildir = open();
    for (const auto one : told) {
      ASSERT_NE(maildir->find(one), nullptr) << last << " " << one;
      const auto text = text_of(*maildir, *maildir->find(one));
      EXPECT_EQ(known.try_emplace(one, text).first->second, text);
    }
    if (WEXITSTATUS(status) == 0) break;
  }
  const auto maildir = open();
  EXPECT_TRUE(maildir->refresh());
  EXPECT_EQ(maildir->messages().size(), 410u);
}

}  // namespace
}  // namespace mailtool::store
