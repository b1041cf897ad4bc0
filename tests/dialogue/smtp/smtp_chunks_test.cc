// Long binary messages: BDAT in chunks (RFC 3030 section 2), and what may
// happen between them.
#include "dialogue/smtp/smtp_dialogue.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kSize = 512 * 1024 + 1'000;  // octets of the message

const std::string& message() {
  static const std::string text = [] {
    std::string octets;
    for (std::size_t i = 0; i < kSize; ++i) {
      octets += static_cast<char>(i % 251);
    }
    return octets;
  }();
  return text;
}

// "<64-128>" is BDAT with the octets from 64 KiB to 128 KiB of the message,
// "<384-*>" BDAT LAST with those from 384 KiB on.
std::string chunk(std::string_view range) {
  const auto dash = range.find('-');
  const auto begin = std::stoul(std::string(range.substr(1, dash - 1))) * 1024;
  const bool last = range[dash + 1] == '*';
  const auto end =
      last ? kSize : std::stoul(std::string(range.substr(dash + 1))) * 1024;
  return "BDAT " + std::to_string(end - begin) + (last ? " LAST" : "") +
         "\r\n" + message().substr(begin, end - begin);
}

class SmtpChunks : public SmtpDialogue {
 protected:
  /// Plays `lines` after MAIL and RCPT, which are under way.
  void open_with(const std::string& lines, bool lmtp = false) {
    play_lines(std::string("S: 250-mx\nS: 250-CHUNKING\nS: 250-BINARYMIME\n") +
                   "S: 250 PIPELINING\n"
                   "C: MAIL FROM:<alice@client.example> BODY=BINARYMIME\n"
                   "C: RCPT TO:<bob@example.org>\n" +
                   lines,
               lmtp);
  }

  /// The same, with the envelope accepted while the first chunk goes out.
  void open_accepted(const std::string& lines, bool lmtp = false) {
    open_with("C: <0-64>\nS: 250 2.1.0 ok\nS: 250 2.1.5 ok\n" + lines, lmtp);
  }

  /// What the server says to EHLO, and all that follows.
  void play_lines(const std::string& lines, bool lmtp = false) {
    auto dialogue = test::parse_dialogue(
        std::string("S: 220 mx\nC: ") + (lmtp ? "LHLO" : "EHLO") +
        " client.example\n" + lines);
    for (auto& step : dialogue) {
      if (step.kind == test::Step::Kind::client && step.octets[0] == '<') {
        step.octets = chunk(step.octets);
      }
    }
    server_.emplace(std::move(dialogue), GetParam());
    start(lmtp);
    ASSERT_TRUE(client_->open());
  }

  Delivery send_binary(LastMessage last = LastMessage::no) {
    return client_->send(
        envelope_to({"bob@example.org"}),
        text_source(message(), smtp::Body::binary_mime), last);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpChunks, testing::Values(4096, 1),
                         chunk_name);

TEST_P(SmtpChunks, AnsweredAtOnce) {
  open_accepted(
      "S: 250 ok\nC: <64-128>\nS: 250 ok\nC: <128-384>\nS: 250 ok\n"
      "C: <384-*>\nS: 250 queued\nC: QUIT\nS: 221 bye\n");
  const auto delivery = send_binary();
  EXPECT_TRUE(delivery.all_accepted());
  EXPECT_EQ(delivery.final_reply->text(), "queued");
  finish();
}

// The envelope has to be answered before much is sent, the chunks have not.
TEST_P(SmtpChunks, AnsweredLate) {
  open_with(
      "C: <0-64>\nC: <64-128>\nC: <128-192>\nC: <192-256>\n"
      "S: 250 2.1.0 ok\nS: 250 2.1.5 ok\n"
      "C: <256-320>\nC: <320-*>\nC: QUIT\n"
      "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 ok\n"
      "S: 250 queued\nS: 221 bye\n");
  EXPECT_TRUE(send_binary(LastMessage::yes).all_accepted());
  finish();
}

// One chunk at a time, each answered before the next, and none before the
// envelope.
TEST_P(SmtpChunks, WithoutPipelining) {
  play_lines(
      "S: 250-mx\nS: 250-CHUNKING\nS: 250 BINARYMIME\n"
      "C: MAIL FROM:<alice@client.example> BODY=BINARYMIME\nS: 250 2.1.0 ok\n"
      "C: RCPT TO:<bob@example.org>\nS: 250 2.1.5 ok\n"
      "C: <0-256>\nS: 250 ok\nC: <256-512>\nS: 250 ok\nC: <512-*>\n"
      "S: 250 queued\nC: QUIT\nS: 221 bye\n");
  EXPECT_TRUE(send_binary(LastMessage::yes).all_accepted());
  finish();

  play_lines(
      "S: 250-mx\nS: 250-CHUNKING\nS: 250 BINARYMIME\n"
      "C: MAIL FROM:<alice@client.example> BODY=BINARYMIME\nS: 250 2.1.0 ok\n"
      "C: RCPT TO:<bob@example.org>\nS: 550 5.1.1 unknown\n"
      "C: QUIT\nS: 221 bye\n");
  EXPECT_EQ(send_binary().recipients[0].error->kind, ErrorKind::no_recipient);
  finish();
}

// The chunk under way is sent to its end, and no other begins.
TEST_P(SmtpChunks, NobodyToSendTo) {
  open_with(
      "C: <0-64>\nS: 250 ok\nS: 550 5.1.1 unknown\nS: 503 5.5.1 nobody\n"
      "C: RSET\nC: MAIL FROM:<alice@client.example>\n"
      "C: RCPT TO:<bob@example.org>\nC: BDAT 32 LAST\nC: Subject: hello\nC:\n"
      "C: How are you?\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 queued\n"
      "C: QUIT\nS: 221 bye\n");
  auto delivery = send_binary();
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::no_recipient);
  EXPECT_EQ(delivery.recipients[0].reply->code, 550);
  EXPECT_FALSE(delivery.connection_lost);
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  finish();

