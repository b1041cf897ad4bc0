#include "mailtool/store/journal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "store/system.h"
#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

using test::put;
using test::text_of;

constexpr std::string_view kOwner = "bob@mail.example";
constexpr std::string_view kDestination = "maildir:/home/bob/my mail";
constexpr std::string_view kTitle =
    "mailtool-journal 1 bob@mail.example maildir:/home/bob/my%20mail\n";

class JournalTest : public testing::Test {
 protected:
  std::unique_ptr<Journal> open() {
    auto journal = Journal::open(path(), kOwner, kDestination);
    EXPECT_TRUE(journal) << journal.error().one_line();
    return journal ? *std::move(journal) : nullptr;
  }
  [[nodiscard]] std::string path() const {
    return (folder_.path() / "journal").string();
  }
  test::TempDir folder_;
};

TEST_F(JournalTest, RemembersAcrossRuns) {
  {
    const auto journal = open();
    EXPECT_TRUE(journal->fresh());
    journal->add_fetched({"a", 10});
    journal->add_fetched({"a", 10});
    journal->add_adopted({"b", 20});
    journal->add_failure({"c", 30});
    journal->add_skip_said({"d", 40});
    ASSERT_TRUE(journal->commit());
  }
  EXPECT_TRUE(text_of(path()).starts_with(kTitle));
  const auto journal = open();
  EXPECT_FALSE(journal->fresh());
  EXPECT_EQ(journal->fetched({"a", 10}), 2u);
  EXPECT_EQ(journal->fetched({"a", 11}), 0u);  // the server reused the id
  EXPECT_EQ(journal->fetched({"b", 20}), 0u);
  EXPECT_EQ(journal->adopted({"b", 20}), 1u);
  EXPECT_EQ(journal->failures({"c", 30}), 1u);
  EXPECT_TRUE(journal->skip_was_said({"d", 40}));
  EXPECT_FALSE(journal->skip_was_said({"a", 10}));
}

TEST_F(JournalTest, GoneIsForgotten) {
  {
    const auto journal = open();
    journal->add_fetched({"a", 10});
    journal->add_failure({"a", 10});
    journal->add_gone({"a", 10});
    journal->add_fetched({"b", 10});
    ASSERT_TRUE(journal->commit());
  }
  const auto journal = open();
  EXPECT_EQ(journal->fetched({"a", 10}), 0u);
  EXPECT_EQ(journal->failures({"a", 10}), 0u);
  EXPECT_EQ(journal->fetched({"b", 10}), 1u);
}

TEST_F(JournalTest, WhatIsNotCommittedIsNotWritten) {
  open()->add_fetched({"a", 10});
  EXPECT_EQ(open()->fetched({"a", 10}), 0u);
}

// Cut at every octet: what was whole counts, the rest does not, and the next
// line is not glued to the torn one.
TEST_F(JournalTest, ATornTailCountsForNothing) {
  {
    const auto journal = open();
    journal->add_fetched({"first", 1});
    journal->add_fetched({"second", 2});
    ASSERT_TRUE(journal->commit());
  }
  const auto whole = text_of(path());
  const auto first_end = whole.find('\n', kTitle.size()) + 1;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    put(path(), whole.substr(0, size));
    {
      const auto journal = open();
      ASSERT_EQ(journal->fetched({"first", 1}), size >= first_end ? 1u : 0u);
      ASSERT_EQ(journal->fetched({"second", 2}), 0u) << size;
      journal->add_fetched({"third", 3});
      ASSERT_TRUE(journal->commit());
    }
    ASSERT_EQ(open()->fetched({"third", 3}), 1u) << size;
  }
}

TEST_F(JournalTest, LinesThatAreNoneArePassedOver) {
  put(path(), std::string(kTitle) + "+a 10 5\n\n+b\n+c x 5\n?d 1 5\n+e -1 5\n" +
                  std::string(100, '\0') + "\n+" + std::string(71, 'u') +
                  " 1 5\n+f 1 5\n");
  const auto journal = open();
  EXPECT_EQ(journal->fetched({"a", 10}), 1u);
  EXPECT_EQ(journal->fetched({"f", 1}), 1u);
  EXPECT_EQ(journal->fetched({"c", 0}), 0u);
}

