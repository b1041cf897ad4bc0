// From a listing and journals to what is done with each message, and why.

#include "app/fetch_plan.h"

#include <gtest/gtest.h>

#include "app/fetch_order.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kNow = 20'000 * kDay;

struct Listed {
  std::string uid;
  std::uint64_t size;
};

class FetchPlanTest : public testing::Test {
 protected:
  void list(const std::vector<Listed>& messages) {
    maildrop_ = {};
    const auto count = static_cast<std::uint32_t>(messages.size());
    for (std::uint32_t n = 1; n <= count; ++n) {
      ASSERT_TRUE(maildrop_.add_size({n, messages[n - 1].size}, count));
      maildrop_.add_uid({n, messages[n - 1].uid});
    }
  }
  // One more destination, whose journal has such lines.
  void journal(const std::string& lines) {
    const auto name = "d" + std::to_string(journals_.size());
    const auto path = (folder_.path() / name).string();
    {
      const auto made = store::Journal::open(path, "bob", name);
      ASSERT_TRUE(made);
    }
    auto* file = std::fopen(path.c_str(), "a");
    std::fputs(lines.c_str(), file);
    std::fclose(file);
    auto opened = store::Journal::open(path, "bob", name);
    ASSERT_TRUE(opened);
    journals_.push_back(*std::move(opened));
    options_.destinations.push_back(maildir_name("/" + name));
  }
  static std::string days_ago(int days) {
    return std::to_string(kNow - days * kDay);
  }
  void plan(const HeaderDigests& headers = {}) {
    plan_ = make_plan(options_, maildrop_, journals_, kNow, headers);
  }
  // "fetch new", by number.
  [[nodiscard]] std::string row(std::uint32_t number) const {
    const auto& message = plan_.messages[number - 1];
    return std::string(to_string(message.action)) + " " +
           why(message, options_, kNow);
  }

  test::TempDir folder_;
  pop3::Maildrop maildrop_;
  std::vector<std::unique_ptr<store::Journal>> journals_;
  FetchOptions options_;
  FetchPlan plan_;
};

TEST_F(FetchPlanTest, KnownByUniqueIdAndSize) {
  list({{"a", 10}, {"b", 20}, {"c", 30}});
  journal("+a 10 5\n+b 21 5\n~c 30 5\n");
  plan();
  EXPECT_EQ(row(1), "keep known");
  EXPECT_EQ(row(2), "fetch unique id used again for another message");
  EXPECT_EQ(row(3), "keep adopted, never deleted here");
  options_.remove = true;
  plan();
  EXPECT_EQ(row(1), "delete known");
  EXPECT_EQ(row(3), "keep adopted, never deleted here");
}

TEST_F(FetchPlanTest, AnUnknownSizeIsLearnt) {
  list({{"a", 10}, {"b", 20}, {"b", 30}});
  journal("~a - 1234\n+b 20 5\n~b - 5\n");
  plan();
  EXPECT_EQ(row(1), "keep adopted, never deleted here");
  ASSERT_EQ(plan_.learnt.size(), 1u);
  EXPECT_EQ(plan_.learnt[0].number, 1u);
  EXPECT_EQ(plan_.learnt[0].old_size, store::Journal::kUnknownSize);
  EXPECT_EQ(plan_.learnt[0].first_sight, 1234);
  EXPECT_TRUE(plan_.learnt[0].adopted);
  // Where a size of that id is known, it says more than one that is not.
  EXPECT_EQ(row(2), "keep known");
  EXPECT_EQ(row(3), "fetch unique id used again for another message");
}

TEST_F(FetchPlanTest, TheHeaderTellsWhetherSizesLie) {
  list({{"a", 11}, {"b", 21}, {"c", 31}, {"d", 40}});
  journal(
      "+a 10 77 00000000000000ab\n+b 20 5 00000000000000bb\n"
      "+c 30 5\n+d 40 5 00000000000000dd\n");
  plan();
  EXPECT_EQ(plan_.doubtful, (std::vector<std::uint32_t>{1, 2}));
  for (const auto n : {1u, 2u, 3u}) {
    EXPECT_EQ(row(n), "fetch unique id used again for another message");
  }
  options_.remove = true;
  plan({{1, 0xab}, {2, 0xbd}});
  EXPECT_TRUE(plan_.doubtful.empty());
  EXPECT_EQ(row(1), "delete known");
  EXPECT_EQ(row(2), "fetch unique id used again for another message");
  EXPECT_EQ(row(4), "delete known");
  ASSERT_EQ(plan_.learnt.size(), 1u);
  EXPECT_EQ(plan_.learnt[0].old_size, 10u);
  EXPECT_EQ(plan_.learnt[0].header_digest, 0xabu);
  EXPECT_EQ(plan_.learnt[0].first_sight, 77);
  // A server that would not say has proved nothing.
  plan({{1, 0}, {2, 0}});
  EXPECT_EQ(row(1), "fetch unique id used again for another message");
}

