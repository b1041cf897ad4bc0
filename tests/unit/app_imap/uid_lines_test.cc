#include "app/imap_uid_lines.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

constexpr const char* kEnd =
    "{\"type\":\"summary\",\"exit\":0,\"matched\":3}\n";

std::string row(const std::string& folder, const std::string& uid) {
  return "{\"type\":\"message\",\"folder\":\"" + folder +
         "\",\"uidvalidity\":7,\"uid\":" + uid + "}\n";
}

TEST(UidLines, AsSearchPrintsThem) {
  const auto read = read_uid_lines(row("INBOX", "1") + row("INBOX", "2") +
                                       row("Entw\xc3\xbcrfe", "9") +
                                       row("INBOX", "4294967294") + kEnd,
                                   false);
  ASSERT_TRUE(read) << read.error().one_line();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].folder, "INBOX");
  EXPECT_EQ((*read)[0].uidvalidity, 7u);
  EXPECT_EQ(to_wire((*read)[0].uids), "1:2,4294967294");
  EXPECT_EQ((*read)[1].folder, "Entw\xc3\xbcrfe");
  EXPECT_EQ(to_wire((*read)[1].uids), "9");
}

TEST(UidLines, NamesAreAsTyped) {
  const auto read = read_uid_lines(row("@@trash", "1") + kEnd, false);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->front().folder, "@trash");
}

TEST(UidLines, AsAFilterLeavesThem) {
  // Other order, a message twice, members dropped and added.
  const auto read = read_uid_lines(
      row("x", "9") + row("x", "3") + row("x", "3") +
          "{\"uid\":4,\"more\":{\"uid\":[5,{\"folder\":\"y\"}]},"
          "\"uidvalidity\":7,\"folder\":\"x\"}\r\n" +
          kEnd,
      false);
  ASSERT_TRUE(read) << read.error().one_line();
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(to_wire(read->front().uids), "3:4,9");
  const auto none = read_uid_lines(kEnd, false);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(UidLines, EveryTruncationIsNoticed) {
  const auto text = row("x", "9") + row("x", "12") + kEnd;
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = read_uid_lines(text.substr(0, length), false);
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().kind, ErrorKind::bad_input);
  }
}

TEST(UidLines, WithoutTheirEnd) {
  EXPECT_TRUE(read_uid_lines("", true));
  EXPECT_TRUE(read_uid_lines(row("x", "9"), true));
  // A line cut off is one, all the same.
  const auto text = row("x", "123");
  for (std::size_t length = 1; length < text.size(); ++length) {
    EXPECT_FALSE(read_uid_lines(text.substr(0, length), true)) << length;
  }
  EXPECT_FALSE(read_uid_lines(
      "{\"type\":\"summary\",\"exit\":75,\"matched\":1}\n", true));
}

TEST(UidLines, Refused) {
  const std::string good = row("x", "9");
  const std::string refused[] = {
      row("x", "0"),
      row("x", "-1"),
      row("x", "4294967295"),  // "*"
      row("x", "4294967296"),
      row("x", "18446744073709551617"),
      row("x", "9.0"),
      row("x", "9e1"),
      row("x", "\"9\""),
      row("x", "null"),
      row("x", "[9]"),
      row("x", "9,\"uid\":10"),
      row("x", "9,\"folder\":\"y\""),
      row("x", "9}{\"a\":1"),
      row("", "9"),
      row("x\\n", "9"),
      row("x\\u0000", "9"),
      row("x\xff", "9"),
      "\n",
      "9\n",
      "#mailtool-uids v1 folder=\"x\" uidvalidity=1 n=1\n1\n#end n=1\n",
      "{\"type\":\"count\",\"folder\":\"x\",\"uidvalidity\":7,\"uid\":9}\n",
      "{\"folder\":\"x\",\"uid\":9}\n",
      "{\"uidvalidity\":7,\"uid\":9}\n",
      "{\"folder\":\"x\",\"uidvalidity\":7}\n",
      "{\"folder\":\"x\",\"uidvalidity\":8,\"uid\":9}\n",
      "{\"folder\":\"x\",\"uidvalidity\":4294967303,\"uid\":9}\n",
      "{\"type\":\"summary\",\"exit\":75,\"matched\":1}\n",
      "{\"type\":\"summary\",\"matched\":1}\n",
      kEnd,
  };
  for (const auto& line : refused) {
    const auto read = read_uid_lines(good + line + kEnd, false);
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error().kind, ErrorKind::bad_input) << line;
  }
}

TEST(UidLines, AMillion) {
  std::string text;
  for (int uid = 1; uid <= 1'000'000; ++uid) {
    text += row(uid % 2 == 0 ? "a" : "b", std::to_string(uid));
  }
  const auto read = read_uid_lines(text + kEnd, false);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).uids.count(), 500'000u);
}

}  // namespace
}  // namespace mailtool::app
