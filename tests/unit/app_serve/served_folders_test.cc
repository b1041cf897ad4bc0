#include "app/served_folders.h"

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "served_folders_fixture.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

TEST_F(FoldersTest, NamesThatAreNone) {
  const auto folders = open();
  for (const auto* name : {"", "a//b", "../x", "inbox/x", "a\nb", "\xff"}) {
    EXPECT_TRUE(refusal(folders->create(name)).starts_with("[CANNOT] ")) << name;
    EXPECT_TRUE(refusal(folders->remove(name)).starts_with("[CANNOT] ")) << name;
    EXPECT_TRUE(refusal(folders->rename("Sent", name)).starts_with("[CANNOT] "));
    EXPECT_TRUE(refusal(folders->rename(name, "x")).starts_with("[CANNOT] "));
    EXPECT_TRUE(refusal(folders->subscribe(name, true)).starts_with("[CANNOT] "));
    EXPECT_FALSE(folders->open(name));
  }
  EXPECT_TRUE(refusal(folders->create(std::string(300, 'x')))
                  .starts_with("[CANNOT] "));
  EXPECT_EQ(names(*folders), "");
  // What others have put there is no mailbox.
  std::filesystem::create_directory(path_ + "/.a..b");
  std::ofstream(path_ + "/.file") << "x";
  EXPECT_EQ(names(*folders), "");
}

// They would lead out of the folder that is served.
TEST_F(FoldersTest, LinksAreNoMailboxes) {
  const auto folders = open();
  const auto outside = dir_.path() / "outside";
  std::filesystem::create_directory(outside);
  EXPECT_TRUE(folders->create("a"));
  std::filesystem::create_directory(path_ + "/.part");
  for (const auto* name : {"/.link", "/.dangling", "/.part/cur"}) {
    std::filesystem::create_directory_symlink(
        name == std::string_view("/.dangling") ? outside / "none" : outside,
        path_ + name);
  }
  EXPECT_EQ(names(*folders), "a");
  for (const auto* name : {"link", "dangling", "part"}) {
    EXPECT_EQ(folders->open(name).error().kind, ErrorKind::no_such_item);
    EXPECT_EQ(folders->remove(name).error().kind, ErrorKind::no_such_item);
    EXPECT_EQ(folders->rename(name, "x").error().kind, ErrorKind::no_such_item);
    for (const auto* from : {"a", "INBOX"}) {
      EXPECT_EQ(refusal(folders->rename(from, name)),
                "[ALREADYEXISTS] it is there already");
    }
    EXPECT_EQ(refusal(folders->create(name)),
              "[ALREADYEXISTS] it is there already");
  }
  EXPECT_TRUE(std::filesystem::is_empty(outside));
  EXPECT_TRUE(folders->rename("a", "b"));
}

TEST_F(FoldersTest, UsesStayWithTheMailbox) {
  {
    const auto folders = open();
    EXPECT_TRUE(folders->create("Sent"));
    EXPECT_TRUE(folders->create("Old", "\\Archive \\Junk"));
    EXPECT_TRUE(folders->rename("Old", "Older"));
  }
  const auto folders = open();
  const auto use = [&](std::string_view name) {
    for (const auto& row : folders->rows()) {
      if (row.name == name) return row.use;
    }
    return std::string("none");
  };
  EXPECT_EQ(use("Older"), "\\Archive \\Junk");
  EXPECT_EQ(use("Sent"), "\\Sent");
  EXPECT_TRUE(folders->remove("Older"));
  EXPECT_TRUE(folders->create("Older"));
  EXPECT_EQ(use("Older"), "");
  for (const auto* text : {"", "\\Sent", "Sent\n", "\\a)\n", "\\\x1b[31m\n"}) {
    std::ofstream(path_ + "/.Older/use") << text;
    EXPECT_TRUE(folders->rename("Older", "Oldest"));
    EXPECT_EQ(use("Oldest"), "") << text;
    EXPECT_TRUE(folders->rename("Oldest", "Older"));
  }
}

TEST_F(FoldersTest, WhatIsBelowStays) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("a"));
  EXPECT_TRUE(folders->create("a/b"));
  EXPECT_TRUE(folders->remove("a"));
  EXPECT_EQ(names(*folders), "a/b");
  EXPECT_EQ(refusal(folders->remove("a")),
            "[HASCHILDREN] no mailbox, but there are some below it");
  EXPECT_EQ(folders->open("a").error().kind, ErrorKind::no_such_item);
  EXPECT_TRUE(folders->create("a"));
  EXPECT_EQ(refusal(folders->create("a")),
            "[ALREADYEXISTS] it is there already");
  EXPECT_EQ(folders->remove("none").error().kind, ErrorKind::no_such_item);
}

TEST_F(FoldersTest, WhoeverHasItOpenSeesWhatWasInIt) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("a"));
  put(*folders, "a", "old");
  auto held = *folders->box("a");
  EXPECT_TRUE(folders->remove("a"));
  EXPECT_TRUE(held->is_removed());
  EXPECT_TRUE(folders->create("a"));
  EXPECT_FALSE((*folders->box("a"))->is_removed());
  EXPECT_GT((*folders->box("a"))->uidvalidity(), held->uidvalidity());
  put(*folders, "a", "new");
  EXPECT_EQ(held->messages().size(), 1u);
  EXPECT_TRUE(held->open(1));
  EXPECT_TRUE(*held->set_flags(1, serve::kSeen));
  // What would come into it would be lost.
  StringSource late("late");
  const auto ticket = held->add(late, std::nullopt, 0);
  ASSERT_TRUE(ticket->outcome);
  EXPECT_EQ(ticket->outcome->error().kind, ErrorKind::no_such_item);
  put(*folders, "INBOX", "one");
  auto copying = (*folders->inbox())->copy({1}, *held);
  disk_.sync();
  ASSERT_TRUE(copying->outcome());
  EXPECT_EQ(copying->outcome()->error().kind, ErrorKind::no_such_item);
  copying.reset();
  EXPECT_TRUE(held->remove({1}));
  held.reset();
  (void)folders->rows();
  EXPECT_EQ(texts(*folders, "a"), "new");
  disk_.disposal().finish();
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("removed-"));
  }
}

