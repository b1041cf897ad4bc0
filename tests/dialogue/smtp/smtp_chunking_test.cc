// BDAT (RFC 3030): the message along with its envelope.
#include "dialogue/smtp/smtp_dialogue.h"

namespace mailtool::client {
namespace {

class SmtpChunking : public SmtpDialogue {};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpChunking, testing::Values(4096, 1),
                         chunk_name);

TEST_P(SmtpChunking, OneFlight) {
  open("chunking");
  const auto delivery = send({"bob@example.org"}, LastMessage::yes);
  EXPECT_TRUE(delivery.all_accepted());
  EXPECT_EQ(delivery.final_reply->text(), "queued as 4711");
  EXPECT_EQ(delivery.recipients[0].reply->text(), "queued as 4711");
  EXPECT_FALSE(client_->takes_more());
  finish();
}

TEST_P(SmtpChunking, NoResetBetweenMessages) {
  open("chunking-next-message");
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  EXPECT_TRUE(client_->takes_more());
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  finish();
}

TEST_P(SmtpChunking, WithoutPipelining) {
  open("chunking-no-pipelining");
  EXPECT_TRUE(send({"bob@example.org"}, LastMessage::yes).all_accepted());
  finish();

  open("chunking-all-refused-no-pipelining");
  EXPECT_EQ(send({"bob@example.org"}).recipients[0].error->kind,
            ErrorKind::no_recipient);
  finish();
}

TEST_P(SmtpChunking, SwitchedOff) {
  server_.emplace(
      test::parse_dialogue("S: 220 mx\nC: EHLO client.example\n"
                           "S: 250-mx\nS: 250-BINARYMIME\nS: 250 CHUNKING\n"),
      GetParam());
  SmtpOptions options;
  options.host_name = "client.example";
  options.chunking = false;
  client_.emplace(*server_, std::move(options));
  ASSERT_TRUE(client_->open());
  EXPECT_FALSE(client_->capabilities().chunking);
  EXPECT_FALSE(client_->capabilities().binary_mime);
}

struct Case {
  const char* dialogue;
  Outcome outcome;
  ErrorKind kind;
  bool lost;  // the connection is of no more use
};

const Case kCases[] = {
    {"chunking-content-refused", Outcome::refused, ErrorKind::content_refused,
     false},
    {"chunking-deferred", Outcome::deferred, ErrorKind::deferred, false},
    {"chunking-lost-unanswered", Outcome::unknown, ErrorKind::disconnected,
     true},
    {"chunking-lost-before-the-verdict", Outcome::unknown,
     ErrorKind::disconnected, true},
    {"chunking-silence", Outcome::unknown, ErrorKind::timed_out, true},
    {"chunking-garbage", Outcome::unknown, ErrorKind::disconnected, true},
    {"chunking-unexpected-reply", Outcome::unknown, ErrorKind::disconnected,
     true},
    {"chunking-lost-mail-refused", Outcome::deferred, ErrorKind::deferred,
     true},
    {"chunking-421-to-mail", Outcome::deferred, ErrorKind::disconnected, true},
    {"chunking-421-to-the-message", Outcome::deferred, ErrorKind::disconnected,
     true},
    {"chunking-taken-for-commands", Outcome::deferred, ErrorKind::protocol,
     true},
    {"chunking-taken-for-commands-late", Outcome::deferred,
     ErrorKind::protocol, true},
};

TEST_P(SmtpChunking, Table) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.dialogue);
    open(c.dialogue);
    const auto delivery = send({"bob@example.org"});
    const auto& bob = delivery.recipients[0];
    EXPECT_EQ(bob.outcome, c.outcome);
    ASSERT_TRUE(bob.error);
    EXPECT_EQ(bob.error->kind, c.kind) << bob.error->one_line();
    EXPECT_EQ(delivery.connection_lost.has_value(), c.lost);
    EXPECT_EQ(client_->takes_more(), !c.lost);
    client_->quit();
    if (!c.lost) {
      EXPECT_EQ(server_->unplayed(), "");
    }
  }
}

TEST_P(SmtpChunking, AllRefused) {
  open("chunking-all-refused");
  const auto delivery = send({"bob@example.org"});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::no_recipient);
  EXPECT_EQ(delivery.recipients[0].reply->code, 550);
  EXPECT_FALSE(delivery.final_reply);
  EXPECT_TRUE(send({"carol@example.org"}).all_accepted());
  finish();
}

TEST_P(SmtpChunking, SenderRefused) {
  open("chunking-mail-refused");
  const auto delivery = send({"bob@example.org", "carol@example.org"});
  for (const auto& report : delivery.recipients) {
    EXPECT_EQ(report.error->kind, ErrorKind::rejected);
    EXPECT_EQ(report.reply->code, 550);
  }
  finish();
}

TEST_P(SmtpChunking, OneRefused) {
  open("chunking-one-refused");
  auto delivery =
      send({"bob@example.org", "carol@example.org"}, LastMessage::yes);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::refused);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::accepted);
  finish();

  open("chunking-lost-refused");
  delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::no_recipient);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::unknown);
  EXPECT_TRUE(delivery.connection_lost);
}

