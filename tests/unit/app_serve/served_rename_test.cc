#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "serve/imap_copy_run.h"
#include "serve/imap_move_claim.h"
#include "served_folders_fixture.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

int calls = 0;
int last_call = 0;

// As a crash: after so many calls none succeeds any more.
int fail_later(const char*) { return calls++ < last_call ? 0 : ENOSPC; }

class RenameTest : public FoldersTest {
 protected:
  void TearDown() override { store::set_fault_hook(nullptr); }
  /// How many calls it made, of which the first `most` succeeded.
  static int rename(ServedFolders& folders, const char* from, const char* to,
                    int most) {
    calls = 0;
    last_call = most;
    store::set_fault_hook(fail_later);
    const bool done = folders.rename(from, to).has_value();
    store::set_fault_hook(nullptr);
    EXPECT_EQ(done, calls <= most);
    return calls;
  }
};

TEST_F(RenameTest, WhatIsBelowGoesToo) {
  const auto folders = open();
  for (const auto* name : {"a", "a/b", "a/b/c", "ab", "a.b"}) {
    EXPECT_TRUE(folders->create(name));
  }
  put(*folders, "a/b/c", "one");
  const auto held = *folders->box("a/b/c");
  const auto uidvalidity = held->uidvalidity();
  EXPECT_TRUE(folders->rename("a", "x/y"));
  EXPECT_EQ(names(*folders), "a.b ab x/y x/y/b x/y/b/c");
  EXPECT_EQ((*folders->box("x/y/b/c")).get(), held.get());
  put(*folders, "x/y/b/c", "two");
  EXPECT_EQ(held->messages().size(), 2u);
  EXPECT_FALSE(held->is_removed());
  EXPECT_EQ((*folders->box("x/y/b/c"))->uidvalidity(), uidvalidity);
  EXPECT_FALSE(folders->open("a/b/c"));
  // A level that nobody made, too.
  EXPECT_TRUE(folders->rename("x", "z"));
  EXPECT_EQ(names(*folders), "a.b ab z/y z/y/b z/y/b/c");
  EXPECT_EQ(texts(*folders, "z/y/b/c"), "one two");
}

TEST_F(RenameTest, Refused) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("a"));
  EXPECT_TRUE(folders->create("a/x"));
  EXPECT_TRUE(folders->create("b/x"));
  EXPECT_TRUE(folders->create("Sent"));
  EXPECT_EQ(refusal(folders->rename("a", "Sent")),
            "[ALREADYEXISTS] it is there already");
  EXPECT_EQ(refusal(folders->rename("a", "a")),
            "[ALREADYEXISTS] it is there already");
  EXPECT_EQ(refusal(folders->rename("a", "INBOX")),
            "[ALREADYEXISTS] it is there already");
  EXPECT_EQ(refusal(folders->rename("a", "a/y")),
            "[CANNOT] the new name is below the old");
  EXPECT_EQ(refusal(folders->rename("a", "b")),
            "[ALREADYEXISTS] there is already what would be below it");
  EXPECT_TRUE(refusal(folders->rename("a", std::string(199, 'y')))
                  .starts_with("[CANNOT] "));
  EXPECT_EQ(folders->rename("none", "x").error().kind, ErrorKind::no_such_item);
  EXPECT_EQ(names(*folders), "Sent a a/x b/x");
}

TEST_F(RenameTest, Inbox) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("INBOX/below"));
  put(*folders, "INBOX", "one", serve::kSeen);
  put(*folders, "INBOX", "two",
      *(*folders->inbox())->keyword("$Forwarded"));
  std::ofstream(path_ + "/new/1.other.host") << "six\n";
  const auto held = *folders->inbox();
  const auto uidvalidity = held->uidvalidity();
  EXPECT_TRUE(folders->rename("INBOX", "old"));
  EXPECT_EQ(names(*folders), "INBOX/below old");
  EXPECT_EQ(held->messages().size(), 0u);
  EXPECT_EQ(held->uidvalidity(), uidvalidity);
  const auto old = *folders->box("old");
  EXPECT_GT(old->uidvalidity(), uidvalidity);
  ASSERT_EQ(old->messages().size(), 3u);
  EXPECT_EQ(old->messages()[0].flags, serve::kSeen);
  EXPECT_EQ(old->keywords(), std::vector<std::string>{"$Forwarded"});
  EXPECT_EQ(old->messages()[1].flags, *old->keyword("$Forwarded"));
  EXPECT_EQ(texts(*folders, "old"), "one two six\r\n");
  EXPECT_EQ(old->messages().back().uid, 3u);
  EXPECT_EQ(old->uidnext(), 4u);
  put(*folders, "INBOX", "next");
  EXPECT_EQ(held->messages().back().uid, 4u);
  EXPECT_EQ(refusal(folders->rename("INBOX", "old")),
            "[ALREADYEXISTS] it is there already");
  EXPECT_TRUE(folders->rename("INBOX", "INBOX/empty"));
  EXPECT_EQ(texts(*folders, "INBOX/empty"), "next");
}

