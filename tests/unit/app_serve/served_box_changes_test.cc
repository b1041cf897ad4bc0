// What sessions of ServedBox see of what others do.

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "app/served_box.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;
using serve::Flags;

class BoxChanges : public testing::Test {
 protected:
  std::shared_ptr<ServedBox> open(const std::string& name = "a") {
    auto box = ServedBox::open(disk_, dir_.path() / name, 7);
    EXPECT_TRUE(box) << box.error().one_line();
    return box ? *std::move(box) : nullptr;
  }
  void append(ServedBox& box, int count = 1) {
    for (int i = 0; i < count; ++i) {
      StringSource source("a\r\n");
      (void)box.add(source, 1'795'176'000, 0);
    }
    disk_.sync();
  }

  test::TempDir dir_;
  ServeDisk disk_{dir_.path()};
};

TEST_F(BoxChanges, Modseqs) {
  {
    const auto box = open();
    append(*box, 2);
    EXPECT_EQ(box->messages()[0].modseq, 0u);
    EXPECT_EQ(box->highest_modseq(), 1u);
    EXPECT_EQ(box->messages()[0].modseq, 1u);
    EXPECT_TRUE(*box->set_flags(1, serve::kSeen));
    EXPECT_EQ(box->messages()[0].modseq, 2u);
    append(*box);
    EXPECT_EQ(box->messages()[2].modseq, 3u);
    EXPECT_TRUE(box->remove({2}));
    EXPECT_EQ(box->highest_modseq(), 4u);
  }
  const auto box = open();
  EXPECT_EQ(box->highest_modseq(), 4u);
  EXPECT_EQ(box->messages()[0].modseq, 2u);
  EXPECT_EQ(box->messages()[1].modseq, 3u);
}

TEST_F(BoxChanges, AreCounted) {
  const auto box = open();
  auto before = box->changes();
  const auto changed = [&] {
    return std::exchange(before, box->changes()) != box->changes();
  };
  EXPECT_TRUE(box->look());
  EXPECT_TRUE(box->remove({}));
  EXPECT_FALSE(changed());
  append(*box, 2);
  EXPECT_TRUE(changed());
  EXPECT_TRUE(*box->set_flags(1, serve::kSeen));
  EXPECT_TRUE(changed());
  EXPECT_TRUE(box->keyword("k"));
  EXPECT_TRUE(changed());
  EXPECT_TRUE(box->keyword("k"));
  EXPECT_FALSE(changed());
  EXPECT_TRUE(box->remove({1}));
  EXPECT_TRUE(changed());
}

TEST_F(BoxChanges, TakesKeywordsWhileThereIsRoom) {
  const auto box = open();
  append(*box);
  Flags all = 0;
  for (int i = 0; i < 26; ++i) {
    EXPECT_TRUE(box->takes_keywords());
    all |= *box->keyword("k" + std::to_string(i));
    EXPECT_TRUE(*box->set_flags(1, all));
  }
  EXPECT_FALSE(box->takes_keywords());
}

TEST_F(BoxChanges, WatchedBoxesAreLookedAt) {
  const auto watched = open("a");
  const auto other = open("b");
  auto watch = watched->watch();
  EXPECT_EQ(watched->watch(), watch);
  for (const auto* name : {"a", "b"}) {
    std::ofstream(dir_.path() / name / "new/9.other.host") << "two\n";
  }
  disk_.look();
  EXPECT_TRUE(disk_.is_dirty());
  EXPECT_EQ(watched->messages().size(), 1u);
  EXPECT_TRUE(other->messages().empty());
  disk_.sync();
  EXPECT_FALSE(disk_.is_dirty());
  // Not more often than that.
  std::ofstream(dir_.path() / "a/new/10.other.host") << "three\n";
  disk_.look();
  EXPECT_FALSE(disk_.is_dirty());
  EXPECT_EQ(watched->messages().size(), 1u);
  // Those in IDLE are told also of what another session has seen.
  EXPECT_TRUE(watched->look());
  EXPECT_TRUE(disk_.is_dirty());
  EXPECT_EQ(watched->messages().size(), 2u);
  watch.reset();
  EXPECT_FALSE(watched->is_watched());
}

// The rest of many is taken in between what sessions do, a box at a time.
TEST_F(BoxChanges, OfManyTheRestComesByItself) {
  const auto one = open("a");
  for (const auto* name : {"a/new/", "b/new/"}) {
    fs::create_directories(dir_.path() / name);
    for (int i = 1000; i < 1500; ++i) {
      std::ofstream(dir_.path() / name / (std::to_string(i) + ".other.host"))
          << "two\n";
    }
  }
  EXPECT_FALSE(disk_.is_working());
  EXPECT_TRUE(one->look());
  auto other = open("b");
  EXPECT_TRUE(one->is_behind());
  EXPECT_TRUE(other->is_behind());
  EXPECT_TRUE(disk_.is_working());
  disk_.work();
  EXPECT_TRUE(disk_.is_dirty());
  EXPECT_EQ(one->messages().size(), 400u);
  EXPECT_EQ(other->messages().size(), 200u);
  disk_.work();
  disk_.work();
  EXPECT_FALSE(one->is_behind());
  EXPECT_EQ(one->messages().size(), 500u);
  EXPECT_EQ(other->messages().size(), 400u);
  // Nobody has it any more.
  other.reset();
  EXPECT_FALSE(disk_.is_working());
}

TEST_F(BoxChanges, CopiesOfWhichNobodyKnowsGo) {
  const auto from = open("a");
  const auto to = open("b");
  append(*from, 3);
  auto copying = from->copy({1, 2, 3}, *to);
  copying.reset();
  EXPECT_TRUE(disk_.is_dirty());
  disk_.sync();
  disk_.sync();
  EXPECT_TRUE(to->messages().empty());
  disk_.disposal().finish();
  for (const auto* folder : {"b/cur", "b/tmp"}) {
    EXPECT_TRUE(fs::is_empty(dir_.path() / folder)) << folder;
  }
  // One that has been settled is there for good.
  copying = from->copy({1}, *to);
  disk_.sync();
  EXPECT_TRUE(copying->outcome());
  copying.reset();
  disk_.sync();
  EXPECT_EQ(to->messages().size(), 1u);
}

TEST_F(BoxChanges, CopiesOfWhatOthersRename) {
  const auto from = open("a");
  const auto to = open("b");
  append(*from, 2);
  for (const auto& entry : fs::directory_iterator(dir_.path() / "a/cur")) {
    const auto path = entry.path();
    fs::rename(path, path.string() + "S");
    break;
  }
  const auto copying = from->copy({1, 2}, *to);
  disk_.sync();
  ASSERT_TRUE(copying->outcome());
  EXPECT_TRUE(*copying->outcome());
  EXPECT_EQ(to->messages().size(), 2u);
}

TEST_F(BoxChanges, RemovedFilesGo) {
  const auto box = open();
  append(*box, 20);
  std::vector<std::uint32_t> all;
  for (const auto& one : box->messages()) all.push_back(one.uid);
  EXPECT_TRUE(box->remove(all));
  const auto ticket = box->ticket();
  EXPECT_TRUE(fs::is_empty(dir_.path() / "a/cur"));
  disk_.sync();
  EXPECT_TRUE(ticket->outcome && *ticket->outcome);
  disk_.disposal().finish();
  EXPECT_TRUE(fs::is_empty(dir_.path() / "a/tmp"));
}

}  // namespace
}  // namespace mailtool::app
