// Rows of imap list on terminals of any width, as they are shown.

#include "app/imap_list_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "app/imap_list_columns.h"

namespace mailtool::app {
namespace {

class ImapListRows : public testing::Test {
 protected:
  ImapListRows() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    message_.uid = 41;
    message_.size = 2048;
    message_.flags = {"\\Seen", "\\Answered"};
    auto& envelope = message_.envelope.emplace();
    envelope.date = "Fri, 20 Nov 2026 12:00:00 +0000";
    envelope.subject = "Re: the new oven and its door";
    envelope.from.push_back({"Alice Baker", std::nullopt, "alice", "a.example"});
  }

  std::string shown(int columns, const std::string& fields = kUsual,
                    std::uint32_t depth = 0) {
    Invocation invocation;
    invocation.stdout_is_terminal = columns > 0;
    invocation.terminal_columns = columns;
    StringSink out(4096);
    RowWriter writer(invocation, out, *parse_list_fields(fields));
    const imap::ThreadPlace place{41, depth, 1, 1};
    const auto wrote =
        writer.write({folder_, 7, message_, std::nullopt, &place});
    EXPECT_TRUE(wrote);
    return out.take();
  }

  static constexpr const char* kUsual = "uid,date,from,subject,size,flags";
  imap::MailboxName folder_;
  imap::FetchData message_;
};

TEST_F(ImapListRows, ByWidth) {
  const struct {
    int columns;
    const char* row;
  } cases[] = {
      {100,
       "     41  2026-11-20 12:00  Alice Baker      Re: the new oven and its door"
       "         2048  \\Seen \\An…\n"},
      {80,
       "     41  2026-11-20 12:00  Alice Bak…  Re: the new oven an…       2048"
       "  \\Seen…\n"},
      {70, "   41  2026-11-20  Alice Ba…  Re: the new oven an…       2048  \\Seen…\n"},
      {60, "   41  2026-11-20  Alice Bak…  Re: the new oven an…  \\Seen…\n"},
      {50, "   41  2026-11-20  Alice Ba…  Re: the new oven an…\n"},
      {40, "   41  Alice Bak…  Re: the new oven an…\n"},
      {30, "   41  Alice…  Re: the new ov…\n"},
      {20, "   41  Re: the new …\n"},
  };
  for (const auto& c : cases) EXPECT_EQ(shown(c.columns), c.row) << c.columns;
}

TEST_F(ImapListRows, InAThread) {
  EXPECT_EQ(shown(40, kUsual, 1), "   41  Alice Bak…    Re: the new oven …\n");
  EXPECT_EQ(shown(40, kUsual, 9), "   41  Alice Bak…        Re: the new o…\n");
  EXPECT_EQ(shown(20, kUsual, 9), "   41      Re: the …\n");
  EXPECT_EQ(shown(80, kUsual, 9),
            "     41  2026-11-20 12:00  Alice Bak…        Re: the new o…       2048"
            "  \\Seen…\n");
  EXPECT_EQ(shown(0, "uid,subject", 9),
            "41\t                  Re: the new oven and its door\n");
  EXPECT_EQ(shown(0, "uid,subject", 4000),
            "41\t                    Re: the new oven and its door\n");
}

// Code points stand for columns here.
std::size_t width_of(const std::string& row) {
  return static_cast<std::size_t>(
             std::count_if(row.begin(), row.end(),
                           [](char c) { return (c & 0xC0) != 0x80; })) -
         1;
}

TEST_F(ImapListRows, NeverWrap) {
  const std::string all =
      "uid,date,arrival,from,to,cc,subject,size,flags,message-id,thread-id,"
      "email-id,preview,saved,attachments,folder";
  message_.envelope->message_id = "<" + std::string(300, 'm') + "@a.example>";
  message_.envelope->subject = std::string(300, 's');
  message_.internal_date = "20-Nov-2026 12:00:00 +0000";
  for (const auto uid : {41u, 4294967295u}) {
    message_.uid = uid;
    for (int columns = 20; columns <= 400; ++columns) {
      for (const auto& fields :
           {std::string(kUsual), "folder," + std::string(kUsual), all,
            std::string("size,saved"), std::string("message-id,uid,size"),
            std::string("subject,preview"), std::string("date")}) {
        for (const std::uint32_t depth : {0u, 50u}) {
          const auto row = shown(columns, fields, depth);
          EXPECT_LE(width_of(row), static_cast<std::size_t>(columns)) << row;
          EXPECT_GT(width_of(row), 0u) << row;
        }
      }
    }
  }
}

// The subject is what stays longest, and most of its column is for it.
TEST_F(ImapListRows, SubjectsStayReadable) {
  message_.envelope->subject = std::string(300, 's');
  for (int columns = 20; columns <= 200; ++columns) {
    const auto row = shown(columns, kUsual, 50);
    const auto seen = std::count(row.begin(), row.end(), 's');
    EXPECT_GE(seen, columns < 40 ? columns / 4 : 12) << row;
  }
}

TEST_F(ImapListRows, ColumnsFillTheTerminal) {
  const auto fields = *parse_list_fields(kUsual);
  for (std::size_t columns = 20; columns <= 200; ++columns) {
    const auto widths = column_widths(fields, columns);
    const auto left_out = static_cast<std::size_t>(
        std::count(widths.begin(), widths.end(), 0u));
    std::size_t sum = 2 * (fields.size() - left_out - 1);
    for (const auto width : widths) sum += width;
    EXPECT_LE(sum, columns);
    EXPECT_GE(sum + 3, columns) << columns;
    EXPECT_GT(widths[0], 0u) << columns;
    EXPECT_GT(widths[3], 0u) << columns;
  }
  EXPECT_EQ(column_widths(*parse_list_fields("size"), 1),
            (std::vector<std::size_t>{1}));
  EXPECT_EQ(column_widths(*parse_list_fields("subject,uid"), 1),
            (std::vector<std::size_t>{0, 1}));
}

// None is left out that there is room for.
TEST_F(ImapListRows, TextsShareWhatThereIs) {
  const auto two = *parse_list_fields("preview,subject");
  EXPECT_EQ(column_widths(two, 21), (std::vector<std::size_t>{0, 21}));
  EXPECT_EQ(column_widths(two, 40), (std::vector<std::size_t>{19, 19}));
  for (std::size_t columns = 22; columns <= 200; ++columns) {
    for (const auto width : column_widths(two, columns)) {
      EXPECT_GE(width, 10u) << columns;
    }
  }
  EXPECT_EQ(column_widths(*parse_list_fields("uid,preview,subject"), 40),
            (std::vector<std::size_t>{5, 15, 15}));
}

// What it takes beyond its column is taken from the text behind it.
TEST_F(ImapListRows, LargeNumbers) {
  message_.uid = 4294967295;
  message_.size = 18446744073709551615u;
  EXPECT_EQ(shown(40), "4294967295  Alic…  Re: the new oven an…\n");
  EXPECT_EQ(shown(20), "4294967295  Re: the…\n");
  EXPECT_EQ(shown(20, "size,uid"), "1844674407370955161…\n");
  EXPECT_EQ(shown(20, "uid"), "4294967295\n");
}

}  // namespace
}  // namespace mailtool::app