TEST_F(FetchPlanTest, AHeaderWithoutMessageIdProvesNothing) {
  list({{"a", 11}, {"b", 21}});
  journal("+a 10 5 00000000000000aa\n~b 20 5 00000000000000ba\n");
  options_.remove = true;
  plan();
  EXPECT_EQ(plan_.doubtful, (std::vector<std::uint32_t>{2}));
  plan({{1, 0xaa}, {2, 0xba}});
  EXPECT_EQ(row(1), "fetch unique id used again for another message");
  EXPECT_EQ(row(2), "keep adopted, never deleted here");
}

TEST_F(FetchPlanTest, EqualNamesAreCounted) {
  list({{"a", 10}, {"a", 10}, {"b", 10}, {"b", 10}, {"b", 50}});
  journal("+a 10 5\n+a 10 5\n+b 10 5\n~b 10 5\n");
  options_.remove = true;
  plan();
  EXPECT_EQ(row(1), "delete known");
  EXPECT_EQ(row(2), "delete known");
  // Which of the two was adopted?
  EXPECT_EQ(row(3), "keep adopted, never deleted here");
  EXPECT_EQ(row(4), "keep adopted, never deleted here");
  EXPECT_EQ(row(5), "fetch new");
  for (const auto& message : plan_.messages) EXPECT_TRUE(message.ambiguous);
}

TEST_F(FetchPlanTest, MoreOfANameThanAreKnownAreToldApartOrAllFetched) {
  list({{"a", 10}, {"a", 10}, {"b", 10}, {"b", 10}, {"c", 10}, {"c", 10}});
  journal(
      "+a 10 5 00000000000000ab\n+b 10 5 00000000000000aa\n"
      "~c 10 5 00000000000000cd\n");
  options_.remove = true;
  plan();
  EXPECT_EQ(plan_.doubtful, (std::vector<std::uint32_t>{1, 2, 5, 6}));
  plan({{1, 0xff}, {2, 0xab}, {5, 0xff}, {6, 0}});
  EXPECT_EQ(row(1), "fetch unique id used again for another message");
  EXPECT_EQ(row(2), "delete known");
  EXPECT_EQ(row(3), "fetch unique id used again for another message");
  EXPECT_EQ(row(4), "fetch unique id used again for another message");
  EXPECT_TRUE(plan_.messages[2].ours);
  EXPECT_FALSE(plan_.messages[4].ours);
  EXPECT_EQ(row(6), "keep adopted, never deleted here");
}

TEST_F(FetchPlanTest, ASizeThatIsNotToldIsNoSize) {
  const std::vector<Listed> messages = {
      {"a", 10}, {"b", 10}, {"c", 10}, {"d", 10}, {"e", 10}};
  maildrop_ = {};
  for (std::uint32_t n = 1; n <= 5; ++n) {
    ASSERT_TRUE(maildrop_.add_size({n, std::nullopt}, 5));
    maildrop_.add_uid({n, messages[n - 1].uid});
  }
  journal(
      "+a - 5 00000000000000ab\n+b - 5 00000000000000aa\n+c - 5\n"
      "+d 0 5 00000000000000dd\n+e 10 5 00000000000000ed\n");
  options_.remove = true;
  plan();
  EXPECT_EQ(plan_.doubtful, (std::vector<std::uint32_t>{1, 2, 4, 5}));
  plan({{1, 0xab}, {2, 0xaa}, {4, 0}, {5, 0xef}});
  EXPECT_EQ(row(1), "delete known");
  EXPECT_EQ(row(2), "keep adopted, never deleted here");
  EXPECT_EQ(row(3), "keep adopted, never deleted here");
  EXPECT_EQ(row(4), "keep adopted, never deleted here");
  EXPECT_EQ(row(5), "fetch unique id used again for another message");
}

