#include "app/partial_join.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/message_reader.h"
#include "support/recorded_messages.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

std::string piece(const std::string& id, int number, int total,
                  const std::string& body) {
  std::string text = "From: bob@hamburger.edu\nSubject: part " +
                     std::to_string(number) +
                     "\nContent-Type: message/partial; id=\"" + id +
                     "\"; number=" + std::to_string(number);
  if (total > 0) text += "; total=" + std::to_string(total);
  return text + "\n\n" + body;
}

class PartialJoinTest : public testing::Test {
 protected:
  void store(const std::string& name, const std::string& octets) {
    const auto path = temp_.path() / name;
    std::ofstream(path, std::ios::binary) << octets;
    arguments_.push_back(path.string());
  }

  void run() {
    MessageFiles first(arguments_, false);
    ASSERT_TRUE(join_.collect(first));
    JoiningConsumer joining(join_, true, consumer_);
    MessageReader reader({.again = true}, report_);
    MessageFiles second(arguments_, false);
    for (;;) {
      const auto files = second.next();
      ASSERT_TRUE(files);
      if (*files == nullptr) break;
      for (std::size_t i = 0; i < (*files)->size(); ++i) {
        ASSERT_TRUE(reader.read(**files, i, joining));
      }
    }
  }

  const test::TempDir temp_;
  std::vector<std::string> arguments_;
  PartialJoin join_;
  test::RecordingConsumer consumer_;
  test::RecordingReport report_;
};

TEST_F(PartialJoinTest, OverFilesAndMboxesInAnyOrder) {
  const std::string long_body(200'000, 'x');
  store("three", piece("a@b", 3, 3, "end\n"));
  store("plain", "Subject: plain\n\n>From here\n");
  store("mbox", "From x Fri Nov 20 12:00:00 2026\n" +
                    piece("a@b", 1, 0,
                          "Subject: whole\nContent-Type: text/plain\n\n"
                          ">From the begin\n" +
                              long_body + "\n") +
                    "\nFrom x Fri Nov 20 12:01:00 2026\n" +
                    piece("a@b", 2, 3, "middle\n") + "\n");
  run();
  EXPECT_TRUE(join_.missing().empty());
  ASSERT_EQ(consumer_.messages.size(), 2u);
  const auto& joined = consumer_.messages[0];
  EXPECT_EQ(joined.octets,
            "From: bob@hamburger.edu\r\nSubject: whole\r\n"
            "Content-Type: text/plain\r\n\r\nFrom the begin\n" +
                long_body + "\nmiddle\nend\n");
  EXPECT_EQ(joined.again, joined.octets);
  EXPECT_EQ(joined.place.source, arguments_[0]);
  EXPECT_FALSE(joined.place.quoted_from);
  EXPECT_EQ(joined.place.count, 0u);
  EXPECT_EQ(consumer_.messages[1].octets, "Subject: plain\n\n>From here\n");
  EXPECT_EQ(consumer_.messages[1].place.count, 1u);
}

TEST_F(PartialJoinTest, WhatIsNotCompleteStaysAsItIs) {
  const auto lone = piece("a\x1b@b", 2, 3, "x\n");
  const auto endless = piece("c@d", 1, 0, "x\n");
  const auto many = piece("e@f", 1, 9, "x\n");
  store("lone", lone);
  store("endless", endless);
  store("many", many);
  run();
  ASSERT_EQ(consumer_.messages.size(), 3u);
  EXPECT_EQ(consumer_.messages[0].octets, lone);
  EXPECT_EQ(consumer_.messages[2].again, many);
  EXPECT_EQ(join_.missing(), (std::vector<std::string>{
                                 "piece 1 of 3 of <a\xEF\xBF\xBD@b> is missing",
                                 "piece 3 of 3 of <a\xEF\xBF\xBD@b> is missing",
                                 "the last piece of <c@d> is missing",
                                 "piece 2 of 9 of <e@f> is missing",
                                 "piece 3 of 9 of <e@f> is missing",
                                 "piece 4 of 9 of <e@f> is missing",
                                 "piece 5 of 9 of <e@f> is missing",
                                 "piece 6 of 9 of <e@f> is missing",
                                 "3 more pieces of <e@f> are missing"}));
}

TEST_F(PartialJoinTest, ADuplicateIsDumpedByItself) {
  store("one", piece("a@b", 1, 2, "Subject: whole\n\nx\n"));
  store("again", piece("a@b", 1, 2, "Subject: other\n\ny\n"));
  store("two", piece("a@b", 2, 2, "z\n"));
  run();
  ASSERT_EQ(consumer_.messages.size(), 2u);
  EXPECT_TRUE(
      consumer_.messages[0].octets.ends_with("Subject: whole\r\n\r\nx\nz\n"));
  EXPECT_TRUE(consumer_.messages[1].octets.ends_with("y\n"));
}

TEST_F(PartialJoinTest, HeadersThatNeverEndAreNoPieces) {
  store("long", "Subject: " + std::string(3'000'000, 'x') + "\n" +
                    piece("a@b", 1, 1, "x\n"));
  store("cut", "Content-Type: message/partial; id=a; number=1; total=1");
  run();
  EXPECT_EQ(consumer_.messages.size(), 2u);
  EXPECT_TRUE(join_.missing().empty());
}

}  // namespace
}  // namespace mailtool::app