// A name had a lower UIDVALIDITY than before: a client took what is in it now for
// what it knew.
TEST_F(RenameTest, NoNameGetsALowerUidvalidity) {
  for (const bool is_open : {true, false}) {
    std::filesystem::remove_all(path_);
    std::uint32_t higher = 0;
    std::uint32_t lower = 0;
    {
      const auto folders = open();
      for (const auto* name : {"old", "old/x", "new", "new/x"}) {
        EXPECT_TRUE(folders->create(name));
      }
      put(*folders, "old/x", "one", *(*folders->box("old/x"))->keyword("k"));
      lower = (*folders->box("old/x"))->uidvalidity();
      higher = (*folders->box("new/x"))->uidvalidity();
      EXPECT_GT(higher, lower);
      EXPECT_TRUE(folders->remove("new"));
      EXPECT_TRUE(folders->rename("new/x", "elsewhere"));
    }
    {
      const auto folders = open();
      const auto held = is_open ? *folders->box("old/x") : nullptr;
      const auto modseq = held ? held->highest_modseq() : 0;
      EXPECT_TRUE(folders->rename("old", "new"));
      const auto box = *folders->box("new/x");
      EXPECT_TRUE(!is_open || box == held);
      EXPECT_GT(box->uidvalidity(), higher);
      EXPECT_GE(box->highest_modseq(), modseq);
      EXPECT_FALSE(box->is_removed());
      put(*folders, "new/x", "two");
      EXPECT_TRUE(*box->set_flags(1, serve::kSeen));
      higher = box->uidvalidity();
    }
    const auto folders = open();
    const auto box = *folders->box("new/x");
    EXPECT_EQ(box->uidvalidity(), higher);
    EXPECT_EQ(texts(*folders, "new/x"), "one two");
    EXPECT_EQ(box->messages()[0].flags, serve::kSeen);
    EXPECT_EQ(box->messages()[1].uid, 2u);
    EXPECT_EQ(box->uidnext(), 3u);
    // Nobody had that name, or it was this one.
    EXPECT_TRUE(folders->rename("new/x", "new/y"));
    EXPECT_TRUE(folders->rename("new/y", "new/x"));
    EXPECT_EQ(box->uidvalidity(), higher);
    EXPECT_EQ(texts(*folders, "elsewhere"), "");
  }
}

// Wherever it is cut short.
TEST_F(RenameTest, NoNameGetsALowerUidvalidityBehindACrash) {
  int all_calls = 1000;
  for (int most = 1000; most >= 0; most = std::min(most, all_calls) - 2) {
    std::filesystem::remove_all(path_);
    std::uint32_t higher = 0;
    {
      const auto folders = open();
      for (const auto* name : {"a", "a/c", "x/c"}) {
        EXPECT_TRUE(folders->create(name));
      }
      put(*folders, "a/c", "one");
      higher = (*folders->box("x/c"))->uidvalidity();
      EXPECT_TRUE(folders->remove("x/c"));
      const auto made = rename(*folders, "a", "x", most);
      if (most == 1000) all_calls = made;
    }
    disk_.disposal().finish();
    const auto folders = open();
    const bool after = names(*folders) == "x x/c";
    EXPECT_TRUE(after || most < all_calls) << most;
    if (after) {
      EXPECT_GT((*folders->box("x/c"))->uidvalidity(), higher) << most;
    }
    EXPECT_EQ(texts(*folders, after ? "x/c" : "a/c"), "one") << most;
  }
  EXPECT_GT(all_calls, 20);
  EXPECT_LT(all_calls, 100);
}