TEST_F(FetchPlanTest, AdoptedWithoutItsHeaderItIsKnownByItsIdAlone) {
  list({{"a", 11}, {"b", 11}});
  journal("~a 10 5\n+b 10 5\n");
  options_.remove = true;
  plan();
  EXPECT_TRUE(plan_.doubtful.empty());
  EXPECT_EQ(row(1), "keep adopted, never deleted here");
  EXPECT_EQ(row(2), "fetch unique id used again for another message");
}

TEST_F(FetchPlanTest, OneHeaderAccountsForOneMessage) {
  list({{"a", 11}, {"a", 12}});
  journal("+a 10 5 00000000000000ab\n");
  plan({{1, 0xab}, {2, 0xab}});
  EXPECT_EQ(row(1), "keep known");
  EXPECT_EQ(row(2), "fetch unique id used again for another message");
}

TEST_F(FetchPlanTest, EachDestinationGetsWhatItLacks) {
  list({{"a", 10}, {"b", 20}, {"c", 30}});
  journal("+a 10 5\n+b 20 5\n");
  journal("+a 10 5\n~c 30 5\n");
  options_.remove = true;
  plan();
  EXPECT_EQ(row(1), "delete known");
  EXPECT_EQ(row(2), "fetch not yet in every destination");
  EXPECT_EQ(plan_.messages[1].wanted, 2);
  EXPECT_TRUE(plan_.messages[1].ours);
  // Adopted by one of them: it may be fetched for the other, and must stay.
  EXPECT_EQ(row(3), "fetch not yet in every destination");
  EXPECT_FALSE(plan_.messages[2].ours);
}

TEST_F(FetchPlanTest, FailuresComeLastAndAreSetAside) {
  list({{"a", 10}, {"b", 20}, {"c", 30}, {"d", 40}});
  journal("!a 10 " + days_ago(1) + "\n!b 20 5\n!b 20 5\n!b 20 " + days_ago(6) +
          "\n!c 30 5\n!c 30 5\n!c 30 " + days_ago(7) + "\n");
  plan();
  EXPECT_EQ(row(1), "fetch tried again after 1 failure");
  EXPECT_EQ(row(2), "skip set aside after 3 failures");
  EXPECT_EQ(row(3), "fetch tried again after 3 failures");
  EXPECT_EQ(row(4), "fetch new");
  FetchOrder order(options_, maildrop_, plan_.messages);
  std::vector<std::uint32_t> asked;
  while (const auto request = order.next()) asked.push_back(request->number);
  EXPECT_EQ(asked, (std::vector<std::uint32_t>{4, 1, 3}));

  options_.limit = 1;
  plan();
  EXPECT_EQ(row(4), "fetch new");
  EXPECT_EQ(row(1), "keep beyond --limit");
  options_.limit.reset();
  options_.all = true;
  plan();
  EXPECT_EQ(row(2), "fetch tried again after 3 failures");
}

