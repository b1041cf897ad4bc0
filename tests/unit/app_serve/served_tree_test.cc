#include "app/served_tree.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

class Tree : public testing::Test {
 protected:
  static std::int64_t clock() { return 1'795'262'400; }
  std::shared_ptr<ServedFolders> bob() {
    auto folders = tree_.user("bob");
    EXPECT_TRUE(folders) << folders.error().one_line();
    return folders ? *std::move(folders) : nullptr;
  }
  static std::vector<std::string> names(ServedFolders& folders) {
    std::vector<std::string> all;
    for (const auto& row : folders.rows()) all.push_back(row.name);
    return all;
  }

  test::TempDir dir_;
  ServeDisk disk_{dir_.path()};
  ServedTree tree_{disk_, dir_.path() / "root", clock};
};

TEST_F(Tree, Folders) {
  const auto folders = bob();
  EXPECT_EQ(names(*folders),
            (std::vector<std::string>{"INBOX", "Archive", "Drafts", "Junk",
                                      "Sent", "Trash"}));
  EXPECT_EQ(folders->rows()[5].use, "\\Trash");
  EXPECT_TRUE(folders->create("Work/2026"));
  EXPECT_TRUE(folders->create("점심"));
  EXPECT_EQ(folders->create("Work/2026").error().kind, ErrorKind::rejected);
  EXPECT_TRUE(folders->subscribe("점심", true));
  EXPECT_TRUE(folders->rename("Work/2026", "Old"));
  EXPECT_EQ(folders->open("Work/2026").error().kind, ErrorKind::no_such_item);
  EXPECT_TRUE(folders->open("Old"));
  const auto before = (*folders->open("Old"))->uidvalidity();
  EXPECT_TRUE(folders->remove("Old"));
  EXPECT_TRUE(folders->create("Old"));
  EXPECT_GT((*folders->open("Old"))->uidvalidity(), before);
  EXPECT_EQ(folders->remove("INBOX").error().kind, ErrorKind::rejected);
  EXPECT_EQ(folders->remove("None").error().kind, ErrorKind::no_such_item);
  EXPECT_EQ(names(*folders).size(), 8u);
}

TEST_F(Tree, AUserWhoseFolderIsALink) {
  const auto outside = dir_.path() / "outside";
  std::filesystem::create_directory(outside);
  std::filesystem::create_directory(dir_.path() / "root");
  std::filesystem::create_directory_symlink(outside, dir_.path() / "root/bob");
  const auto folders = tree_.user("bob");
  ASSERT_FALSE(folders);
  EXPECT_EQ(folders.error().kind, ErrorKind::config);
  EXPECT_TRUE(std::filesystem::is_empty(outside));
}

// Whoever keeps the server is told where, and its users are not.
TEST_F(Tree, DamagedFiles) {
  const std::string path = dir_.path() / "root/bob/Maildir";
  bob().reset();
  std::ofstream(path + "/.Archive/served") << "x";
  const auto folders = bob();
  for (const auto* name : {"/.Archive/served", ""}) {
    testing::internal::CaptureStderr();
    const auto opened = folders->open("Archive");
    const auto told = testing::internal::GetCapturedStderr();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().one_line(), "the mailbox is damaged");
    EXPECT_EQ(told, *name == '\0' ? ""
                                  : "mailtool: serve: " + path + name +
                                        ": not what was written there\n");
  }
  std::filesystem::create_directories(dir_.path() / "root/eve/Maildir");
  for (const auto* file : {"served", "renaming"}) {
    const auto damaged = dir_.path() / "root/eve/Maildir" / file;
    std::ofstream(damaged) << "\x01";
    testing::internal::CaptureStderr();
    const auto opened = tree_.user("eve");
    const auto told = testing::internal::GetCapturedStderr();
    ASSERT_FALSE(opened) << file;
    EXPECT_EQ(opened.error().one_line(), "the mailbox is damaged");
    EXPECT_EQ(told.find("mailtool: serve: " + damaged.string() + ": "), 0u)
        << told;
    std::filesystem::remove(damaged);
  }
}

// Every folder that was opened took a UIDVALIDITY, the highest of which was
// forgotten at the end: after it a new folder had one below that of the old.
TEST_F(Tree, UidvalidityNeverGoesBack) {
  const auto root = dir_.path() / "root";
  std::uint32_t before = 0;
  {
    ServedTree tree(disk_, root, clock);
    const auto folders = *tree.user("bob");
    EXPECT_TRUE(folders->create("Old"));
    before = (*folders->open("Old"))->uidvalidity();
    EXPECT_TRUE(folders->remove("Old"));
  }
  ServedTree tree(disk_, root, [] { return Tree::clock() - 1000; });
  const auto folders = *tree.user("bob");
  EXPECT_TRUE(folders->create("Old"));
  EXPECT_EQ((*folders->open("Old"))->uidvalidity(), before + 1);
  for (const auto* name : {"Sent", "Junk", "Sent"}) {
    EXPECT_LT((*folders->open(name))->uidvalidity(), before);
  }
  EXPECT_TRUE(folders->create("New"));
  EXPECT_EQ((*folders->open("New"))->uidvalidity(), before + 2);
}