  open_with(
      "C: <0-64>\nS: 451 4.7.1 greylisted\nS: 503 5.5.1 no\n"
      "S: 503 5.5.1 no\nC: QUIT\nS: 221 bye\n");
  delivery = send_binary();
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::deferred);
  EXPECT_EQ(delivery.recipients[0].error->step,
            "MAIL FROM:<alice@client.example>");
  finish();

  // The server goes away instead of an answer to RCPT.
  open_with(
      "C: <0-64>\nC: <64-128>\nC: <128-192>\nC: <192-256>\nS: 250 ok\n"
      "S: 421 4.7.0 too much\n<server closes>\n");
  delivery = send_binary();
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::deferred);
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::disconnected);
  EXPECT_TRUE(delivery.connection_lost);
}

// A long text goes in chunks as well; its lines are made whole.
TEST_P(SmtpChunks, Text) {
  const std::string line = "." + std::string(997, 'x') + "\r\n";
  std::string text;
  while (text.size() < 70'000) text += line;
  const auto cut = std::to_string(64 * 1024);
  const auto rest = std::to_string(text.size() - 64 * 1024);
  using Kind = test::Step::Kind;
  const struct {
    const char* replies;
    Outcome outcome;
  } cases[] = {
      {"250 ok\r\n250 ok\r\n250 ok\r\n250 queued\r\n221 bye\r\n",
       Outcome::accepted},
      // Too late to stop it.
      {"250 ok\r\n550 5.1.1 no\r\n503 no\r\n503 no\r\n221 bye\r\n",
       Outcome::refused},
      {"250 ok\r\n421 bye\r\n", Outcome::deferred},
      {"250 ok\r\n", Outcome::unknown},
  };
  for (const auto& c : cases) {
    test::Dialogue dialogue = {
        {Kind::server, "220 mx\r\n", 1},
        {Kind::client, "EHLO client.example\r\n", 2},
        {Kind::server, "250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n", 3},
        {Kind::client,
         "MAIL FROM:<alice@client.example>\r\nRCPT TO:<bob@example.org>\r\n"
         "BDAT " + cut + "\r\n" + text.substr(0, 64 * 1024) +
         "BDAT " + rest + " LAST\r\n" + text.substr(64 * 1024) + "QUIT\r\n",
         4},
        {Kind::server, c.replies, 5},
        {Kind::server_closes, "", 6}};
    server_.emplace(std::move(dialogue), GetParam());
    start();
    ASSERT_TRUE(client_->open());
    const auto delivery = client_->send(envelope_to({"bob@example.org"}),
                                        text_source(text), LastMessage::yes);
    EXPECT_EQ(delivery.recipients[0].outcome, c.outcome) << c.replies;
    finish();
  }
}

struct Case {
  const char* name;
  const char* lines;
  Outcome outcome;
  ErrorKind kind;
  bool lost;
};

// After the envelope was accepted while the first chunk went out.
const Case kCases[] = {
    {"refused in the middle", "S: 552 5.3.4 too big\nC: QUIT\n",
     Outcome::refused, ErrorKind::content_refused, false},
    {"deferred in the middle",
     "S: 250 ok\nC: <64-128>\nS: 452 4.3.1 disk full\nC: QUIT\n",
     Outcome::deferred, ErrorKind::deferred, false},
    {"refused after LAST",
     "C: <64-128>\nC: <128-384>\nC: <384-*>\nS: 250 ok\n"
     "S: 552 5.3.4 too big\nS: 503 5.5.1 no\nS: 503 5.5.1 no\nC: QUIT\n",
     Outcome::refused, ErrorKind::content_refused, false},
    {"verdict",
     "C: <64-128>\nC: <128-384>\nC: <384-*>\nS: 250 ok\nS: 250 ok\n"
     "S: 250 ok\nS: 554 5.7.1 spam\nC: QUIT\n",
     Outcome::refused, ErrorKind::rejected, false},
    {"421 in the middle", "S: 421 4.3.2 bye\n", Outcome::deferred,
     ErrorKind::disconnected, true},
    {"lost in the middle",
     "S: 250 ok\nC: <64-128>\nS- 250\n<server closes>\n", Outcome::deferred,
     ErrorKind::disconnected, true},
    {"354 in the middle", "S: 354 go on\n", Outcome::deferred,
     ErrorKind::protocol, true},
    {"lost after LAST",
     "C: <64-128>\nC: <128-384>\nC: <384-*>\nS: 250 ok\n<server closes>\n",
     Outcome::unknown, ErrorKind::disconnected, true},
    {"silence after LAST",
     "C: <64-128>\nC: <128-384>\nC: <384-*>\nS: 250 ok\n<server stalls>\n",
     Outcome::unknown, ErrorKind::timed_out, true},
};

TEST_P(SmtpChunks, Table) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    open_accepted(c.lines);
    const auto delivery = send_binary();
    const auto& bob = delivery.recipients[0];
    EXPECT_EQ(bob.outcome, c.outcome);
    ASSERT_TRUE(bob.error);
    EXPECT_EQ(bob.error->kind, c.kind) << bob.error->one_line();
    EXPECT_EQ(delivery.connection_lost.has_value(), c.lost);
    client_->quit();
    if (!c.lost) {
      EXPECT_EQ(server_->unplayed(), "");
    }
  }
}

