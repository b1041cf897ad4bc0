// What destinations and the space they take are decided by.

#include <gtest/gtest.h>

#include "app/free_space.h"
#include "app/lmtp_destination.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using smtp::Body;

struct Needs {
  const char* why;
  std::string content;
  Body body;
  bool bare_cr;
};

const Needs kNeeds[] = {
    {"empty", "", Body::seven_bit, false},
    {"plain", "Subject: a\r\n\r\nb\r\n", Body::seven_bit, false},
    {"no last line end", "a\r\nb", Body::seven_bit, false},
    {"octets above 127", "a\r\n\xe9\r\n", Body::eight_bit_mime, false},
    {"bare LF", "a\nb\r\n", Body::binary_mime, false},
    {"bare LF first", "\na\r\n", Body::binary_mime, false},
    {"bare CR", "a\rb\r\n", Body::binary_mime, true},
    {"CR at the end", "a\r\nb\r", Body::binary_mime, true},
    {"CR CR LF", "a\r\r\n", Body::binary_mime, true},
    {"NUL", std::string("a\0b\r\n", 5), Body::binary_mime, false},
    {"998 octets", std::string(998, 'x') + "\r\n", Body::seven_bit, false},
    {"999 octets", std::string(999, 'x') + "\r\n", Body::binary_mime, false},
    {"999 octets at the end", "a\r\n" + std::string(999, 'x'),
     Body::binary_mime, false},
};

TEST(TransportNeeds, AnySplitGivesTheSame) {
  for (const auto& c : kNeeds) {
    for (const std::size_t chunk : {1u, 2u, 3u, 7u, 4096u}) {
      TransportNeeds needs;
      for (std::size_t at = 0; at < c.content.size(); at += chunk) {
        needs.update(std::string_view(c.content).substr(at, chunk));
      }
      EXPECT_EQ(needs.body(), c.body) << c.why << " by " << chunk;
      EXPECT_EQ(needs.bare_cr(), c.bare_cr) << c.why << " by " << chunk;
    }
  }
}

class FreeSpace : public testing::Test {
 protected:
  FreeSpace() {
    options_.state_folder = folder_.path() / "state";
    options_.destinations = {maildir_name(folder_.path() / "a/b/Mail")};
    invocation_.command = "fetch";
  }
  // Which of messages of these sizes are fetched, and the status.
  std::string fitted(const std::vector<std::uint64_t>& sizes) {
    pop3::Maildrop maildrop;
    std::uint32_t number = 0;
    std::vector<PlannedMessage> plan(sizes.size());
    for (const auto size : sizes) {
      plan[number].action = FetchAction::fetch;
      plan[number].wanted = 1;
      ++number;
      EXPECT_TRUE(maildrop.add_size({number, size},
                                    static_cast<std::uint32_t>(sizes.size())));
    }
    FetchReport report(invocation_, out_, "bob@mail.example", "test");
    fit_into_free_space(options_, maildrop, plan, report);
    std::string fetched;
    for (const auto& message : plan) {
      fetched += message.action == FetchAction::fetch ? '+' : '-';
      EXPECT_EQ(message.action != FetchAction::fetch,
                message.reason == PlanReason::no_room);
    }
    return fetched + (report.status() == ExitStatus::ok ? " ok" : " io");
  }
  [[nodiscard]] std::uint64_t available() const {
    return std::filesystem::space(folder_.path()).available;
  }

  test::TempDir folder_;
  FetchOptions options_;
  Invocation invocation_;
  StringSink out_{1000};
};

TEST_F(FreeSpace, WhatFitsIsFetched) {
  EXPECT_EQ(fitted({1, 1000, 100'000}), "+++ ok");
  EXPECT_EQ(fitted({}), " ok");
}

// Much more than what others write or remove meanwhile.
TEST_F(FreeSpace, WhatDoesNotFitIsLeftAndTheRestIsFetched) {
  const auto most = available() / 3 * 2;
  EXPECT_EQ(fitted({1000, most, most, 1000}), "++-+ io");
}

TEST_F(FreeSpace, EachDestinationTakesItsOwn) {
  options_.destinations.push_back(maildir_name(folder_.path() / "Mail"));
  const auto most = available() / 3 * 2;
  EXPECT_EQ(fitted({1000, most, 1000}), "+++ ok");  // the second has it
}

TEST_F(FreeSpace, ASizeLargerThanTheDiskIsNone) {
  EXPECT_EQ(fitted({UINT64_MAX / 2, 1000}), "++ ok");
}

TEST_F(FreeSpace, HeadersTakeNoRoomToSpeakOf) {
  options_.headers_only = true;
  const auto most = available() / 3 * 2;
  EXPECT_EQ(fitted({most, most}), "++ ok");
}

}  // namespace
}  // namespace mailtool::app