// A copy of each is where it goes to.
TEST_F(RenameTest, InboxWhileMessagesAreMovedOutOfIt) {
  const auto folders = open();
  put(*folders, "INBOX", "one");
  const auto box = *folders->inbox();
  const std::string in_use =
      "[INUSE] another client is moving messages: try again";
  {
    const serve::MoveClaim claim(box, {1});
    EXPECT_EQ(refusal(folders->rename("INBOX", "old")), in_use);
    EXPECT_EQ(names(*folders), "");
    EXPECT_TRUE(folders->create("other"));
  }
  // Nor the rest of it.
  EXPECT_GT(rename(*folders, "INBOX", "old", 20), 20);
  {
    const serve::MoveClaim claim(box, {1});
    EXPECT_EQ(refusal(folders->create("next")), in_use);
    EXPECT_EQ(texts(*folders, "INBOX"), "one");
  }
  EXPECT_TRUE(folders->create("next"));
  EXPECT_EQ(texts(*folders, "old"), "one");
}

// What a COPY has put there so far, and takes back where it fails, would be in the
// new mailbox for good; and the UIDs that it tells would be of nothing.
TEST_F(RenameTest, InboxWhileMessagesAreCopiedIntoIt) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("from"));
  put(*folders, "from", "one");
  put(*folders, "from", "two");
  put(*folders, "INBOX", "mine");
  {
    serve::CopyRun run(*folders->box("from"), *folders->inbox(), {1, 2}, nullptr);
    run.begin(run.next(1));
    disk_.sync();
    ASSERT_TRUE(run.outcome());
    EXPECT_EQ(texts(*folders, "INBOX"), "mine one");
    EXPECT_EQ(refusal(folders->rename("INBOX", "old")),
              "[INUSE] another client is moving messages: try again");
  }
  EXPECT_TRUE(folders->rename("INBOX", "old"));
  disk_.sync();
  EXPECT_EQ(texts(*folders, "old"), "mine");
  EXPECT_EQ(texts(*folders, "INBOX"), "");
  EXPECT_EQ(texts(*folders, "from"), "one two");
}

// Others are served between portions; names do not change before all is done, and
// no MOVE has copies of what goes.
TEST_F(RenameTest, InboxOfMany) {
  const auto folders = open();
  const auto box = *folders->inbox();
  for (int i = 0; i < 500; ++i) {
    const auto text = std::to_string(i);
    StringSource source(text);
    (void)box->add(source, std::nullopt, 0);
  }
  disk_.sync();
  EXPECT_TRUE(folders->rename("INBOX", "old"));
  EXPECT_EQ(box->messages().size(), 300u);
  EXPECT_TRUE(box->is_being_emptied());
  const auto pending = folders->renaming();
  ASSERT_TRUE(pending);
  EXPECT_FALSE(pending->outcome());
  EXPECT_EQ(names(*folders), "");
  // A mail reader gives one of them other flags; another comes in.
  const auto cur = std::filesystem::directory_iterator(path_ + "/cur");
  std::filesystem::rename(cur->path(), cur->path().native() + "S");
  put(*folders, "INBOX", "new");
  while (disk_.is_working()) disk_.work();
  ASSERT_TRUE(pending->outcome());
  EXPECT_TRUE(*pending->outcome());
  EXPECT_FALSE(folders->renaming());
  EXPECT_FALSE(box->is_being_emptied());
  EXPECT_EQ(names(*folders), "old");
  EXPECT_EQ(texts(*folders, "INBOX"), "new");
  const auto old = *folders->box("old");
  ASSERT_EQ(old->messages().size(), 500u);
  EXPECT_EQ(old->messages().back().uid, 500u);
}

// A kill between two portions; and whoever changes names without waiting has it
// done at once.
TEST_F(RenameTest, InboxOfManyIsBroughtToItsEnd) {
  for (const bool killed : {true, false}) {
    std::filesystem::remove_all(path_);
    auto folders = open();
    for (int i = 0; i < 500; ++i) {
      const auto text = std::to_string(i);
      StringSource source(text);
      (void)(*folders->inbox())->add(source, std::nullopt, 0);
    }
    disk_.sync();
    EXPECT_TRUE(folders->rename("INBOX", "old"));
    disk_.work();
    EXPECT_EQ((*folders->inbox())->messages().size(), 100u);
    if (killed) {
      folders.reset();
      folders = open();
    } else {
      EXPECT_TRUE(folders->create("next"));
      EXPECT_EQ(names(*folders), "next old");
    }
    while (disk_.is_working()) disk_.work();
    EXPECT_EQ((*folders->box("old"))->messages().size(), 500u);
    EXPECT_EQ(texts(*folders, "INBOX"), "");
  }
}

