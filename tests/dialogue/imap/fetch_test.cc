#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapFetch : public ImapDialogueTest {
 protected:
  Result<std::uint64_t> body(std::uint32_t uid, BodyQuestion question = {}) {
    return client->fetch_body(uid, question, sink);
  }
  Result<imap::SequenceSet> fetch(std::string_view set, FetchItems items) {
    return client->fetch(uids(set), items,
                         [&](imap::FetchData& message) -> Result<void> {
                           messages.push_back(message);
                           return {};
                         });
  }
  StringSink sink{1000};
  std::vector<imap::FetchData> messages;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapFetch, testing::Values(4096, 1));

TEST_P(ImapFetch, SeveralLiterals) {
  play_in("fetch-literals");
  FetchItems items;
  items.envelope = true;
  const auto seen = fetch("5,7", items);
  ASSERT_TRUE(seen) << seen.error().one_line();
  EXPECT_EQ(to_wire(*seen), "5,7");
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].envelope->subject, "A1 OK\r\n");
  EXPECT_EQ(messages[0].envelope->message_id, "<5@x>");
  EXPECT_EQ(messages[1].envelope->subject, "two");
}

TEST_P(ImapFetch, BodyIsStreamed) {
  play_in("fetch-body");
  const auto got = body(5);
  ASSERT_TRUE(got) << got.error().one_line();
  EXPECT_EQ(*got, 18u);
  EXPECT_EQ(sink.text(), "A1 OK\r\n* BYE now\r\n");
}

TEST_P(ImapFetch, PartOfAPart) {
  play_in("fetch-body-uid-last");
  BodyQuestion question;
  question.section = "1";
  question.offset = 10;
  question.length = 5;
  ASSERT_TRUE(body(5, question));
  EXPECT_EQ(sink.text(), "hello");
}

TEST_P(ImapFetch, AnotherMessage) {
  play_in("fetch-body-other");
  EXPECT_EQ(body(5).error().kind, ErrorKind::protocol);
}

TEST_P(ImapFetch, AnotherMessageFirst) {
  play_in("fetch-body-other-first");
  const auto got = body(5);
  ASSERT_TRUE(got) << got.error().one_line();
  EXPECT_EQ(sink.text(), "right");
}

TEST_P(ImapFetch, Nil) {
  play_in("fetch-body-nil");
  EXPECT_EQ(body(5).error().kind, ErrorKind::no_such_item);
}

TEST_P(ImapFetch, Nothing) {
  play_in("fetch-body-nothing");
  EXPECT_EQ(body(5).error().kind, ErrorKind::no_such_item);
}

TEST_P(ImapFetch, Cut) {
  play_in("fetch-body-cut");
  EXPECT_EQ(body(5).error().kind, ErrorKind::disconnected);
}

TEST_P(ImapFetch, SinkThatIsFull) {
  play_in("fetch-body-cut");
  StringSink small(5);
  const auto got = client->fetch_body(5, {}, small);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::bad_input);
  server.reset();
}

TEST_P(ImapFetch, HugeLiteral) {
  play_in("fetch-literal-huge");
  const auto seen = fetch("5", {});
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, ErrorKind::protocol);
  server.reset();
}

TEST_P(ImapFetch, LineBrokenWithin) {
  play_in("line-break-in-fetch");
  FetchItems items;
  items.size = true;
  const auto seen = fetch("5,7", items);
  ASSERT_TRUE(seen) << seen.error().one_line();
  EXPECT_EQ(to_wire(*seen), "5,7");
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].size, 44u);
  EXPECT_EQ(messages[1].uid, 7u);
  EXPECT_EQ(messages[1].size, 45u);
}

TEST_P(ImapFetch, IncompleteIsNotLost) {
  play_in("fetch-incomplete");
  FetchItems items;
  items.size = true;
  const auto seen = fetch("5,7,9", items);
  ASSERT_TRUE(seen) << seen.error().one_line();
  EXPECT_EQ(to_wire(*seen), "5,7");
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].uid, 7u);
  EXPECT_EQ(messages[1].uid, 5u);
  EXPECT_EQ(messages[1].size, std::nullopt);
  EXPECT_FALSE(messages[1].warnings.empty());
}

}  // namespace
}  // namespace mailtool::client
