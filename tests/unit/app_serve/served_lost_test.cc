// Another program removes, renames or replaces the folders of a user beneath the
// server: until a restart no message was taken, and CREATE made nothing.

#include <algorithm>
#include <filesystem>
#include <functional>

#include "served_folders_fixture.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

class LostTest : public FoldersTest {
 protected:
  static constexpr const char* kRoles = "Archive Drafts Junk Sent Trash";
  static std::size_t files_in(const std::string& path) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      files += !entry.is_directory();
    }
    return files;
  }
  std::string outside() const {
    const std::string path = dir_.path() / "outside";
    for (const auto* part : {"/cur", "/new", "/tmp"}) {
      fs::create_directories(path + part);
    }
    return path;
  }
};

TEST_F(LostTest, MailboxIsRemoved) {
  const auto folders = open();
  for (const bool by_create : {true, false}) {
    EXPECT_TRUE(!by_create || folders->create("a"));
    put(*folders, "a", "old");
    const auto held = *folders->box("a");
    StringSource text("late");
    const auto late = held->add(text, std::nullopt, 0);
    fs::remove_all(path_ + "/.a");
    disk_.sync();
    ASSERT_TRUE(late->outcome);
    EXPECT_EQ(late->outcome->error().kind, ErrorKind::no_such_item);
    EXPECT_TRUE(held->is_removed());
    EXPECT_EQ(held->look().error().kind, ErrorKind::no_such_item);
    EXPECT_EQ(held->open(1).error().kind, ErrorKind::no_such_item);
    EXPECT_EQ(folders->open("a").error().kind, ErrorKind::no_such_item);
    EXPECT_EQ(folders->remove("a").error().kind, ErrorKind::no_such_item);
    EXPECT_EQ(names(*folders), "");
    if (by_create) {
      EXPECT_TRUE(folders->create("a"));
    } else {
      // Another program may make it anew.
      fs::create_directories(path_ + "/.a/cur");
    }
    put(*folders, "a", "new");
    EXPECT_EQ(texts(*folders, "a"), "new");
    EXPECT_GT((*folders->box("a"))->uidvalidity(), held->uidvalidity());
    EXPECT_FALSE(held->messages().empty());
  }
}

// With whatever comes first; then all is as at the first start.
TEST_F(LostTest, AllIsRemoved) {
  using Step = std::function<void(ServedFolders&)>;
  const Step steps[] = {
      [](auto& all) { EXPECT_TRUE(all.inbox()); },
      [](auto& all) { EXPECT_EQ(names(all), kRoles); },
      [](auto& all) { EXPECT_FALSE(all.open("a")); },
      [](auto& all) { EXPECT_TRUE(all.create("b") && all.remove("b")); },
      [](auto& all) { EXPECT_FALSE(all.remove("a")); },
      [](auto& all) { EXPECT_TRUE(all.subscribe("Sent", true)); },
      [](auto& all) { EXPECT_FALSE(all.rename("a", "b")); },
  };
  for (const bool open_inbox : {true, false}) {
    for (const auto& step : steps) {
      disk_.disposal().finish();
      fs::remove_all(path_);
      const auto folders = open();
      EXPECT_TRUE(folders->create("a", "\\Flagged"));
      EXPECT_TRUE(folders->subscribe("a", true));
      put(*folders, "a", "old");
      put(*folders, "INBOX", "old");
      const auto a = *folders->box("a");
      auto inbox = *folders->inbox();
      const auto before =
          std::max(a->uidvalidity(), inbox->uidvalidity());
      if (!open_inbox) {
        recent_->drop(inbox);
        inbox.reset();
      }
      fs::remove_all(path_);
      step(*folders);
      EXPECT_EQ(names(*folders), kRoles);
      EXPECT_TRUE(a->is_removed());
      EXPECT_TRUE(!inbox || inbox->is_removed());
      put(*folders, "INBOX", "new");
      EXPECT_EQ(texts(*folders, "INBOX"), "new");
      EXPECT_GT((*folders->inbox())->uidvalidity(), before);
      EXPECT_TRUE(folders->create("a"));
      put(*folders, "a", "more");
      EXPECT_EQ(texts(*folders, "a"), "more");
    }
  }
}

// In the midst of a RENAME that goes in portions.
TEST_F(LostTest, AllIsRemovedWhileItIsRenamed) {
  const auto folders = open();
  for (int i = 0; i < 500; ++i) {
    const auto text = std::to_string(i);
    StringSource source(text);
    (void)(*folders->inbox())->add(source, std::nullopt, 0);
  }
  disk_.sync();
  EXPECT_TRUE(folders->rename("INBOX", "old"));
  const auto pending = folders->renaming();
  ASSERT_TRUE(pending);
  fs::remove_all(path_);
  put(*folders, "INBOX", "new");
  while (disk_.is_working()) disk_.work();
  EXPECT_TRUE(pending->outcome());
  EXPECT_EQ(names(*folders), kRoles);
  EXPECT_EQ(texts(*folders, "INBOX"), "new");
  EXPECT_TRUE(folders->rename("INBOX", "next"));
  EXPECT_EQ(texts(*folders, "next"), "new");
}

