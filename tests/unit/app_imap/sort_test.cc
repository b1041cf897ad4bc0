#include "app/imap_sort.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

imap::FetchData mail(std::uint32_t uid, const char* date, const char* subject,
                     const char* from) {
  imap::FetchData data;
  data.uid = uid;
  data.size = 1000 - uid;
  data.internal_date = "01-Nov-2026 00:00:0" + std::to_string(uid) + " +0000";
  data.envelope.emplace();
  if (*date != '\0') data.envelope->date = date;
  data.envelope->subject = subject;
  imap::Address address;
  address.mailbox = from;
  address.host = "example.org";
  data.envelope->from.push_back(address);
  return data;
}

std::vector<std::uint32_t> sorted(const std::string& key) {
  const auto order = parse_sort(key);
  EXPECT_TRUE(order);
  Sorter sorter(*order);
  sorter.add(mail(4, "Sun, 1 Nov 2026 09:00:00 +0900", "Re: b", "Carol"));
  sorter.add(mail(1, "Sun, 1 Nov 2026 01:00:00 +0000", "[x] A", "bob"));
  sorter.add(mail(3, "", "b (fwd)", "bob"));
  sorter.add(mail(2, "Sat, 31 Oct 2026 23:00:00 -0300", "c", "alice"));
  return sorter.take();
}

TEST(Sort, EachKeyBothWays) {
  using Uids = std::vector<std::uint32_t>;
  // Without a Date field the arrival counts.
  EXPECT_EQ(sorted("date"), (Uids{4, 3, 1, 2}));
  EXPECT_EQ(sorted("-date"), (Uids{2, 1, 3, 4}));
  EXPECT_EQ(sorted("arrival"), (Uids{1, 2, 3, 4}));
  EXPECT_EQ(sorted("size"), (Uids{4, 3, 2, 1}));
  EXPECT_EQ(sorted("from"), (Uids{2, 1, 3, 4}));
  // Equal ones stand in their old order in reverse, too.
  EXPECT_EQ(sorted("-from"), (Uids{4, 1, 3, 2}));
  EXPECT_EQ(sorted("subject"), (Uids{1, 3, 4, 2}));
  EXPECT_EQ(sorted("-subject"), (Uids{2, 3, 4, 1}));
  EXPECT_EQ(sorted("to"), (Uids{1, 2, 3, 4}));
}

TEST(Sort, Criteria) {
  EXPECT_EQ(criteria(*parse_sort("-arrival")), "REVERSE ARRIVAL");
  EXPECT_EQ(criteria(*parse_sort("Subject")), "SUBJECT");
  for (const auto* bad : {"", "-", "--date", "dates", "date,from"}) {
    const auto order = parse_sort(bad);
    ASSERT_FALSE(order) << bad;
    EXPECT_EQ(order.error().kind, ErrorKind::usage);
  }
}

}  // namespace
}  // namespace mailtool::app
