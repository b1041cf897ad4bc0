// TOP n 0 of many messages, from a server in the same process.

#include "app/fetch_headers.h"

#include <gtest/gtest.h>

#include "app/fetch_header_digest.h"
#include "fault/fetch_bench.h"

namespace mailtool::app {
namespace {

using Numbers = std::vector<std::uint32_t>;

std::uint64_t digest(const std::string& content) {
  HeaderDigester digester;
  digester.update(content);
  return digester.finish().value;
}

class FetchHeaders : public testing::Test {
 protected:
  FetchHeaders() : maildrop_(test::some_messages(300)) {}

  Result<std::vector<std::uint64_t>> ask(const Numbers& numbers,
                                         test::ServerFaults faults = {}) {
    test::MaildropServer server(maildrop_, std::move(faults));
    client::Pop3Client client(server, std::chrono::seconds(1));
    EXPECT_TRUE(client.open());
    EXPECT_TRUE(client.capa());
    auto digests = header_digests(client, numbers);
    asked_ = server.seen("TOP");
    usable_ = client.usable();
    return digests;
  }

  std::uint64_t real(std::size_t number) const {
    return digest(maildrop_.messages()[number - 1].content);
  }

  test::SharedMaildrop maildrop_;
  std::size_t asked_ = 0;
  bool usable_ = false;
};

TEST_F(FetchHeaders, AreThoseOfTheMessages) {
  for (const bool pipelining : {true, false}) {
    test::ServerFaults faults;
    faults.no_pipelining = !pipelining;
    const auto digests = ask({300, 7, 8}, faults);
    ASSERT_TRUE(digests) << digests.error().one_line();
    EXPECT_EQ(*digests,
              (std::vector<std::uint64_t>{real(300), real(7), real(8)}));
    EXPECT_TRUE(usable_);
  }
}

TEST_F(FetchHeaders, OfNone) {
  const auto digests = ask({});
  ASSERT_TRUE(digests);
  EXPECT_TRUE(digests->empty());
  EXPECT_EQ(asked_, 0u);
}

TEST_F(FetchHeaders, AServerWithoutTopIsAskedOnce) {
  test::ServerFaults faults;
  faults.no_top = true;
  faults.no_pipelining = true;
  const auto digests = ask({1, 2, 3}, faults);
  ASSERT_TRUE(digests) << digests.error().one_line();
  EXPECT_EQ(*digests, (std::vector<std::uint64_t>{0, 0, 0}));
  EXPECT_EQ(asked_, 1u);
  EXPECT_TRUE(usable_);
}

TEST_F(FetchHeaders, CutOff) {
  test::ServerFaults faults;
  faults.cut_after = 300;
  const auto digests = ask({1, 2, 3, 4, 5, 6, 7, 8, 9}, faults);
  ASSERT_FALSE(digests);
  EXPECT_EQ(digests.error().kind, ErrorKind::disconnected);
  EXPECT_FALSE(usable_);
}

}  // namespace
}  // namespace mailtool::app