TEST_F(Tree, UidvalidityThatIsDamaged) {
  const auto path = dir_.path() / "root/bob/Maildir/uidvalidity";
  for (const auto* text : {"", "x\n", "7", "4294967296\n", "-1\n"}) {
    (void)bob();
    std::ofstream(path) << text;
    ServedUidvalidity damaged(path.parent_path());
    EXPECT_EQ(damaged.next(1).error().kind, ErrorKind::config) << text;
  }
  std::ofstream(path) << UINT32_MAX - 1 << "\n";
  ServedUidvalidity last(path.parent_path());
  EXPECT_EQ(*last.next(1), UINT32_MAX);
  EXPECT_EQ(last.next(1).error().kind, ErrorKind::local_io);
}

TEST_F(Tree, NoUserLeadsOut) {
  for (const auto* name : {"", ".", "..", "a/b", ".hidden", "a\nb"}) {
    EXPECT_EQ(tree_.user(name).error().kind, ErrorKind::rejected) << name;
  }
}

// A name in another case is the same user's, now and at the next start.
TEST_F(Tree, OneFolderWhateverTheCase) {
  const auto root = dir_.path() / "root";
  {
    ServedTree first(disk_, root, clock);
    EXPECT_EQ(*first.user("Bob"), *first.user("bOB"));
  }
  EXPECT_TRUE(std::filesystem::exists(root / "bob/Maildir"));
  EXPECT_FALSE(std::filesystem::exists(root / "Bob"));
  std::filesystem::rename(root / "bob", root / "BOB");
  for (const auto* name : {"bob", "Bob", "BOB"}) {
    ServedTree later(disk_, root, clock);
    const auto folders = later.user(name);
    EXPECT_TRUE(folders) << name << folders.error().one_line();
  }
  const auto names = [&] {
    std::vector<std::string> all;
    for (const auto& one : std::filesystem::directory_iterator(root)) {
      all.push_back(one.path().filename().string());
    }
    return all;
  };
  EXPECT_EQ(names(), std::vector<std::string>{"BOB"});
  // Of several, that which is spelled like the name.
  std::filesystem::copy(root / "BOB", root / "bOb",
                        std::filesystem::copy_options::recursive);
  std::ofstream(root / "bOb/Maildir/subscriptions") << "Trash\n";
  {
    ServedTree later(disk_, root, clock);
    EXPECT_TRUE((*later.user("bOb"))->rows()[5].subscribed);
  }
  ServedTree last(disk_, root, clock);
  EXPECT_FALSE((*last.user("bob"))->rows()[5].subscribed);
  EXPECT_EQ(names().size(), 2u);
}

TEST_F(Tree, UsersThatCannotBeRead) {
  std::ofstream(dir_.path() / "root") << "no folder";
  EXPECT_EQ(tree_.user("bob").error().kind, ErrorKind::local_io);
}

TEST_F(Tree, SubscriptionsStay) {
  EXPECT_TRUE(bob()->subscribe("Trash", true));
  EXPECT_TRUE(bob()->subscribe("Sent", true));
  EXPECT_TRUE(bob()->subscribe("Sent", false));
  const auto again = ServedFolders::open(
      disk_, dir_.path() / "root/bob/Maildir2", clock,
      std::make_shared<RecentBoxes>());
  ASSERT_TRUE(again);
  EXPECT_FALSE((*again)->rows()[5].subscribed);
  EXPECT_TRUE(bob()->rows()[5].subscribed);
  EXPECT_FALSE(bob()->rows()[4].subscribed);
}

// Of many that another program has delivered it has all.
TEST_F(Tree, MaildropOfMany) {
  ServedMaildrops drops(tree_);
  (void)bob();
  for (int i = 1000; i < 1450; ++i) {
    std::ofstream(dir_.path() / "root/bob/Maildir/new" /
                  (std::to_string(i) + ".other.host"))
        << "two\n";
  }
  auto drop = drops.open("bob");
  ASSERT_TRUE(drop);
  for (int portions = 0; portions < 2; ++portions) {
    EXPECT_FALSE(*(*drop)->is_ready());
    disk_.work();
  }
  EXPECT_TRUE(*(*drop)->is_ready());
  EXPECT_EQ((*drop)->size(), 450u);
}

TEST_F(Tree, Maildrop) {
  ServedMaildrops drops(tree_);
  const auto inbox = *bob()->inbox();
  for (const auto* text : {"a\r\n", "bb\r\n", "c\r\n"}) {
    StringSource source(text);
    (void)inbox->add(source, std::nullopt, 0);
  }
  disk_.sync();
  auto drop = drops.open("bob");
  ASSERT_TRUE(drop);
  EXPECT_TRUE(*(*drop)->is_ready());
  EXPECT_EQ(drops.open("bob").error().kind, ErrorKind::busy);
  EXPECT_EQ((*drop)->size(), 3u);
  EXPECT_EQ((*drop)->octets(1), 4u);
  EXPECT_EQ((*drop)->unique_id(1),
            std::to_string(inbox->uidvalidity()) + ".2");
  // Another session has removed it meanwhile.
  EXPECT_TRUE(inbox->remove({1}));
  EXPECT_EQ((*drop)->open(0).error().kind, ErrorKind::no_such_item);
  (*drop)->remove({0, 2});
  EXPECT_FALSE((*drop)->outcome());
  disk_.sync();
  EXPECT_TRUE((*drop)->outcome());
  drop->reset();
  EXPECT_EQ(inbox->messages().size(), 1u);
  // What another program puts there is in the next maildrop, held open or not.
  std::ofstream(dir_.path() / "root/bob/Maildir/new/1.other.host") << "d\n";
  const auto next = drops.open("bob");
  ASSERT_TRUE(next);
  EXPECT_TRUE(*(*next)->is_ready());
  EXPECT_EQ((*next)->size(), 2u);
}

}  // namespace
}  // namespace mailtool::app
