#include "app/send_supply.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

std::string content(const OutgoingMessage& message) {
  const auto source = message.content->source();
  std::string text;
  char buffer[1000];
  for (;;) {
    const auto count = source->read_some({buffer, sizeof buffer});
    if (!count || *count == 0) return text;
    text.append(buffer, *count);
  }
}

class Supply : public testing::Test, public MessageTaker {
 protected:
  Supply() { invocation_.arguments = {"bob@x.example"}; }
  Result<void> take(OutgoingMessage message) override {
    taken_.push_back(std::move(message));
    if (taken_.size() == stop_at_) return Error{ErrorKind::unreachable, "stop"};
    return {};
  }
  void failed(Error error) override { failed_.push_back(error.one_line()); }

  std::string file(const std::string& name, std::string_view text) {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  Result<void> supply(std::vector<std::string> paths) {
    for (auto& path : paths) {
      invocation_.options.add("message", {std::move(path), "test"});
    }
    return supply_messages(invocation_, *this);
  }

  Invocation invocation_{.command = "send"};
  test::TempDir folder_;
  std::vector<OutgoingMessage> taken_;
  std::vector<std::string> failed_;
  std::size_t stop_at_ = 0;
};

constexpr std::string_view kOne =
    "From: a@x.example\nDate: Fri, 20 Nov 2026 12:00:00 +0100\n"
    "Message-ID: <1@x.example>\n\none\n";

TEST_F(Supply, FilesInTheirOrder) {
  ASSERT_TRUE(supply({file("b", kOne), file("a", kOne)}));
  ASSERT_EQ(taken_.size(), 2U);
  EXPECT_TRUE(taken_[0].source.ends_with("/b"));
  EXPECT_TRUE(taken_[1].source.ends_with("/a"));
}

TEST_F(Supply, AnMboxIsAllItsMessages) {
  const auto mbox = file("m", "From a Fri Nov 20 12:00:00 2026\n" +
                                  std::string(kOne) +
                                  ">From me\n\n"
                                  "From b Fri Nov 20 12:00:00 2026\n" +
                                  std::string(kOne) + "\n");
  ASSERT_TRUE(supply({mbox}));
  ASSERT_EQ(taken_.size(), 2U);
  EXPECT_TRUE(content(taken_[0]).ends_with("\r\none\r\nFrom me\r\n"))
      << content(taken_[0]);
  EXPECT_TRUE(taken_[1].source.ends_with("/m, message 2"));
  EXPECT_TRUE(failed_.empty());
}

TEST_F(Supply, AMaildirIsAllItsMessages) {
  file("box/new/2.h", kOne);
  file("box/cur/1.h:2,S", kOne);
  std::filesystem::create_directories(folder_.path() / "box/tmp");
  ASSERT_TRUE(supply({(folder_.path() / "box").string()}));
  EXPECT_EQ(taken_.size(), 2U);
}

TEST_F(Supply, OneBadMessageDoesNotStopTheOthers) {
  ASSERT_TRUE(supply({file("bad", "From: a@x.example\n\nx\ry\n"),
                      (folder_.path() / "absent").string(),
                      file("good", kOne)}));
  EXPECT_EQ(taken_.size(), 1U);
  ASSERT_EQ(failed_.size(), 2U);
  EXPECT_NE(failed_[0].find("/bad"), std::string::npos) << failed_[0];
  EXPECT_NE(failed_[0].find("line 3"), std::string::npos) << failed_[0];
  EXPECT_NE(failed_[1].find("/absent"), std::string::npos) << failed_[1];
}

TEST_F(Supply, TheTakerEndsTheRun) {
  stop_at_ = 1;
  const auto done = supply({file("a", kOne), file("b", kOne)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unreachable);
  EXPECT_EQ(taken_.size(), 1U);
}

TEST_F(Supply, WithoutRecipientsNothingIsRead) {
  invocation_.arguments.clear();
  const auto done = supply({file("a", kOne)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
}

TEST_F(Supply, AMessageWhoseHeaderNamesNobodyFailsAlone) {
  invocation_.arguments.clear();
  invocation_.options.add("read-recipients", {"", "test"});
  ASSERT_TRUE(
      supply({file("a", kOne), file("b", "To: c@x.example\n" +
                                             std::string(kOne))}));
  EXPECT_EQ(failed_.size(), 1U);
  ASSERT_EQ(taken_.size(), 1U);
  EXPECT_EQ(taken_[0].recipients, std::vector<std::string>{"c@x.example"});
}

TEST_F(Supply, DsnOptions) {
  invocation_.options.add("dsn", {"success,delay", "test"});
  invocation_.options.add("dsn-return", {"headers", "test"});
  invocation_.options.add("envid", {"QQ 314159", "test"});
  ASSERT_TRUE(supply({file("a", kOne)}));
  ASSERT_EQ(taken_.size(), 1U);
  const auto& dsn = taken_[0].dsn;
  EXPECT_TRUE(dsn.notify.success && dsn.notify.delay && !dsn.notify.failure);
  EXPECT_EQ(dsn.ret, smtp::DsnReturn::headers);
  EXPECT_EQ(dsn.envelope_id, "QQ 314159");
}

TEST_F(Supply, NeverGoesWithNothingElse) {
  invocation_.options.add("dsn", {"never,failure", "test"});
  const auto done = supply({file("a", kOne)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
  EXPECT_NE(done.error().one_line().find("never"), std::string::npos);
}

}  // namespace
}  // namespace mailtool::app
