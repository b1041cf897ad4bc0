// What a journal says of the messages that bear one unique-id.

#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <numeric>

#include "mailtool/store/journal.h"
#include "store/journal_line.h"
#include "store/sip_hash.h"
#include "store/system.h"
#include "support/temp_dir.h"
#include "text_of.h"

namespace mailtool::store {
namespace {

using test::put;
using test::text_of;

constexpr std::string_view kTitle = "mailtool-journal 1 bob@h maildir:/m\n";
constexpr std::int64_t kDay = 86400;

class JournalRecordTest : public testing::Test {
 protected:
  std::unique_ptr<Journal> open() {
    auto journal = Journal::open(path(), "bob@h", "maildir:/m");
    EXPECT_TRUE(journal) << journal.error().one_line();
    return journal ? *std::move(journal) : nullptr;
  }
  std::unique_ptr<Journal> open(std::string_view lines) {
    put(path(), std::string(kTitle) + std::string(lines));
    return open();
  }
  [[nodiscard]] std::string path() const {
    return (folder_.path() / "journal").string();
  }
  [[nodiscard]] const Journal::Record& only(const Journal& journal) const {
    EXPECT_EQ(journal.records().size(), 1u);
    return journal.records()[0];
  }
  test::TempDir folder_;
};

TEST_F(JournalRecordTest, AllOfOneUniqueIdBySize) {
  const auto journal = open("+a 300 5\n~a - 5\n+b 7 5\n+a 20 5\n+a 20 6\n");
  const auto found = journal->find("a");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].size(), 20u);
  EXPECT_EQ(found[0].fetched(), 2u);
  EXPECT_EQ(found[1].size(), 300u);
  EXPECT_EQ(found[2].size(), Journal::kUnknownSize);
  EXPECT_EQ(found[2].adopted(), 1u);
  EXPECT_TRUE(journal->find("c").empty());
  EXPECT_EQ(journal->find(Journal::Message{"a", 21}), nullptr);
  EXPECT_EQ(journal->records().size(), 4u);
}

TEST_F(JournalRecordTest, ManyOfOneUniqueId) {
  {
    const auto journal = open();
    for (std::uint64_t size = 1; size <= 2000; ++size) {
      journal->add_fetched({"a", size});
    }
    ASSERT_TRUE(journal->commit());
  }
  const auto journal = open();
  const auto found = journal->find("a");
  ASSERT_EQ(found.size(), 2000u);
  for (std::uint64_t size = 1; size <= 2000; ++size) {
    ASSERT_EQ(found[size - 1].size(), size);
    ASSERT_EQ(journal->fetched({"a", size}), 1u);
  }
}

TEST_F(JournalRecordTest, DigestAndFirstSight) {
  {
    const auto journal = open();
    journal->add_fetched({"a", 1}, 0x00ab, 1000);
    journal->add_adopted({"b", Journal::kUnknownSize}, 0, 2000);
    ASSERT_TRUE(journal->commit());
  }
  EXPECT_EQ(text_of(path()),
            std::string(kTitle) + "+a 1 1000 00000000000000ab\n~b - 2000\n");
  const auto journal = open();
  EXPECT_EQ(journal->find("a")[0].header_digest(), 0xabu);
  EXPECT_EQ(journal->find("a")[0].first_sight(), 1000);
  EXPECT_EQ(journal->find("b")[0].header_digest(), 0u);
  EXPECT_EQ(journal->find("b")[0].first_sight(), 2000);
}

TEST_F(JournalRecordTest, TheEarliestSightCounts) {
  EXPECT_EQ(only(*open("+a 1 900\n+a 1 700\n!a 1 800\n")).first_sight(), 700);
  // Until the message is gone: the next of that name is another.
  EXPECT_EQ(only(*open("+a 1 700 00000000000000ab\n-a 1 800\n+a 1 900\n"))
                .first_sight(),
            900);
  EXPECT_EQ(
      only(*open("+a 1 7 00000000000000ab\n-a 1 8\n+a 1 9\n")).header_digest(),
      0u);
}

TEST_F(JournalRecordTest, FailuresAreCountedUntilItIsFetched) {
  const auto day = std::to_string(20 * kDay + 5);
  const auto journal = open("!a 1 100\n!a 1 " + day + "\n");
  EXPECT_EQ(only(*journal).failures(), 2u);
  EXPECT_EQ(only(*journal).day(), 20u);
  EXPECT_FALSE(only(*journal).known());
  EXPECT_EQ(only(*open("!a 1 5\n!a 1 6\n>a 1 6\n+a 1 7\n")).failures(), 0u);
  EXPECT_TRUE(open("!a 1 5\n-a 1 6\n")->fresh());
}

TEST_F(JournalRecordTest, AbsenceBeginsOnceAndEndsWhenItIsListed) {
  const auto since = std::to_string(20 * kDay);
  const auto absent = "+a 1 5\n?a 1 " + since + "\n";
  EXPECT_TRUE(only(*open(absent)).absent());
  EXPECT_EQ(only(*open(absent)).day(), 20u);
  EXPECT_EQ(only(*open(absent + "?a 1 9999999\n")).day(), 20u);
  EXPECT_FALSE(only(*open(absent + "=a 1 9999999\n")).absent());
  EXPECT_FALSE(only(*open(absent + "+a 1 9999999\n")).absent());
  EXPECT_TRUE(open("?a 1 5\n")->fresh());
}