// Wherever it is cut short: no message is in two places or in none, and opened
// again the rest is done, or nothing was.
TEST_F(RenameTest, TreeIsBroughtToItsEnd) {
  int all_calls = 1000;
  for (int most = 1000; most >= 0; most = std::min(most, all_calls) - 3) {
    std::filesystem::remove_all(path_);
    {
      const auto folders = open();
      for (const auto* name : {"a", "a/b", "a/c"}) {
        EXPECT_TRUE(folders->create(name));
      }
      put(*folders, "a/c", "one");
      const auto held = *folders->box("a/c");
      const auto made = rename(*folders, "a", "x", most);
      if (most == 1000) all_calls = made;
    }
    const auto folders = open();
    const auto all = names(*folders);
    const bool after = all == "x x/b x/c";
    const bool done = most >= all_calls;
    EXPECT_TRUE(after || (!done && all == "a a/b a/c")) << most << ": " << all;
    EXPECT_EQ(texts(*folders, after ? "x/c" : "a/c"), "one") << most;
    EXPECT_FALSE(std::filesystem::exists(path_ + "/renaming"));
  }
  EXPECT_GT(all_calls, 10);
  EXPECT_LT(all_calls, 100);
}

TEST_F(RenameTest, InboxIsBroughtToItsEnd) {
  int all_calls = 1000;
  for (int most = 1000; most >= 0; most = std::min(most, all_calls) - 9) {
    std::filesystem::remove_all(path_);
    {
      const auto folders = open();
      put(*folders, "INBOX", "one");
      put(*folders, "INBOX", "two");
      const auto made = rename(*folders, "INBOX", "old", most);
      if (most == 1000) all_calls = made;
    }
    const auto folders = open();
    const bool after = names(*folders) == "old";
    EXPECT_TRUE(after || most < all_calls) << most;
    EXPECT_EQ(texts(*folders, "INBOX"), after ? "" : "one two") << most;
    EXPECT_EQ(texts(*folders, "old"), after ? "one two" : "none") << most;
  }
  EXPECT_GT(all_calls, 20);
  EXPECT_LT(all_calls, 200);
}

// Without a restart, too: before names change again, and what came meanwhile
// stays where it came.
TEST_F(RenameTest, TheNextChangeOfNamesBringsItToItsEnd) {
  const auto folders = open();
  put(*folders, "INBOX", "one");
  put(*folders, "INBOX", "two");
  EXPECT_GT(rename(*folders, "INBOX", "old", 30), 30);
  EXPECT_EQ(names(*folders), "");
  put(*folders, "INBOX", "new");
  EXPECT_TRUE(folders->create("next"));
  EXPECT_EQ(names(*folders), "next old");
  EXPECT_EQ(texts(*folders, "old"), "one two");
  EXPECT_EQ(texts(*folders, "INBOX"), "new");
}

// What cannot be done is not begun.
TEST_F(RenameTest, UidvaliditiesThatAreDamaged) {
  (void)open();
  std::filesystem::create_directories(path_ + "/.a/cur");
  std::ofstream(path_ + "/uidvalidity") << "x";
  const auto folders = open();
  EXPECT_EQ(refusal(folders->rename("a", "b")), "the mailbox is damaged");
  EXPECT_EQ(names(*folders), "a");
  EXPECT_FALSE(std::filesystem::exists(path_ + "/renaming"));
}

TEST_F(RenameTest, NoteThatIsDamaged) {
  (void)open();
  for (const auto* text :
       {"", "1\n0\na\nb", "1\n0\n../a\nb\n", "1\n0\na\n../b\n", "2\n0\na\nb\n",
        "1\n-1\na\nb\n", "1\n0\na\nINBOX\n"}) {
    std::ofstream(path_ + "/renaming") << text;
    const auto damaged = ServedFolders::open(disk_, path_, clock, recent_);
    ASSERT_FALSE(damaged) << text;
    EXPECT_EQ(damaged.error().kind, ErrorKind::config);
  }
}

}  // namespace
}  // namespace mailtool::app