// Wherever in the file: what stands behind counts, and the damage is gone
// once it was told.
TEST_F(JournalTest, DamageIsSkippedToTheNextLine) {
  const struct {
    std::string damage;
    unsigned after;  // whether the line behind it is known
    unsigned told;
  } cases[] = {{std::string(5000, '\0'), 1, 0},
               {std::string(70'000, 'x'), 0, 1},
               {std::string(200'000, 'x') + "\n", 1, 1},
               {"+a 1\n+b\n", 1, 2}};
  for (const auto& c : cases) {
    put(path(), std::string(kTitle) + "+a 1 5\n" + c.damage +
                    "+b 2 5\n+c 3 5\n");
    const auto journal = open();
    EXPECT_EQ(journal->fetched({"a", 1}), 1u);
    EXPECT_EQ(journal->fetched({"b", 2}), c.after);
    EXPECT_EQ(journal->fetched({"c", 3}), 1u);
    EXPECT_EQ(journal->damaged(), c.told);
    EXPECT_EQ(open()->damaged(), 0u);
    EXPECT_EQ(open()->fetched({"c", 3}), 1u);
  }
}

TEST_F(JournalTest, WhatIsNoFileIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_FALSE(Journal::open(path(), kOwner, kDestination));
  EXPECT_FALSE(Journal::read(path(), kOwner, ""));
}

TEST_F(JournalTest, AFileWithoutLineEndsCostsNothing) {
  put(path(), std::string(kTitle) + std::string(1'000'000, 'x'));
  const auto journal = open();
  journal->add_fetched({"a", 1});
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(open()->fetched({"a", 1}), 1u);
  EXPECT_LT(text_of(path()).size(), 1000u);
}

TEST_F(JournalTest, AnothersJournalIsRefused) {
  put(path(), "mailtool-journal 1 eve@mail.example maildir:/x\n");
  const auto journal = Journal::open(path(), kOwner, kDestination);
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().kind, ErrorKind::config);
  EXPECT_FALSE(Journal::read(path(), kOwner, ""));
}

TEST_F(JournalTest, ReadingChangesNothing) {
  EXPECT_TRUE((*Journal::read(path(), kOwner, kDestination))->fresh());
  EXPECT_FALSE(std::filesystem::exists(path()));
  const auto torn = std::string(kTitle) + "+a 1 5\n+b 2";
  put(path(), torn);
  EXPECT_EQ((*Journal::read(path(), kOwner, ""))->fetched({"a", 1}), 1u);
  EXPECT_EQ(text_of(path()), torn);
}

TEST_F(JournalTest, CompactsWhatCancelsOut) {
  {
    const auto journal = open();
    for (int i = 0; i < 3000; ++i) {
      const auto uid = "uid-" + std::to_string(i);
      journal->add_fetched({uid, 1});
      if (i % 100 != 0) journal->add_gone({uid, 1});
    }
    journal->add_adopted({"adopted", 5});
    journal->add_failure({"bad", 6});
    journal->add_failure({"bad", 6});
    journal->add_skip_said({"large", 7});
    journal->add_cut_short({"slow", 8});
    journal->add_cut_short({"slow", 8});
    journal->add_cut_short({"arrived", 9});
    journal->add_fetched({"arrived", 9});
    ASSERT_TRUE(journal->commit());
  }
  const auto before = text_of(path()).size();
  for (int run = 0; run < 2; ++run) {
    const auto journal = open();
    EXPECT_LT(text_of(path()).size(), before / 20);
    for (int i = 0; i < 3000; ++i) {
      ASSERT_EQ(journal->fetched({"uid-" + std::to_string(i), 1}),
                i % 100 == 0 ? 1u : 0u);
    }
    EXPECT_EQ(journal->adopted({"adopted", 5}), 1u);
    EXPECT_EQ(journal->failures({"bad", 6}), 2u);
    EXPECT_TRUE(journal->skip_was_said({"large", 7}));
    const auto slow = journal->find("slow");
    ASSERT_EQ(slow.size(), 1u);
    EXPECT_TRUE(slow[0].cut_short() && !slow[0].known());
    EXPECT_FALSE(journal->find("arrived").front().cut_short());
    journal->add_fetched({"after-" + std::to_string(run), 1});
    ASSERT_TRUE(journal->commit());
  }
  EXPECT_EQ(open()->fetched({"after-0", 1}), 1u);
}

int no_sync(const char* call) {
  return std::string_view(call) == "fdatasync" ? EIO : 0;
}

TEST_F(JournalTest, WhatIsNotOnTheDiskIsNotCommitted) {
  const auto journal = open();
  journal->add_fetched({"a", 1});
  set_fault_hook(no_sync);
  const auto done = journal->commit();
  set_fault_hook(nullptr);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::local_io);
}

}  // namespace
}  // namespace mailtool::store
