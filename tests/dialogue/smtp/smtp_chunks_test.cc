// Long binary messages: BDAT in chunks (RFC 3030 section 2), and what may
// happen between them.
#include "dialogue/smtp/smtp_dialogue.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kChunk = 256 * 1024;

// Two chunks and a short one.
const std::string& message() {
  static const std::string text = [] {
    std::string octets;
    for (std::size_t i = 0; i < 2 * kChunk + 1'000; ++i) {
      octets += static_cast<char>(i % 251);
    }
    return octets;
  }();
  return text;
}

class SmtpChunks : public SmtpDialogue {
 protected:
  /// Plays `lines` after MAIL and RCPT; "C: <1>", "<2>" and "<3>" are BDAT with
  /// a chunk of the message.
  void open_with(std::string_view lines, std::string_view offers = "PIPELINING",
                 bool lmtp = false) {
    std::string text = "S: 220 mx\nC: ";
    text += lmtp ? "LHLO" : "EHLO";
    text += " client.example\nS: 250-mx\nS: 250-CHUNKING\nS: 250-BINARYMIME\n";
    text += "S: 250 " + std::string(offers) + "\n";
    text += "C: MAIL FROM:<alice@client.example> BODY=BINARYMIME\n";
    if (offers != "PIPELINING") text += "S: 250 2.1.0 ok\n";
    text += "C: RCPT TO:<bob@example.org>\n";
    if (offers == "PIPELINING") text += "S: 250 2.1.0 ok\n";
    text += "S: 250 2.1.5 ok\n";
    auto dialogue = test::parse_dialogue(text + std::string(lines));
    for (auto& step : dialogue) {
      if (step.kind != test::Step::Kind::client) continue;
      if (step.octets == "<1>\r\n") step.octets = chunk(0, false);
      if (step.octets == "<2>\r\n") step.octets = chunk(kChunk, false);
      if (step.octets == "<3>\r\n") step.octets = chunk(2 * kChunk, true);
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

 private:
  static std::string chunk(std::size_t begin, bool last) {
    const auto octets = message().substr(begin, kChunk);
    return "BDAT " + std::to_string(octets.size()) + (last ? " LAST" : "") +
           "\r\n" + octets;
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpChunks, testing::Values(4096, 1),
                         chunk_name);

TEST_P(SmtpChunks, AnsweredLate) {
  open_with(
      "C: <1>\nC: <2>\nC: <3>\nC: QUIT\n"
      "S: 250 ok\nS: 250 ok\nS: 250 queued\nS: 221 bye\n");
  const auto delivery = send_binary(LastMessage::yes);
  EXPECT_TRUE(delivery.all_accepted());
  EXPECT_EQ(delivery.final_reply->text(), "queued");
  finish();
}

TEST_P(SmtpChunks, AnsweredAtOnce) {
  open_with(
      "C: <1>\nS: 250 ok\nC: <2>\nS: 250 ok\nC: <3>\nS: 250 queued\n"
      "C: QUIT\nS: 221 bye\n");
  EXPECT_TRUE(send_binary().all_accepted());
  finish();
}

// One chunk at a time, each answered before the next.
TEST_P(SmtpChunks, WithoutPipelining) {
  open_with(
      "C: <1>\nS: 250 ok\nC: <2>\nS: 250 ok\nC: <3>\nS: 250 queued\n"
      "C: QUIT\nS: 221 bye\n",
      "SIZELESS");
  EXPECT_TRUE(send_binary(LastMessage::yes).all_accepted());
  finish();
}

TEST_P(SmtpChunks, NobodyToSendTo) {
  server_.emplace(
      test::parse_dialogue(
          "S: 220 mx\nC: EHLO client.example\nS: 250-mx\nS: 250-CHUNKING\n"
          "S: 250-PIPELINING\nS: 250 BINARYMIME\n"
          "C: MAIL FROM:<alice@client.example> BODY=BINARYMIME\n"
          "C: RCPT TO:<bob@example.org>\nS: 250 ok\nS: 550 5.1.1 unknown\n"
          "C: QUIT\nS: 221 bye\n"),
      GetParam());
  start();
  ASSERT_TRUE(client_->open());
  EXPECT_EQ(send_binary().recipients[0].error->kind, ErrorKind::no_recipient);
  finish();
}

struct Case {
  const char* name;
  const char* lines;
  Outcome outcome;
  ErrorKind kind;
  bool lost;
};

const Case kCases[] = {
    {"refused in the middle", "C: <1>\nS: 552 5.3.4 too big\nC: QUIT\n",
     Outcome::refused, ErrorKind::content_refused, false},
    {"deferred in the middle",
     "C: <1>\nS: 250 ok\nC: <2>\nS: 452 4.3.1 disk full\nC: QUIT\n",
     Outcome::deferred, ErrorKind::deferred, false},
    {"refused after LAST",
     "C: <1>\nC: <2>\nC: <3>\nS: 250 ok\nS: 552 5.3.4 too big\n"
     "S: 503 5.5.1 failed\nC: QUIT\n",
     Outcome::refused, ErrorKind::content_refused, false},
    {"verdict", "C: <1>\nC: <2>\nC: <3>\nS: 250 ok\nS: 250 ok\n"
                "S: 554 5.7.1 spam\nC: QUIT\n",
     Outcome::refused, ErrorKind::rejected, false},
    {"421 in the middle", "C: <1>\nS: 421 4.3.2 bye\n", Outcome::deferred,
     ErrorKind::disconnected, true},
    {"lost in the middle",
     "C: <1>\nS: 250 ok\nC: <2>\nS- 250\n<server closes>\n", Outcome::deferred, ErrorKind::disconnected, true},
    {"354 in the middle", "C: <1>\nS: 354 go on\n", Outcome::deferred,
     ErrorKind::protocol, true},
    {"lost after LAST", "C: <1>\nC: <2>\nC: <3>\nS: 250 ok\n<server closes>\n",
     Outcome::unknown, ErrorKind::disconnected, true},
    {"silence after LAST",
     "C: <1>\nC: <2>\nC: <3>\nS: 250 ok\nS: 250 ok\n<server stalls>\n",
     Outcome::unknown, ErrorKind::timed_out, true},
};

TEST_P(SmtpChunks, Table) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    open_with(c.lines);
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
  open_with(
      "C: <1>\nS: 452 4.3.1 disk full\n"
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
  open_with(
      "C: <1>\nS: 250 ok\nC: RSET\nC: MAIL FROM:<alice@client.example>\n"
      "C: RCPT TO:<bob@example.org>\nC: BDAT 32 LAST\nC: Subject: hello\nC:\n"
      "C: How are you?\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 queued\n"
      "C: QUIT\nS: 221 bye\n");
  const auto delivery = client_->send(
      envelope_to({"bob@example.org"}), [](smtp::Body) -> Result<MessageText> {
        return MessageText{
            std::make_unique<Failing>(
                std::string_view(message()).substr(0, 2 * kChunk)),
            2 * kChunk, smtp::Body::binary_mime};
      });
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::local_io);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::deferred);
  EXPECT_FALSE(delivery.connection_lost);
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  finish();
}

// The form that DATA takes is asked for, and sent over the same connection.
TEST_P(SmtpChunks, NotKnownAfterAll) {
  open_with(
      "C: <1>\nS: 502 5.5.1 what\nC: RSET\nS: 250 ok\n"
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
  open_with(
      "C: <1>\nS: 250 ok\nC: <2>\nS: 250 ok\nC: <3>\nS: 250 saved\n"
      "C: QUIT\nS: 221 bye\n",
      "PIPELINING", true);
  EXPECT_TRUE(send_binary().all_accepted());
  finish();

  // How many replies follow a failure nobody says: the connection is given up.
  open_with("C: <1>\nC: <2>\nC: <3>\nS: 452 4.3.1 disk full\n", "PIPELINING",
            true);
  const auto delivery = send_binary();
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::deferred);
  EXPECT_TRUE(delivery.connection_lost);
  finish();
}

}  // namespace
}  // namespace mailtool::client
