// RENAME of a tree of mailboxes, and what UIDVALIDITY each of them has then.

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "served_folders_fixture.h"
#include "store/system.h"

namespace mailtool::app {
namespace {

int syncs = 0;
int calls = 0;
int last_call = 0;

int count_syncs(const char* call) {
  if (std::strcmp(call, "fsync") == 0) ++syncs;
  return 0;
}

// As a crash: after so many calls none succeeds any more.
int fail_later(const char*) { return calls++ < last_call ? 0 : ENOSPC; }

class TreeRenameTest : public FoldersTest {
 protected:
  void SetUp() override { std::filesystem::create_directory(path_); }
  void TearDown() override { store::set_fault_hook(nullptr); }
  [[nodiscard]] std::string folder(const std::string& top, int number) const {
    return path_ + "/." + top + "." + std::to_string(number);
  }
  /// As an earlier run has left it: CREATE of so many takes its time.
  void make(const std::string& top, int number, std::uint32_t uidvalidity) {
    const auto path = folder(top, number);
    std::filesystem::create_directories(path + "/cur");
    std::ofstream(path + "/served") << "2 " << uidvalidity << " 5 1\n";
  }
  void make_many(const std::string& top, int count) {
    for (int i = 0; i < count; ++i) {
      make(top, i, 101 + static_cast<std::uint32_t>(i));
    }
  }
  /// Names that were given up, with 5001 and so on.
  void give_up(const std::string& top, int count) {
    std::ofstream file(path_ + "/uidvalidity");
    file << 5000 + count << "\n";
    for (int i = 0; i < count; ++i) {
      file << 5001 + i << " " << top << "/" << i << "\n";
    }
  }
  [[nodiscard]] std::uint32_t uidvalidity(const std::string& top,
                                          int number) const {
    const auto found =
        store::ServedMaildir::uidvalidity_at(folder(top, number));
    EXPECT_TRUE(found && *found) << top << "/" << number;
    return found ? found->value_or(0) : 0;
  }
  /// Those that have it as make_many() gave it.
  [[nodiscard]] int kept(const std::string& top, int count) const {
    int all = 0;
    for (int i = 0; i < count; ++i) {
      if (uidvalidity(top, i) == 101 + static_cast<std::uint32_t>(i)) ++all;
    }
    return all;
  }
  /// Those that have one that is not below what the name had by give_up().
  [[nodiscard]] int high(const std::string& top, int count) const {
    int all = 0;
    for (int i = 0; i < count; ++i) {
      if (uidvalidity(top, i) >= 5001 + static_cast<std::uint32_t>(i)) ++all;
    }
    return all;
  }
};

// What the tree itself gave up made its new names count as if they had been there,
// with a higher UIDVALIDITY: most of a large one was renumbered, one by one.
TEST_F(TreeRenameTest, EachKeepsItsUidvalidity) {
  constexpr int kMany = 1200;
  make_many("p", kMany);
  const auto folders = open();
  const char* from = "p";
  for (const auto* to : {"q", "r", "p"}) {
    syncs = 0;
    store::set_fault_hook(count_syncs);
    EXPECT_TRUE(folders->rename(from, to));
    store::set_fault_hook(nullptr);
    // However many there are.
    EXPECT_LT(syncs, 10);
    EXPECT_EQ(kept(to, kMany), kMany);
    EXPECT_FALSE(folders->renaming());
    from = to;
  }
}

// As many as are remembered had been given up before: some are forgotten, but not
// for what goes now.
TEST_F(TreeRenameTest, NamesThatAreForgottenForIt) {
  make_many("p", 3);
  give_up("old", static_cast<int>(ServedUidvalidity::kMaxNames));
  const auto folders = open();
  EXPECT_TRUE(folders->rename("p", "q"));
  EXPECT_EQ(kept("q", 3), 3);
  EXPECT_FALSE(folders->renaming());
}

// Those whose new names had higher ones: others are served between portions.
TEST_F(TreeRenameTest, RenumberedInPortions) {
  constexpr int kMany = 30;
  make_many("p", kMany);
  give_up("q", kMany + 1);
  const auto folders = open();
  const auto held = *folders->box("p/29");
  EXPECT_TRUE(folders->rename("p", "q"));
  const auto pending = folders->renaming();
  ASSERT_TRUE(pending);
  EXPECT_FALSE(pending->outcome());
  // Until each has another one none is seen under its new name.
  EXPECT_LT(kept("p", kMany), kMany);
  EXPECT_GT(kept("p", kMany), 0);
  disk_.work();
  EXPECT_FALSE(pending->outcome());
  EXPECT_FALSE(folders->open("q/0"));
  // Another program makes one meanwhile.
  make("p", kMany, 7);
  put(*folders, "p/29", "one");
  while (disk_.is_working()) disk_.work();
  ASSERT_TRUE(pending->outcome());
  EXPECT_TRUE(*pending->outcome());
  EXPECT_EQ(high("q", kMany + 1), kMany + 1);
  EXPECT_EQ(held->uidvalidity(), uidvalidity("q", 29));
  EXPECT_EQ(texts(*folders, "q/29"), "one");
  EXPECT_FALSE(std::filesystem::exists(path_ + "/renaming"));
}

// Whoever changes names without waiting has it done at once.
TEST_F(TreeRenameTest, TheNextChangeOfNamesBringsItToItsEnd) {
  make_many("p", 30);
  give_up("q", 30);
  const auto folders = open();
  EXPECT_TRUE(folders->rename("p", "q"));
  ASSERT_TRUE(folders->renaming());
  EXPECT_TRUE(folders->remove("q/29"));
  EXPECT_EQ(high("q", 29), 29);
  while (disk_.is_working()) disk_.work();
  EXPECT_FALSE(folders->renaming());
}

// One that another program removes between portions is in nobody's way.
TEST_F(TreeRenameTest, OneIsRemovedMeanwhile) {
  make_many("p", 30);
  give_up("q", 30);
  const auto folders = open();
  EXPECT_TRUE(folders->rename("p", "q"));
  const auto pending = folders->renaming();
  ASSERT_TRUE(pending);
  int removed = 0;
  while (kept("p", removed + 1) == 0) ++removed;
  std::filesystem::remove_all(folder("p", removed));
  while (disk_.is_working()) disk_.work();
  ASSERT_TRUE(pending->outcome());
  EXPECT_TRUE(*pending->outcome());
  EXPECT_FALSE(std::filesystem::exists(folder("q", removed)));
  make("q", removed, 9999);
  EXPECT_EQ(high("q", 30), 30);
}

// Wherever it is cut short, in any portion: all of it is under the one name or the
// other at the next start, and none has a UIDVALIDITY that is too low.
TEST_F(TreeRenameTest, CutShortInAnyPortion) {
  constexpr int kMany = 20;
  int all_calls = 100'000;
  for (int most = all_calls; most >= 0; most = std::min(most, all_calls) - 11) {
    std::filesystem::remove_all(path_);
    make_many("p", kMany);
    give_up("q", kMany);
    {
      const auto folders = open();
      calls = 0;
      last_call = most;
      store::set_fault_hook(fail_later);
      (void)folders->rename("p", "q");
      while (disk_.is_working()) disk_.work();
      store::set_fault_hook(nullptr);
      if (most == 100'000) all_calls = calls;
    }
    const auto folders = open();
    const bool after = !folders->open("p/0");
    EXPECT_TRUE(after || most < all_calls) << most;
    EXPECT_EQ(after ? high("q", kMany) : kept("p", kMany), kMany) << most;
    EXPECT_FALSE(std::filesystem::exists(folder(after ? "p" : "q", 0)));
  }
  EXPECT_GT(all_calls, 100);
}

}  // namespace
}  // namespace mailtool::app