TEST_F(FoldersTest, LeavingsOfACrashGo) {
  (void)open();
  std::filesystem::create_directories(path_ + "/removed-7/cur");
  std::ofstream(path_ + "/removed-7/cur/x") << "x";
  std::filesystem::create_directory_symlink(dir_.path(),
                                            path_ + "/removed-7/cur/link");
  const auto folders = open();
  EXPECT_EQ(names(*folders), "");
  disk_.disposal().finish();
  EXPECT_FALSE(std::filesystem::exists(path_ + "/removed-7"));
  EXPECT_TRUE(std::filesystem::exists(path_ + "/cur"));
}

// Another program has copied the folder, with its UIDVALIDITY; what was removed
// of one is still held when the other goes.
TEST_F(FoldersTest, RemovedFoldersOfOneUidvalidity) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("a"));
  put(*folders, "a", "one");
  std::filesystem::copy(path_ + "/.a", path_ + "/.b",
                        std::filesystem::copy_options::recursive);
  const auto one = *folders->box("a");
  const auto two = *folders->box("b");
  ASSERT_EQ(one->uidvalidity(), two->uidvalidity());
  EXPECT_TRUE(folders->remove("a"));
  EXPECT_TRUE(folders->remove("b"));
  EXPECT_EQ(names(*folders), "");
  EXPECT_TRUE(one->open(1));
  EXPECT_TRUE(two->open(1));
}

// A mailbox that is deleted makes room; what it had is known all the same.
TEST_F(FoldersTest, RemovedOnAFullDisk) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("old"));
  EXPECT_TRUE(folders->create("new"));
  const auto higher = (*folders->box("new"))->uidvalidity();
  store::set_fault_hook([](const char* call) {
    return std::string_view(call) == "write" ? ENOSPC : 0;
  });
  const auto removed = folders->remove("new");
  const auto made = folders->create("other");
  store::set_fault_hook(nullptr);
  EXPECT_TRUE(removed);
  EXPECT_FALSE(made);
  EXPECT_EQ(names(*folders), "old");
  EXPECT_TRUE(folders->rename("old", "new"));
  EXPECT_GT((*folders->box("new"))->uidvalidity(), higher);
}

TEST_F(FoldersTest, SubscribedToWhatIsNot) {
  const auto folders = open();
  EXPECT_EQ(folders->subscribe("gone/x", true).error().kind,
            ErrorKind::no_such_item);
  EXPECT_TRUE(folders->create("gone/x"));
  EXPECT_TRUE(folders->subscribe("gone", true));
  EXPECT_TRUE(folders->remove("gone/x"));
  EXPECT_TRUE(folders->create("a"));
  EXPECT_TRUE(folders->subscribe("a", true));
  EXPECT_TRUE(folders->remove("a"));
  EXPECT_EQ(names(*folders), "a? gone?");
  EXPECT_TRUE(folders->subscribe("a", false));
  EXPECT_TRUE(folders->subscribe("never", false));
  EXPECT_EQ(names(*folders), "gone?");
}

// Those used last stay open, so many and no more; what other programs do is seen.
TEST_F(FoldersTest, RecentBoxesStayOpen) {
  const auto folders = open();
  put(*folders, "INBOX", "one");
  const auto* box = folders->inbox()->get();
  put(*folders, "INBOX", "two");
  EXPECT_EQ(folders->inbox()->get(), box);
  std::ofstream(path_ + "/new/1.other.host") << "six\n";
  EXPECT_TRUE((*folders->inbox())->look());
  EXPECT_EQ(texts(*folders, "INBOX"), "one two six\r\n");

  EXPECT_TRUE(folders->create("a"));
  std::weak_ptr<ServedBox> a = *folders->box("a");
  EXPECT_FALSE(a.expired());
  EXPECT_TRUE(folders->remove("a"));
  EXPECT_TRUE(a.expired());

  EXPECT_TRUE(folders->create("b"));
  std::weak_ptr<ServedBox> b = *folders->box("b");
  std::vector<std::shared_ptr<ServedFolders>> others;
  for (std::size_t i = 0; i < RecentBoxes::kMost; ++i) {
    EXPECT_FALSE(b.expired());
    const auto path = path_ + "/other" + std::to_string(i);
    std::filesystem::create_directory(path);
    others.push_back(*ServedFolders::open(disk_, path, clock, recent_));
  }
  EXPECT_TRUE(b.expired());
  EXPECT_EQ(recent_->size(), RecentBoxes::kMost);
}

TEST_F(FoldersTest, SoMany) {
  (void)open();
  for (std::size_t i = 0; i < kMost; ++i) {
    std::filesystem::create_directory(path_ + "/.n" + std::to_string(i));
  }
  const auto folders = open();
  EXPECT_EQ(refusal(folders->create("x")),
            "[LIMIT] too many mailboxes: delete some");
  EXPECT_EQ(refusal(folders->rename("INBOX", "x")),
            "[LIMIT] too many mailboxes: delete some");
  EXPECT_TRUE(folders->remove("n7"));
  EXPECT_TRUE(folders->create("x"));
}

}  // namespace
}  // namespace mailtool::app