// RFC 3030 section 2: after a chunk that failed, RSET before anything else.
TEST_P(SmtpChunks, ResetAfterAFailure) {
  open_accepted(
      "S: 452 4.3.1 disk full\n"
      "C: RSET\nC: MAIL FROM:<alice@client.example>\n"
      "C: RCPT TO:<bob@example.org>\nC: BDAT 32 LAST\nC: Subject: hello\nC:\n"
      "C: How are you?\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 queued\n"
      "C: QUIT\nS: 221 bye\n");
  EXPECT_FALSE(send_binary().all_accepted());
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  finish();
}

// A message that cannot be read to its end is undone by RSET; nobody gets half
// of it, and the connection stays good.
TEST_P(SmtpChunks, SourceThatFails) {
  class Failing : public StringSource {
   public:
    explicit Failing(std::string_view text) : StringSource(text) {}
    Result<std::size_t> read_some(std::span<char> into) override {
      auto count = StringSource::read_some(into);
      if (count && *count > 0) return count;
      return Error{ErrorKind::local_io, "disk trouble"};
    }
  };
  open_accepted(
      "S: 250 ok\nC: RSET\nC: MAIL FROM:<alice@client.example>\n"
      "C: RCPT TO:<bob@example.org>\nC: BDAT 32 LAST\nC: Subject: hello\nC:\n"
      "C: How are you?\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 queued\n"
      "C: QUIT\nS: 221 bye\n");
  const auto delivery = client_->send(
      envelope_to({"bob@example.org"}), [](smtp::Body) -> Result<MessageText> {
        return MessageText{
            std::make_unique<Failing>(
                std::string_view(message()).substr(0, 200'000)),
            200'000, smtp::Body::binary_mime};
      });
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::local_io);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::deferred);
  EXPECT_FALSE(delivery.connection_lost);
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  finish();
}

// The form that DATA takes is asked for, and sent over the same connection.
TEST_P(SmtpChunks, NotKnownAfterAll) {
  open_accepted(
      "S: 502 5.5.1 what\nC: RSET\nS: 250 ok\n"
      "C: MAIL FROM:<alice@client.example>\nC: RCPT TO:<bob@example.org>\n"
      "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: AAH/\nC: .\n"
      "S: 250 queued\nC: QUIT\nS: 221 bye\n");
  const auto delivery = client_->send(
      envelope_to({"bob@example.org"}),
      [](smtp::Body most) -> Result<MessageText> {
        std::string_view text = "AAH/\r\n";
        if (most == smtp::Body::binary_mime) text = message();
        return MessageText{std::make_unique<StringSource>(text), text.size(),
                           most};
      });
  EXPECT_TRUE(delivery.all_accepted());
  EXPECT_TRUE(delivery.chunking_broken);
  finish();
}

TEST_P(SmtpChunks, Lmtp) {
  open_accepted(
      "S: 250 ok\nC: <64-128>\nS: 250 ok\nC: <128-384>\nS: 250 ok\n"
      "C: <384-*>\nS: 250 saved\nC: QUIT\nS: 221 bye\n",
      true);
  EXPECT_TRUE(send_binary().all_accepted());
  finish();

  // How many replies follow a failure nobody says: the connection is given up.
  open_accepted(
      "C: <64-128>\nC: <128-384>\nC: <384-*>\nS: 452 4.3.1 disk full\n"
      "S: 503 5.5.1 no\nS: 503 5.5.1 no\nS: 503 5.5.1 no\n",
      true);
  const auto delivery = send_binary();
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::deferred);
  EXPECT_TRUE(delivery.connection_lost);
}

}  // namespace
}  // namespace mailtool::client