TEST_F(JournalRecordTest, CompactingKeepsAllThatIsKnown) {
  std::string lines =
      "+a 1 86400 00000000000000ab\n+a 1 90000\n~a 1 90000\n"
      "~b - 5000\n!c 3 172800\n!c 3 172801\n>d 4 77\n"
      "+e 5 88\n?e 5 864000\n";
  for (int i = 0; i < 3000; ++i) lines += "+x 1 5\n-x 1 5\n";
  const auto journal = open(lines);
  EXPECT_LT(text_of(path()).size(), 400u);
  const auto again = open();
  EXPECT_EQ(again->records().size(), 5u);
  for (const auto* j : {journal.get(), again.get()}) {
    const auto& a = j->find("a")[0];
    EXPECT_EQ(a.fetched(), 2u);
    EXPECT_EQ(a.adopted(), 1u);
    EXPECT_EQ(a.first_sight(), 86400);
    EXPECT_EQ(a.header_digest(), 0xabu);
    EXPECT_EQ(j->find("b")[0].size(), Journal::kUnknownSize);
    EXPECT_EQ(j->find("c")[0].failures(), 2u);
    EXPECT_EQ(j->find("c")[0].day(), 2u);
    EXPECT_TRUE(j->find("d")[0].skip_was_said());
    EXPECT_TRUE(j->find("e")[0].absent());
    EXPECT_EQ(j->find("e")[0].day(), 10u);
  }
}

TEST_F(JournalRecordTest, EachIsNamedOnce) {
  const auto journal = open("+a 1 5\n+a 1 6\n+b 2 5\n-b 2 5\n!c 3 5\n~a 9 5\n");
  std::map<std::string, int> found;
  ASSERT_TRUE(journal->for_each(
      [&](std::string_view uid, const Journal::Record& record) {
        ++found[std::string(uid) + " " + std::to_string(record.size())];
        return Result<void>{};
      }));
  EXPECT_EQ(found,
            (std::map<std::string, int>{{"a 1", 1}, {"a 9", 1}, {"c 3", 1}}));
  const auto stopped = journal->for_each([&](auto, const auto&) {
    return Result<void>(Error{ErrorKind::internal, "enough"});
  });
  EXPECT_EQ(stopped.error().what, "enough");
}

TEST_F(JournalRecordTest, WhatWasAddedIsSeenOnceItIsReadAgain) {
  const auto journal = open("+a 1 5\n");
  journal->add_gone({"a", 1});
  journal->add_fetched({"b", 2});
  EXPECT_EQ(journal->fetched({"b", 2}), 0u);
  ASSERT_TRUE(journal->reload());
  EXPECT_EQ(journal->fetched({"b", 2}), 1u);
  EXPECT_EQ(journal->fetched({"a", 1}), 0u);
}

TEST_F(JournalRecordTest, OddLinesArePassedOver) {
  for (const auto* line :
       {"+a 1 5 ", "+a 1 5 ab", "+a 1 5 00000000000000ag",
        "+a 1 5 00000000000000ab x", "+a 1", "+a - -", "+ 1 5", "+a 1 5  ",
        "+a -1 5", "*a 1 5", "+a 18446744073709551616 5", ""}) {
    EXPECT_FALSE(parse_journal_line(line)) << line;
    EXPECT_TRUE(open(std::string(line) + "\n")->fresh()) << line;
  }
}

int torn_writes = 0;

int tear_one(const char* call) {
  return std::string_view(call) == "write" && torn_writes-- == 1 ? ENOSPC : 0;
}

// The line after one that was torn stands alone.
TEST_F(JournalRecordTest, AWriteAfterAFailedOneIsWhole) {
  const auto journal = open();
  journal->add_fetched({"a", 1});
  torn_writes = 1;
  set_fault_hook(tear_one);
  const auto failed = journal->commit();
  set_fault_hook(nullptr);
  ASSERT_FALSE(failed);
  journal->add_fetched({"b", 2});
  ASSERT_TRUE(journal->commit());
  EXPECT_EQ(text_of(path()).substr(kTitle.size(), 4), "\n+b ");
  EXPECT_EQ(open()->fetched({"b", 2}), 1u);
}

// The vectors of the reference implementation: secret 00..0f, text 00..(n-1).
TEST(SipHashTest, PublishedVectors) {
  const SipSecret secret{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::string text(15, '\0');
  std::iota(text.begin(), text.end(), '\0');
  EXPECT_EQ(sip_hash(secret, ""),
            (SipHash{0xe6a825ba047f81a3, 0x930255c71472f66d}));
  EXPECT_EQ(sip_hash(secret, text.substr(0, 1)),
            (SipHash{0x44af996bd8c187da, 0x45fc229b11597634}));
  EXPECT_NE(sip_hash(secret, text), sip_hash(secret, text.substr(0, 14)));
}

TEST(JournalKeyTest, TellsUniqueIdsApart) {
  EXPECT_EQ(journal_key("a"), journal_key("a"));
  EXPECT_NE(journal_key("a"), journal_key("b"));
  EXPECT_NE(journal_key("a"), journal_key(std::string("a\0", 2)));
}

}  // namespace
}  // namespace mailtool::store
