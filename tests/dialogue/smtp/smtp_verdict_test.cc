// What becomes of the message: verdicts, and connections that are lost.
#include "dialogue/smtp/smtp_dialogue.h"

namespace mailtool::client {
namespace {

class SmtpVerdict : public SmtpDialogue {};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpVerdict, testing::Values(4096, 1),
                         chunk_name);

struct Case {
  const char* dialogue;
  Outcome outcome;
  ErrorKind kind;
  bool lost;  // the connection is of no more use
};

const Case kCases[] = {
    {"data-without-go-ahead", Outcome::deferred, ErrorKind::protocol, false},
    {"data-deferred", Outcome::deferred, ErrorKind::deferred, false},
    {"content-refused", Outcome::refused, ErrorKind::content_refused, false},
    {"policy-refused", Outcome::refused, ErrorKind::rejected, false},
    {"message-deferred", Outcome::deferred, ErrorKind::deferred, false},
    {"refused-before-the-message", Outcome::refused,
     ErrorKind::content_refused, true},
    {"accepted-before-the-message", Outcome::deferred, ErrorKind::protocol,
     true},
    {"lost-after-the-dot", Outcome::unknown, ErrorKind::disconnected, true},
    {"silence-after-the-dot", Outcome::unknown, ErrorKind::timed_out, true},
    {"garbage-after-the-dot", Outcome::unknown, ErrorKind::disconnected, true},
    {"lost-in-the-flight", Outcome::deferred, ErrorKind::disconnected, true},
    {"silence-in-the-flight", Outcome::deferred, ErrorKind::timed_out, true},
    {"421-in-the-middle", Outcome::deferred, ErrorKind::disconnected, true},
    {"unsolicited-reply", Outcome::deferred, ErrorKind::protocol, true},
    {"code-changes", Outcome::deferred, ErrorKind::protocol, true},
};

TEST_P(SmtpVerdict, Table) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.dialogue);
    open(c.dialogue);
    const auto delivery = send({"bob@example.org"});
    const auto& bob = delivery.recipients[0];
    EXPECT_EQ(bob.outcome, c.outcome);
    ASSERT_TRUE(bob.error);
    EXPECT_EQ(bob.error->kind, c.kind) << bob.error->one_line();
    EXPECT_EQ(delivery.connection_lost.has_value(), c.lost);
    client_->quit();
    if (!c.lost) {
      EXPECT_EQ(server_->unplayed(), "");
    } else {  // it is lost for the next message, too
      const auto next = send({"bob@example.org"});
      EXPECT_EQ(next.recipients[0].outcome, Outcome::deferred);
      EXPECT_TRUE(next.connection_lost);
    }
  }
}

TEST_P(SmtpVerdict, UnknownSaysThatItMayHaveArrived) {
  open("lost-after-the-dot");
  const auto delivery = send({"bob@example.org"});
  EXPECT_NE(delivery.recipients[0].error->what.find("may have been delivered"),
            std::string::npos);
}

TEST_P(SmtpVerdict, RepliesToSpare) {
  open("too-many-replies");
  EXPECT_EQ(send({"bob@example.org"}).recipients[0].error->kind,
            ErrorKind::no_recipient);
  const auto next = send({"bob@example.org"});
  EXPECT_EQ(next.recipients[0].error->kind, ErrorKind::protocol);
  EXPECT_EQ(next.recipients[0].error->what, "a reply that nobody asked for");
  EXPECT_TRUE(next.connection_lost);
  finish();
}

TEST_P(SmtpVerdict, ServerGoesAwayBetweenMessages) {
  open("421-while-idle");
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  const auto next = send({"bob@example.org"});
  EXPECT_EQ(next.recipients[0].error->kind, ErrorKind::disconnected);
  EXPECT_EQ(next.recipients[0].error->server_said, "421 4.4.2 idle too long");
  EXPECT_TRUE(next.connection_lost);
  finish();
}

TEST_P(SmtpVerdict, RefusedWithQuitUnderWay) {
  open("quit-with-the-dot-refused");
  const auto delivery = send({"bob@example.org"}, LastMessage::yes);
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::rejected);
  // Nothing more is sent after QUIT.
  EXPECT_EQ(send({"bob@example.org"}).recipients[0].outcome, Outcome::deferred);
  finish();
}

// A message whose reading fails half way is never ended by a dot.
class FailingSource : public Source {
 public:
  Result<std::size_t> read_some(std::span<char> into) override {
    if (++calls_ > 1) return Error{ErrorKind::local_io, "disk trouble"};
    into[0] = 'a';
    return std::size_t{1};
  }

 private:
  int calls_ = 0;
};

TEST_P(SmtpVerdict, HalfAMessageIsNotSent) {
  open("lost-after-the-dot");
  const auto delivery = client_->send(
      envelope_to({"bob@example.org"}),
      [](smtp::Body) -> Result<MessageText> {
        return MessageText{std::make_unique<FailingSource>(), 100};
      });
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::local_io);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::deferred);
  EXPECT_TRUE(delivery.connection_lost);
  client_->quit();
  EXPECT_NE(server_->unplayed().find("Subject: hello"), std::string::npos);
}

TEST_P(SmtpVerdict, BareCrEndsItWithoutADot) {
  open("lost-after-the-dot");
  const auto delivery = client_->send(envelope_to({"bob@example.org"}),
                                      text_source("a\rb\n"));
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::bad_input);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::refused);
  EXPECT_TRUE(delivery.connection_lost);
}

// A server that refuses in the middle of a long message is heard, since it is
// asked before each block is written.
class EarlyRefusal : public test::DialogueStream {
 public:
  using DialogueStream::DialogueStream;
  Result<void> write_all(std::string_view octets) override {
    written_ += octets.size();
    if (written_ > 100'000) speaks_ = true;
    return in_body_ ? Result<void>() : DialogueStream::write_all(octets);
  }
  [[nodiscard]] bool readable() override { return speaks_; }
  Result<std::size_t> read_some(std::span<char> into) override {
    in_body_ = true;
    return DialogueStream::read_some(into);
  }

 private:
  bool in_body_ = false;
  bool speaks_ = false;
  std::size_t written_ = 0;
};

TEST(SmtpLongMessage, RefusedOnTheWay) {
  EarlyRefusal server(
      test::parse_dialogue("S: 220 mx\nS: 250-mx\nS: 250 PIPELINING\n"
                           "S: 250 ok\nS: 250 ok\nS: 354 go\n"
                           "S: 552 5.3.4 enough\n<server closes>\n"),
      1);
  SmtpOptions options;
  options.host_name = "client.example";
  SmtpClient client(server, std::move(options));
  ASSERT_TRUE(client.open());
  const std::string text(1'000'000, 'x');
  const auto delivery =
      client.send(envelope_to({"bob@example.org"}), text_source(text));
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::content_refused);
  EXPECT_EQ(delivery.final_reply->code, 552);
  EXPECT_TRUE(delivery.connection_lost);
}

}  // namespace
}  // namespace mailtool::client
