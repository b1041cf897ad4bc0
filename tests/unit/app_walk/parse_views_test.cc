#include "app/parse_views.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "unit/app_walk/walked.h"

namespace mailtool::app {
namespace {

using test::Walked;

struct Case {
  const char* view;  // that sees it otherwise
  std::string message;
  std::string only_there;  // content of a part that the default lacks
};

const std::string kMixed = "Content-Type: multipart/mixed; boundary=b\n\n";

const Case kCases[] = {
    {"last-duplicate",
     "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\n"
     "SGk=\n",
     "Hi"},
    {"plain-names",
     "Content-Disposition: attachment; filename=x.exe; "
     "filename*=utf-8''x.txt\n\nHi",
     "Hi"},
    {"prefix-delimiter", kMixed + "--b\n\n1\n--bcd\n\nHi\n--b--\n", "Hi"},
    {"parts-after-close", kMixed + "--b\n\n1\n--b--\n--b\n\nHi\n--b--\n", "Hi"},
    {"guessed-boundary",
     "Content-Type: multipart/mixed\n\n--x\n\nHi\n--x--\n", "Hi"},
    {"junk-skipped",
     "A: b\njunk\nContent-Transfer-Encoding: base64\n\nSGk=\n", "Hi"},
    {"blanks-end-header", "A: b\n \nB: c\n\nHi", "B: c\n\nHi"},
    {"encoded-multipart",
     "Content-Type: multipart/mixed; boundary=b\n"
     "Content-Transfer-Encoding: base64\n\n"
     "LS1iCgpIaQotLWItLQo=\n",  // "--b\n\nHi\n--b--\n"
     "Hi"},
    {"bare-cr", kMixed + "--b\n\n1\r--b\r\rHi\n--b--\n", "Hi"},
    {"base64-stops", "Content-Transfer-Encoding: base64\n\nSGk=\nSGk=\n", "Hi"},
    {"blanks-kept",
     "Content-Transfer-Encoding: quoted-printable\n\nHi  \n", "Hi  \n"},
};

std::string view_content(Views& views, const ViewGroup& group,
                         const PartRow& row, const RandomAccess& input) {
  StringSink out(1 << 16);
  EXPECT_TRUE(copy_decoded(views.message(group.view, &input), row, out));
  return out.take();
}

TEST(Views, EachSeesWhatItIsFor) {
  ASSERT_EQ(std::size(kCases), view_policies().size());
  for (std::size_t i = 0; i < std::size(kCases); ++i) {
    EXPECT_EQ(view_policies()[i].name, kCases[i].view);
  }

  for (const auto& c : kCases) {
    for (const std::size_t chunk : {1u, 4u, 100'000u}) {
      Walked walked(c.message);
      const test::StringAccess input(c.message);
      Views views({});
      views.begin({});
      const std::string_view octets = c.message;
      for (std::size_t i = 0; i < octets.size(); i += chunk) {
        views.feed(octets.substr(i, chunk));
      }
      views.finish();
      const auto rows = walked.rows();
      bool seen = false;
      for (const auto& group : views.differing(rows)) {
        if (std::find(group.names.begin(), group.names.end(), c.view) ==
            group.names.end()) {
          continue;
        }
        for (const auto index : rows_only_in(group, rows)) {
          seen = seen || view_content(views, group, group.rows[index], input) ==
                             c.only_there;
        }
      }
      EXPECT_TRUE(seen) << c.view << " " << chunk;
    }
  }
}

// The policies reach what stands in an encoding.
TEST(Views, SeeIntoEncodedMessages) {
  const std::string inner =
      kMixed + "--b\n\n1\n--b--\n--b\n\nhidden\n--b--\n";
  StringSink encoded(1 << 16);
  mime::Base64Encoder encoder(encoded);
  ASSERT_TRUE(encoder.write(inner));
  ASSERT_TRUE(encoder.finish());
  const auto message = "Content-Type: message/rfc822\n"
                       "Content-Transfer-Encoding: base64\n\n" +
                       encoded.text();
  Walked walked(message);
  const test::StringAccess input(message);
  Views views({});
  views.begin({});
  views.feed(message);
  views.finish();
  const auto rows = walked.rows();
  const auto groups = views.differing(rows);
  ASSERT_EQ(groups.size(), 1U);
  ASSERT_EQ(groups[0].names[0], "parts-after-close");
  const auto only = rows_only_in(groups[0], rows);
  ASSERT_EQ(only.size(), 1U);
  EXPECT_EQ(view_content(views, groups[0], groups[0].rows[only[0]], input),
            "hidden");
}

TEST(Views, AgreeOnAMessageInOrder) {
  const std::string message =
      "From: a@x\r\nDate: Fri, 20 Nov 2026 12:00:00 +0100\r\n" + kMixed +
      "--b\r\n\r\ntext\r\n--b\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=a.bin\r\n\r\nSGk=\r\n--b--\r\n";
  Walked walked(message);
  Views views({});
  for (int again = 0; again < 2; ++again) {
    views.begin({});
    views.feed(message);
    views.finish();
    EXPECT_TRUE(views.differing(walked.rows()).empty());
  }
}

TEST(Views, ContentIsTakenOnce) {
  PartRow row;
  row.decoded = sha256("x");
  row.name = "a";
  KnownContent known;
  EXPECT_TRUE(known.add(row));
  EXPECT_FALSE(known.add(row));
  row.name = "b";
  EXPECT_TRUE(known.add(row));
}

}  // namespace
}  // namespace mailtool::app