TEST_F(FetchPlanTest, AFailureOfTheFutureSetsNothingAside) {
  list({{"a", 10}, {"b", 20}, {"c", 30}});
  std::string lines;
  for (int i = 0; i < 3; ++i) {
    lines += "!a 10 " + days_ago(-1) + "\n!b 20 " + days_ago(-2) + "\n!c 30 " +
             days_ago(-10'000) + "\n";
  }
  journal(lines);
  plan();
  EXPECT_EQ(row(1), "skip set aside after 3 failures");
  EXPECT_EQ(row(2), "fetch tried again after 3 failures");
  EXPECT_EQ(row(3), "fetch tried again after 3 failures");
}

TEST_F(FetchPlanTest, WhatOneDestinationSetAsideIsNotDeleted) {
  list({{"a", 10}, {"b", 20}});
  journal("");
  journal("!a 10 5\n!a 10 5\n!a 10 " + days_ago(0) + "\n");
  options_.remove = true;
  plan();
  EXPECT_EQ(plan_.messages[0].action, FetchAction::fetch);
  EXPECT_EQ(plan_.messages[0].wanted, 1);
  EXPECT_FALSE(plan_.messages[0].ours);
  EXPECT_TRUE(plan_.messages[1].ours);
}

TEST_F(FetchPlanTest, RulesForDeletion) {
  list({{"a", 10}, {"b", 20}, {"c", 30}, {"d", 40}});
  journal("+a 10 " + days_ago(9) + "\n+b 20 " + days_ago(3) + "\n+c 30 " +
          days_ago(9) + "\n");
  options_.remove = true;
  options_.delete_after = std::chrono::seconds(7 * kDay);
  plan();
  EXPECT_EQ(row(1), "delete first seen 9 days ago, deleted after 7 days");
  EXPECT_EQ(row(2), "keep first seen 3 days ago, deleted after 7 days");
  EXPECT_FALSE(plan_.messages[3].old_enough);
  options_.keep_last = 2;
  plan();
  EXPECT_EQ(row(1), "delete first seen 9 days ago, deleted after 7 days");
  EXPECT_EQ(row(2), "keep first seen 3 days ago, deleted after 7 days");
  EXPECT_EQ(row(3), "keep among the last 2");
  options_.delete_after.reset();
  plan();
  EXPECT_EQ(row(2), "delete not among the last 2");
  EXPECT_EQ(row(3), "keep among the last 2");
}

// Holes in a listing are no messages: the last two that there are stay.
TEST_F(FetchPlanTest, TheLastAreCountedAmongThoseListed) {
  for (const auto n : {1u, 2u, 5u}) {
    ASSERT_TRUE(maildrop_.add_size({n, 10}, 3));
    maildrop_.add_uid({n, "u" + std::to_string(n)});
  }
  journal("+u1 10 5\n+u2 10 5\n+u5 10 5\n");
  options_.remove = true;
  options_.keep_last = 2;
  plan();
  EXPECT_EQ(row(1), "delete not among the last 2");
  EXPECT_EQ(row(2), "keep among the last 2");
  EXPECT_EQ(row(5), "keep among the last 2");
}

TEST_F(FetchPlanTest, WithoutUniqueIdOnlyToBeDeleted) {
  list({{"a", 10}, {"", 20}});
  journal("");
  plan();
  EXPECT_EQ(row(2),
            "skip without a unique id it can be fetched only to be deleted");
  options_.remove = true;
  plan();
  EXPECT_EQ(row(2), "fetch new");
  options_.keep_last = 1;
  plan();
  EXPECT_EQ(plan_.messages[1].action, FetchAction::skip);
  options_.remove = false;
  options_.keep_last.reset();
  options_.all = true;
  plan();
  EXPECT_EQ(row(2), "fetch new");
}

TEST_F(FetchPlanTest, SizesAndAll) {
  list({{"a", 10}, {"b", 2000}});
  journal("+a 10 5\n");
  options_.max_size = 1000;
  plan();
  EXPECT_EQ(row(2), "skip larger than --max-size");
  options_.all = true;
  plan();
  EXPECT_EQ(row(1), "fetch known, and --all");
  EXPECT_EQ(row(2), "skip larger than --max-size");
}

TEST(FetchOrderTest, KnowsWhatIsUnderWay) {
  pop3::Maildrop maildrop;
  for (std::uint32_t n = 1; n <= 3; ++n) {
    ASSERT_TRUE(maildrop.add_size({n, 9000}, 3));
  }
  std::vector<PlannedMessage> plan(3);
  for (auto& message : plan) message.action = FetchAction::fetch;
  FetchOptions options;
  options.headers_only = true;
  FetchOrder order(options, maildrop, plan);
  EXPECT_FALSE(order.under_way());
  EXPECT_TRUE(order.others_left());
  const auto first = order.next();
  EXPECT_TRUE(first->headers_only);
  EXPECT_EQ(first->octets, 4096u);
  (void)order.next();
  EXPECT_EQ(order.under_way(), 1u);
  order.answered();
  EXPECT_EQ(order.under_way(), 2u);
  EXPECT_TRUE(order.others_left());
  order.answered();
  EXPECT_FALSE(order.under_way());
  EXPECT_TRUE(order.others_left());
  (void)order.next();
  EXPECT_EQ(order.under_way(), 3u);
  EXPECT_FALSE(order.others_left());
  EXPECT_FALSE(order.next());
}

}  // namespace
}  // namespace mailtool::app
