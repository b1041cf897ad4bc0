#include "app/mx_sts.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* kEnforce =
    "version: STSv1\nmode: enforce\nmx: mx.test\nmax_age: 1000\n";
constexpr const char* kNone = "version: STSv1\nmode: none\nmax_age: 1000\n";

// A world in which a.test has one record and one policy, and time stands still.
class Sts : public testing::Test {
 protected:
  std::optional<StsFinding> find() {
    StsPolicies::Outside outside;
    outside.txt = [this](const std::string& owner) -> Result<Texts> {
      EXPECT_EQ(owner, "_mta-sts.a.test");
      return records_;
    };
    outside.fetch = [this](const std::string& domain) -> Result<std::string> {
      EXPECT_EQ(domain, "a.test");
      ++fetched_;
      return page_;
    };
    outside.now = [this] { return now_; };
    outside.note = [this](std::string_view text) { notes_ += text; };
    StsPolicies policies(outside, StsCache(dir_.path().string()));
    return policies.find("a.test", policies.announced_id("a.test"));
  }

  test::TempDir dir_;
  Result<Texts> records_ = Texts{"v=spf1 -all", "v=STSv1; id=1"};
  Result<std::string> page_ = std::string(kEnforce);
  std::int64_t now_ = 1'000'000;
  int fetched_ = 0;
  std::string notes_;
};

const Error kGone{ErrorKind::no_host, "gone"};

TEST_F(Sts, IsFetchedOnceAndThenKept) {
  const auto first = find();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->policy.names("mx.test"));
  EXPECT_EQ(first->id, "1");
  EXPECT_EQ(first->origin, "fetched");
  const auto second = find();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->policy, first->policy);
  EXPECT_NE(second->origin, "fetched");
  EXPECT_EQ(fetched_, 1);
}

TEST_F(Sts, ANewIdIsANewPolicy) {
  ASSERT_TRUE(find());
  records_ = Texts{"v=STSv1; id=2"};
  page_ = std::string(kEnforce) + "mx: other.test\n";
  EXPECT_TRUE(find()->policy.names("other.test"));
  EXPECT_EQ(fetched_, 2);
}

TEST_F(Sts, WhatCannotBeFetchedGoesOnToHold) {
  ASSERT_TRUE(find());
  records_ = Texts{"v=STSv1; id=2"};
  for (const auto& page : {Result<std::string>(kGone),
                           Result<std::string>(std::string("rubbish"))}) {
    page_ = page;
    notes_.clear();
    EXPECT_TRUE(find());
    EXPECT_NE(notes_.find("earlier run holds"), std::string::npos) << notes_;
  }
}

TEST_F(Sts, ARecordThatIsGoneEndsNothing) {
  ASSERT_TRUE(find());
  for (const auto& records :
       {Result<Texts>(kGone), Result<Texts>(Texts{}),
        Result<Texts>(Texts{"v=STSv1; id=1", "v=STSv1; id=2"}),
        Result<Texts>(Texts{"v=STSv1; id=?"}),
        Result<Texts>(Error{ErrorKind::unresolved, "SERVFAIL"})}) {
    records_ = records;
    EXPECT_TRUE(find());
  }
  EXPECT_EQ(fetched_, 1);
}

TEST_F(Sts, ItEndsWhenItIsOld) {
  ASSERT_TRUE(find());
  now_ += 999;
  EXPECT_TRUE(find());
  EXPECT_EQ(fetched_, 1);
  now_ += 1;
  EXPECT_TRUE(find());
  EXPECT_EQ(fetched_, 2);
  now_ += 2000;
  records_ = kGone;
  EXPECT_FALSE(find());
}

TEST_F(Sts, WithoutARecordNothingIsFetched) {
  for (const auto& records :
       {Result<Texts>(kGone), Result<Texts>(Texts{"v=spf1 -all"}),
        Result<Texts>(Texts{"v=STSv1; id=1", "v=STSv1; id=1"})}) {
    records_ = records;
    EXPECT_FALSE(find());
  }
  EXPECT_EQ(fetched_, 0);
}

TEST_F(Sts, NoneIsNoPolicyAndIsKeptToo) {
  page_ = std::string(kNone);
  EXPECT_FALSE(find());
  EXPECT_FALSE(find());
  EXPECT_EQ(fetched_, 1);
}

TEST_F(Sts, FailingIsNoPolicy) {
  page_ = kGone;
  EXPECT_FALSE(find());
  EXPECT_NE(notes_.find("a.test"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::app
