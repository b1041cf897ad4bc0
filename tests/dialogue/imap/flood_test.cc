// Servers that never stop.

#include <gtest/gtest.h>

#include <algorithm>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// Greets, then says the same for ever.
class Flood : public Stream {
 public:
  explicit Flood(std::string line) : line_(std::move(line)) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    if (at_ == text_.size()) {
      text_ = greeted_ ? line_ : "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n";
      greeted_ = true;
      at_ = 0;
    }
    const auto count = std::min(into.size(), text_.size() - at_);
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count,
                into.begin());
    at_ += count;
    sent += count;
    return count;
  }
  Result<void> write_all(std::string_view) override { return {}; }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}
  std::size_t sent = 0;

 private:
  std::string line_;
  std::string text_;
  std::size_t at_ = 0;
  bool greeted_ = false;
};

TEST(ImapFlood, EachKindEnds) {
  for (const std::string line :
       {"* OK still here\r\n", "* 5 EXISTS\r\n", "* NOOP\r\n", "+ go\r\n",
        "* 3 FETCH (FLAGS (\\Seen))\r\n", "* 3 FETCH (UID 5)\r\n", "\r\n",
        "* SEARCH 1 2 3\r\n", "no line end at all", "* X {3}\r\nabc"}) {
    Flood stream(line);
    ImapClient client(stream);
    ASSERT_TRUE(client.open(false));
    const auto seen =
        client.fetch(*imap::parse_sequence_set("1:*"), {},
                     [](imap::FetchData&) -> Result<void> { return {}; });
    ASSERT_FALSE(seen) << line;
    EXPECT_EQ(seen.error().kind, ErrorKind::protocol) << line;
    EXPECT_LT(stream.sent, 64u * 1024 * 1024) << line;
  }
}

TEST(ImapFlood, SearchEnds) {
  Flood stream("* SEARCH 1 3 5\r\n");
  ImapClient client(stream);
  ASSERT_TRUE(client.open(false));
  const auto found = client.search({});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::protocol);
}

// As many EXPUNGE lines as messages are part of the answer to a MOVE, however
// many that are; for ever they are not.
TEST(ImapFlood, ExpungeEnds) {
  Flood stream("* 1 EXPUNGE\r\n");
  ImapClient client(stream);
  ASSERT_TRUE(client.open(false));
  ImapChange what;
  what.kind = ImapChange::Kind::flags;
  what.add = {"\\Seen"};
  const auto stored =
      client.change(what, *imap::parse_sequence_set("1:200000"));
  ASSERT_FALSE(stored.whole());
  EXPECT_EQ(stored.stopped_by->kind, ErrorKind::protocol);
  EXPECT_GT(stream.sent, 13u * 300'000);
}

TEST(ImapFlood, ListEnds) {
  Flood stream("* LIST () \"/\" INBOX\r\n");
  ImapClient client(stream);
  ASSERT_TRUE(client.open(false));
  const auto listed = client.list({});
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().kind, ErrorKind::protocol);
}

}  // namespace
}  // namespace mailtool::client
