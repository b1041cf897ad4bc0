// Keywords of INBOX, whose messages go elsewhere in portions.

#include <cerrno>
#include <filesystem>

#include "served_folders_fixture.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

class RenameKeywords : public FoldersTest {
 protected:
  void TearDown() override { store::set_fault_hook(nullptr); }
  // As a crash.
  static int fail_later(const char*) { return ++calls_ > 100 ? ENOSPC : 0; }

  inline static int calls_ = 0;
};

// A message that got one while the portions went had its letter in the new mailbox,
// where that meant nothing, or what it was made to mean next.
TEST_F(RenameKeywords, NoneIsMadeWhileInboxGoes) {
  for (const bool killed : {false, true}) {
    std::filesystem::remove_all(path_);
    auto folders = open();
    const auto known = *(*folders->inbox())->keyword("known");
    for (int i = 0; i < 700; ++i) {
      const auto text = std::to_string(i);
      StringSource source(text);
      (void)(*folders->inbox())->add(source, std::nullopt, 0);
    }
    disk_.sync();
    EXPECT_TRUE(folders->rename("INBOX", "old"));
    if (killed) {
      // What is done at the start is cut short, too.
      folders.reset();
      recent_ = std::make_shared<RecentBoxes>();
      calls_ = 0;
      store::set_fault_hook(fail_later);
      EXPECT_FALSE(ServedFolders::open(disk_, path_, clock, recent_));
      store::set_fault_hook(nullptr);
      recent_.reset();
      const auto alone = ServedBox::open(disk_, path_, 0);
      ASSERT_TRUE(alone) << alone.error().one_line();
      EXPECT_GT((*alone)->messages().size(), 0u);
      EXPECT_FALSE((*alone)->keyword("never"));
    }
    if (killed) {
      folders = open();
    }
    {
      const auto box = *folders->inbox();
      EXPECT_EQ(box->is_being_emptied(), !killed);
      EXPECT_EQ(box->keyword("never").has_value(), killed);
      EXPECT_EQ(*box->keyword("known"), known);
      (void)box->set_flags(700, known);
    }
    while (disk_.is_working()) disk_.work();
    const auto old = *folders->box("old");
    ASSERT_EQ(old->messages().size(), 700u);
    EXPECT_EQ(old->keywords(), std::vector<std::string>{"known"});
    EXPECT_EQ(old->messages().back().flags, killed ? 0u : known);
    EXPECT_TRUE((*folders->inbox())->keyword("never"));
    EXPECT_EQ(old->keywords(), std::vector<std::string>{"known"});
  }
}

}  // namespace
}  // namespace mailtool::app