// That is no other mailbox: the messages are gone, and nothing else.
TEST_F(LostTest, FilesAreRemoved) {
  const auto folders = open();
  put(*folders, "INBOX", "one");
  const auto inbox = *folders->inbox();
  for (const auto* part : {"/cur", "/new"}) {
    for (const auto& entry : fs::directory_iterator(path_ + part)) {
      fs::remove(entry.path());
    }
  }
  EXPECT_TRUE(inbox->refresh());
  EXPECT_EQ(inbox->messages().size(), 0u);
  EXPECT_FALSE(inbox->is_removed());
  put(*folders, "INBOX", "two");
  EXPECT_EQ(*folders->inbox(), inbox);
  EXPECT_EQ(inbox->messages().back().uid, 2u);
}

// Under its new name it is there at once, though others hold it still.
TEST_F(LostTest, RenamedByAnother) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("a"));
  put(*folders, "a", "one");
  const auto held = *folders->box("a");
  fs::rename(path_ + "/.a", path_ + "/.b");
  EXPECT_EQ(texts(*folders, "b"), "one");
  EXPECT_TRUE(held->is_removed());
  EXPECT_EQ((*folders->box("b"))->uidvalidity(), held->uidvalidity());
  put(*folders, "b", "two");
  EXPECT_TRUE(folders->create("a"));
  EXPECT_EQ(texts(*folders, "a"), "");
  EXPECT_EQ(texts(*folders, "b"), "one two");
}

// Whoever is in IDLE is told by itself.
TEST_F(LostTest, WhoWatchesIsTold) {
  const auto folders = open();
  EXPECT_TRUE(folders->create("a"));
  const auto held = *folders->box("a");
  const auto watch = held->watch();
  fs::remove_all(path_ + "/.a");
  disk_.look();
  EXPECT_TRUE(held->is_removed());
  EXPECT_TRUE(disk_.is_dirty());
}

// `served`, `keywords` and `modseqs` were written where a link leads.
TEST_F(LostTest, LinksAreNotFollowed) {
  for (const auto* part : {"", "/cur", "/tmp"}) {
    fs::remove_all(path_);
    const auto to = outside() + part;
    {
      const auto folders = open();
      EXPECT_TRUE(folders->create("a"));
      put(*folders, "a", "one");
      put(*folders, "INBOX", "two");
      const auto held = *folders->box("a");
      (void)held->highest_modseq();
      const auto path = path_ + "/.a" + part;
      fs::rename(path, dir_.path() / "away");
      fs::create_directory_symlink(to, path);
      EXPECT_FALSE(held->keyword("k"));
      const auto flags = held->set_flags(1, serve::kSeen);
      EXPECT_TRUE(!flags || !*flags);
      EXPECT_FALSE(held->remove({1}));
      put(*folders, "INBOX", "three");
      auto copying = (*folders->inbox())->copy({1}, *held);
      StringSource source("four");
      (void)held->add(source, std::nullopt, 0);
      disk_.sync();
      EXPECT_TRUE(held->is_removed());
      EXPECT_EQ(folders->open("a").error().kind, ErrorKind::no_such_item);
      EXPECT_EQ(folders->remove("a").error().kind, ErrorKind::no_such_item);
      EXPECT_EQ(refusal(folders->create("a")),
                "[ALREADYEXISTS] it is there already");
    }
    EXPECT_EQ(files_in(dir_.path() / "outside"), 0u) << part;
    fs::remove_all(dir_.path() / "away");
  }
}

// Where nothing is open that would tell.
TEST_F(LostTest, ALinkToAnotherUser) {
  for (const bool whole : {true, false}) {
    const std::string user = dir_.path() / (whole ? "whole" : "part");
    const std::string other = dir_.path() / (whole ? "other" : "another");
    for (const auto& one : {user, other}) {
      fs::create_directories(one);
      const auto all =
          *ServedFolders::open(disk_, one + "/Maildir", clock, recent_);
      put(*all, "Sent", "one");
    }
    const auto folders =
        *ServedFolders::open(disk_, user + "/Maildir", clock, recent_);
    recent_->drop(*folders->inbox());
    const std::string part = whole ? "" : "/Maildir";
    fs::rename(user + part, user + "-away");
    fs::create_directory_symlink(other + part, user + part);
    const auto files = files_in(other);
    EXPECT_EQ(names(*folders), "");
    for (const auto* name : {"INBOX", "Sent"}) {
      const auto box = folders->box(name);
      ASSERT_FALSE(box);
      EXPECT_EQ(box.error().kind, ErrorKind::config);
    }
    EXPECT_FALSE(folders->create("b"));
    EXPECT_FALSE(folders->remove("Sent"));
    EXPECT_FALSE(folders->rename("Sent", "b"));
    EXPECT_FALSE(folders->subscribe("Sent", true));
    EXPECT_EQ(files_in(other), files);
  }
}

TEST_F(LostTest, ALinkInThePlaceOfTheUser) {
  const std::string user = dir_.path() / "user";
  fs::create_directories(user);
  const auto folders =
      *ServedFolders::open(disk_, user + "/Maildir", clock, recent_);
  put(*folders, "INBOX", "one");
  fs::remove_all(user);
  const auto to = outside();
  fs::create_directory_symlink(to, user);
  EXPECT_FALSE(folders->inbox());
  EXPECT_FALSE(folders->create("b"));
  EXPECT_EQ(names(*folders), "");
  EXPECT_EQ(files_in(to), 0u);
  EXPECT_FALSE(fs::exists(to + "/Maildir"));
  fs::remove(user);
  put(*folders, "INBOX", "two");
  EXPECT_EQ(texts(*folders, "INBOX"), "two");
}

}  // namespace
}  // namespace mailtool::app