TEST_P(SmtpChunking, TooManyRecipients) {
  open("chunking-too-many-recipients");
  const auto delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_TRUE(delivery.recipients[1].too_many_recipients);
  EXPECT_TRUE(send({"carol@example.org"}).all_accepted());
  finish();
}

TEST_P(SmtpChunking, QuitWaitsForRecipientsThatAreLeft) {
  open("chunking-recipient-limit");
  const auto delivery =
      send({"bob@example.org", "carol@example.org"}, LastMessage::yes);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_TRUE(delivery.recipients[1].too_many_recipients);
  ASSERT_TRUE(client_->takes_more());
  EXPECT_TRUE(send({"carol@example.org"}, LastMessage::yes).all_accepted());
  finish();
}

TEST_P(SmtpChunking, NotKnownAfterAll) {
  open("chunking-not-known");
  auto delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::no_recipient);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::accepted);
  EXPECT_TRUE(delivery.chunking_broken);
  EXPECT_FALSE(delivery.connection_lost);
  EXPECT_FALSE(client_->capabilities().chunking);
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  finish();

  open("chunking-not-known-last");
  delivery = send({"bob@example.org"}, LastMessage::yes);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::deferred);
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::protocol);
  EXPECT_TRUE(delivery.chunking_broken);
  EXPECT_FALSE(client_->takes_more());
  finish();

  open("chunking-not-known-mail-refused");
  delivery = send({"bob@example.org"});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::deferred);
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  finish();
}

TEST_P(SmtpChunking, Lmtp) {
  open("lmtp-chunking", true);
  auto delivery =
      send({"bob@example.org", "carol@example.org", "dave@example.org"},
           LastMessage::yes);
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::refused);
  EXPECT_EQ(delivery.recipients[2].outcome, Outcome::deferred);
  EXPECT_EQ(delivery.recipients[2].reply->code, 452);
  finish();

  open("lmtp-chunking-all-refused", true);
  delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[1].error->kind, ErrorKind::no_recipient);
  EXPECT_FALSE(delivery.connection_lost);
  finish();

  open("lmtp-chunking-lost", true);
  delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::unknown);
}

// In the form that the server is asked for, and in none richer.
MessageForms forms_of(std::vector<smtp::Body>& asked, std::string_view binary,
                      std::string_view eight, std::string_view seven) {
  return [&asked, binary, eight, seven](smtp::Body most) {
    asked.push_back(most);
    const auto text = most == smtp::Body::binary_mime      ? binary
                      : most == smtp::Body::eight_bit_mime ? eight
                                                           : seven;
    return Result<MessageText>(MessageText{
        std::make_unique<StringSource>(text), text.size(), most});
  };
}

TEST_P(SmtpChunking, Binary) {
  using enum smtp::Body;
  std::vector<smtp::Body> asked;
  const std::string_view binary("\0\n.\r\n.\r\n\xff\r-\n", 12);
  open("binarymime");
  auto forms = forms_of(asked, binary, "", "");
  EXPECT_TRUE(client_
                  ->send(envelope_to({"bob@example.org"}), forms,
                         LastMessage::yes)
                  .all_accepted());
  finish();

  open("binarymime-without-chunking");
  forms = forms_of(asked, "", "Gr\xfc\xdf" "e\r\n", "");
  EXPECT_TRUE(
      client_->send(envelope_to({"bob@example.org"}), forms).all_accepted());
  finish();

  open("binarymime-without-8bitmime");
  EXPECT_TRUE(client_
                  ->send(envelope_to({"bob@example.org"}),
                         text_source("Gr\xfc\xdf" "e\r\n",
                                     smtp::Body::eight_bit_mime))
                  .all_accepted());
  finish();

  open("binarymime-not-known");
  forms = forms_of(asked, std::string_view("\0\1\xff", 3), "", "AAH/\r\n");
  EXPECT_TRUE(
      client_->send(envelope_to({"bob@example.org"}), forms).all_accepted());
  finish();
  EXPECT_EQ(asked, (std::vector{binary_mime, eight_bit_mime, binary_mime,
                                seven_bit}));
}

TEST_P(SmtpChunking, BadTextIsNotSent) {
  open("chunking-no-bare-cr");
  const auto delivery = client_->send(envelope_to({"bob@example.org"}),
                                      text_source("a\rb\r\n"));
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::bad_input);
  EXPECT_FALSE(delivery.connection_lost);
  finish();
}

// The source yields more than it was said to hold.
TEST_P(SmtpChunking, MessageThatGrows) {
  open("chunking-no-bare-cr");
  const auto delivery = client_->send(
      envelope_to({"bob@example.org"}), [](smtp::Body) -> Result<MessageText> {
        return MessageText{std::make_unique<StringSource>(kMessage), 10};
      });
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::internal);
  EXPECT_FALSE(delivery.connection_lost);
  finish();
}

}  // namespace
}  // namespace mailtool::client
