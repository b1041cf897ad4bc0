// One message and its recipients: what is sent, and to whom.
#include "dialogue/smtp/smtp_dialogue.h"

namespace mailtool::client {
namespace {

class SmtpDelivery : public SmtpDialogue {};
INSTANTIATE_TEST_SUITE_P(Chunk, SmtpDelivery, testing::Values(4096, 1),
                         chunk_name);

TEST_P(SmtpDelivery, UnknownRecipient) {
  open("unknown-recipient");
  const auto delivery = send({"bob@example.org"});
  const auto& bob = delivery.recipients[0];
  EXPECT_EQ(bob.outcome, Outcome::refused);
  EXPECT_EQ(bob.error->kind, ErrorKind::no_recipient);
  EXPECT_EQ(bob.error->one_line(),
            "RCPT TO:<bob@example.org>: refused: server said: 550 5.1.1 No "
            "such user here");
  EXPECT_EQ(bob.reply->code, 550);
  EXPECT_FALSE(delivery.final_reply);
  EXPECT_FALSE(delivery.connection_lost);
  finish();
}

TEST_P(SmtpDelivery, OneRefusedOfThree) {
  open("one-of-three-refused");
  const auto delivery =
      send({"bob@example.org", "carol@example.org", "dave@example.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::refused);
  EXPECT_EQ(delivery.recipients[2].outcome, Outcome::accepted);
  EXPECT_FALSE(delivery.recipients[0].error);
  EXPECT_FALSE(delivery.all_accepted());
  EXPECT_EQ(delivery.recipients[0].reply->code, 250);
  finish();
}

TEST_P(SmtpDelivery, AllRefusedButGoAhead) {
  open("all-refused-go-ahead");
  const auto delivery = send({"bob@example.org"});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::no_recipient);
  finish();
}

TEST_P(SmtpDelivery, WithoutPipelining) {
  open("all-refused-no-pipelining");
  auto delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::no_recipient);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::deferred);
  EXPECT_EQ(delivery.recipients[1].error->kind, ErrorKind::deferred);
  finish();

  open("no-pipelining");
  delivery = send({"bob@example.org"}, LastMessage::yes);
  EXPECT_TRUE(delivery.all_accepted());
  finish();
}

TEST_P(SmtpDelivery, SenderRefused) {
  open("mail-refused");
  const auto delivery = send({"bob@example.org", "carol@example.org"});
  for (const auto& report : delivery.recipients) {
    EXPECT_EQ(report.outcome, Outcome::refused);
    EXPECT_EQ(report.error->kind, ErrorKind::rejected);
    EXPECT_EQ(report.error->step, "MAIL FROM:<alice@client.example>");
    EXPECT_EQ(report.reply->code, 550);
  }
  finish();

  open("mail-refused-go-ahead");
  EXPECT_EQ(send({"bob@example.org"}).recipients[0].error->kind,
            ErrorKind::deferred);
  finish();

  open("login-required");
  const auto refused = send({"bob@example.org"});
  EXPECT_EQ(refused.recipients[0].error->kind, ErrorKind::no_permission);
  EXPECT_FALSE(refused.recipients[0].error->hint.empty());
  finish();
}

TEST_P(SmtpDelivery, TooLarge) {
  open("size-too-large");
  const auto delivery = send({"bob@example.org"});
  const auto& error = *delivery.recipients[0].error;
  EXPECT_EQ(error.kind, ErrorKind::content_refused);
  EXPECT_EQ(error.what,
            "the message of 32 octets is 22 octets larger than the 10 that the "
            "server takes");
  finish();
}

TEST_P(SmtpDelivery, EightBit) {
  const auto forms = text_source("Subject: hello\r\n\r\nGr\xfc\xdf" "e\r\n",
                                 smtp::Body::eight_bit_mime);
  const auto envelope = envelope_to({"bob@example.org"});

  open("8bitmime-missing");
  auto delivery = client_->send(envelope, forms);
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::content_refused);
  finish();

  open("8bitmime");
  delivery = client_->send(envelope, forms);
  EXPECT_TRUE(delivery.all_accepted());
  finish();
}

TEST_P(SmtpDelivery, Utf8Address) {
  open("smtputf8");
  EXPECT_TRUE(send({"b\u00f6b@example.org"}).all_accepted());
  finish();

  open("smtputf8-mixed");
  auto delivery = send({"b\u00f6b@example.org", "carol@example.org"});
  EXPECT_TRUE(delivery.recipients[0].too_many_recipients);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::accepted);
  EXPECT_TRUE(send({"b\u00f6b@example.org"}).all_accepted());
  finish();

  open("smtputf8-sender");
  auto envelope = envelope_to({"carol@example.org", "b\u00f6b@example.org"});
  envelope.sender = "al\u00efce@client.example";
  EXPECT_TRUE(client_->send(envelope, text_source(kMessage)).all_accepted());
  finish();

  open("smtputf8-missing");
  delivery = send({"b\u00f6b@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::refused);
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::content_refused);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::accepted);
  finish();
}

TEST_P(SmtpDelivery, Dsn) {
  auto envelope = envelope_to({"bob@example.org"});
  envelope.dsn_return = smtp::DsnReturn::headers;
  envelope.envelope_id = "QQ314159";
  envelope.recipients[0].notify.success = true;
  envelope.recipients[0].notify.failure = true;
  envelope.recipients[0].orcpt = "rfc822;Bob@Example.org";
  for (const bool offered : {true, false}) {
    open(offered ? "dsn" : "dsn-missing");
    const auto delivery = client_->send(envelope, text_source(kMessage));
    EXPECT_TRUE(delivery.all_accepted());
    EXPECT_EQ(delivery.dsn_ignored, !offered);
    finish();
  }
}

TEST_P(SmtpDelivery, DsnOfAnAddressInUtf8) {
  auto envelope = envelope_to({"bob@example.org"});
  envelope.dsn_return = smtp::DsnReturn::full;
  envelope.recipients[0].notify.never = true;
  envelope.recipients[0].orcpt = "utf-8;b\u00f6b@example.org";
  open("dsn-utf8");
  EXPECT_TRUE(client_->send(envelope, text_source(kMessage)).all_accepted());
  finish();
}

TEST_P(SmtpDelivery, TooManyRecipients) {
  open("too-many-recipients");
  auto delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::deferred);
  EXPECT_FALSE(delivery.recipients[0].too_many_recipients);
  EXPECT_TRUE(delivery.recipients[1].too_many_recipients);
  EXPECT_TRUE(send({"carol@example.org"}).all_accepted());
  finish();

  open("recipient-limit");
  delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_TRUE(delivery.recipients[1].too_many_recipients);
  finish();

  open("mailbox-full");
  delivery = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::deferred);
  EXPECT_FALSE(delivery.recipients[1].too_many_recipients);
  finish();

  open("codes-that-say-nothing");
  delivery = send({"bob@example.org", "carol@example.org", "dave@example.org"});
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::refused);
  EXPECT_FALSE(delivery.recipients[1].too_many_recipients);
  EXPECT_EQ(delivery.recipients[2].outcome, Outcome::deferred);
  EXPECT_FALSE(delivery.recipients[2].too_many_recipients);
  finish();
}

TEST_P(SmtpDelivery, QuitWaitsForRecipientsThatAreLeft) {
  open("too-many-recipients-last");
  const auto delivery =
      send({"bob@example.org", "carol@example.org"}, LastMessage::yes);
  EXPECT_TRUE(delivery.recipients[1].too_many_recipients);
  ASSERT_TRUE(client_->takes_more());
  EXPECT_TRUE(send({"carol@example.org"}, LastMessage::yes).all_accepted());
  EXPECT_FALSE(client_->takes_more());
  finish();
}

TEST_P(SmtpDelivery, Limits) {
  open("recipient-domain-limit");
  auto delivery =
      send({"bob@example.org", "carol@example.net", "dave@EXAMPLE.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_TRUE(delivery.recipients[1].too_many_recipients);
  EXPECT_EQ(delivery.recipients[2].outcome, Outcome::accepted);
  EXPECT_TRUE(send({"carol@example.net"}).all_accepted());
  finish();

  open("message-limit");
  EXPECT_TRUE(client_->takes_more());
  EXPECT_TRUE(send({"bob@example.org"}).all_accepted());
  EXPECT_FALSE(client_->takes_more());
  delivery = send({"bob@example.org"});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::deferred);
  EXPECT_EQ(delivery.recipients[0].error->what,
            "the server takes no more than 1 messages over one connection");
  EXPECT_FALSE(delivery.connection_lost);
  finish();
}

TEST_P(SmtpDelivery, Probes) {
  open("noop");
  EXPECT_TRUE(client_->noop());
  EXPECT_TRUE(client_->reset());
  EXPECT_EQ(client_->noop().error().kind, ErrorKind::deferred);
  EXPECT_EQ(client_->noop().error().kind, ErrorKind::rejected);
  EXPECT_TRUE(client_->takes_more());
  EXPECT_EQ(client_->noop().error().kind, ErrorKind::disconnected);
  EXPECT_FALSE(client_->takes_more());
  finish();
}

TEST_P(SmtpDelivery, ResetGoesWithTheNextMessage) {
  open("two-messages");
  EXPECT_FALSE(send({"bob@example.org"}).all_accepted());
  EXPECT_TRUE(send({"carol@example.org"}).all_accepted());
  finish();
}

TEST_P(SmtpDelivery, BadAddressesDoNotStopTheOthers) {
  open("smtputf8-missing");  // the file has carol alone
  const auto delivery = send({"bob@exa mple", "carol@example.org",
                              "x@y>\r\nRCPT TO:<z@z", ""});
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::bad_input);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::accepted);
  EXPECT_EQ(delivery.recipients[2].error->kind, ErrorKind::bad_input);
  EXPECT_EQ(delivery.recipients[3].error->kind, ErrorKind::bad_input);
  finish();
}

TEST_P(SmtpDelivery, BadSender) {
  open("starttls-stripped");  // greeting, EHLO and QUIT
  auto envelope = envelope_to({"bob@example.org"});
  envelope.sender = "a@b>\r\nDATA";
  const auto delivery = client_->send(envelope, text_source(kMessage));
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::bad_input);
  finish();
}

TEST_P(SmtpDelivery, DotStuffingAndLineEnds) {
  open("dot-stuffing");
  auto envelope = envelope_to({"bob@example.org"});
  envelope.sender = "";
  EXPECT_TRUE(client_->send(envelope, text_source(".\n..x\r\nlast"))
                  .all_accepted());
  finish();
}

TEST_P(SmtpDelivery, LmtpAnswersForEach) {
  open("lmtp-mixed", true);
  const auto delivery =
      send({"bob@example.org", "carol@example.org", "dave@example.org"});
  EXPECT_EQ(delivery.recipients[0].outcome, Outcome::accepted);
  EXPECT_EQ(delivery.recipients[1].outcome, Outcome::refused);
  EXPECT_EQ(delivery.recipients[2].outcome, Outcome::deferred);
  EXPECT_EQ(delivery.recipients[2].reply->code, 452);
  finish();

  open("lmtp-unexpected-verdict", true);
  const auto odd =
      send({"bob@example.org", "carol@example.org", "dave@example.org"});
  EXPECT_EQ(odd.recipients[0].outcome, Outcome::accepted);
  EXPECT_EQ(odd.recipients[1].outcome, Outcome::unknown);
  EXPECT_EQ(odd.recipients[2].outcome, Outcome::unknown);
  EXPECT_TRUE(odd.connection_lost);

  open("lmtp-lost-between-verdicts", true);
  const auto lost = send({"bob@example.org", "carol@example.org"});
  EXPECT_EQ(lost.recipients[0].outcome, Outcome::accepted);
  EXPECT_EQ(lost.recipients[1].outcome, Outcome::unknown);
  EXPECT_TRUE(lost.connection_lost);
  finish();
}

// A message that cannot be opened costs nothing but itself.
TEST_P(SmtpDelivery, SourceThatDoesNotOpen) {
  open("starttls-stripped");
  const auto delivery = client_->send(
      envelope_to({"bob@example.org"}),
      [](smtp::Body) -> Result<MessageText> {
        return Error{ErrorKind::no_input, "gone"};
      });
  EXPECT_EQ(delivery.recipients[0].error->kind, ErrorKind::no_input);
  EXPECT_FALSE(delivery.connection_lost);
  finish();
}

// 400 recipients of 60 octets are more than one window: they go in flights,
// and the answers to one are read before the next is written.
TEST_P(SmtpDelivery, FlightsFitTheWindow) {
  using Kind = test::Step::Kind;
  std::vector<std::string> recipients;
  test::Dialogue dialogue = {
      {Kind::server, "220 mx\r\n", 1},
      {Kind::client, "EHLO client.example\r\n", 2},
      {Kind::server, "250-mx\r\n250 PIPELINING\r\n", 3}};
  std::string sent = "MAIL FROM:<alice@client.example>\r\n";
  std::string answers = "250 ok\r\n";
  for (int i = 0; i < 400; ++i) {
    recipients.push_back(std::string(30, 'a') + std::to_string(i) +
                         "@recipients.example");
    const auto line = "RCPT TO:<" + recipients.back() + ">\r\n";
    if (sent.size() + line.size() > 16 * 1024) {
      dialogue.push_back({Kind::client, std::exchange(sent, ""), 4});
      dialogue.push_back({Kind::server, std::exchange(answers, ""), 5});
    }
    sent += line;
    answers += "250 ok\r\n";
  }
  dialogue.push_back({Kind::client, sent + "DATA\r\n", 6});
  dialogue.push_back({Kind::server, answers + "354 go\r\n", 7});
  dialogue.push_back(
      {Kind::client, "Subject: hello\r\n\r\nHow are you?\r\n.\r\n", 8});
  dialogue.push_back({Kind::server, "250 ok\r\n", 9});
  dialogue.push_back({Kind::client, "QUIT\r\n", 10});
  server_.emplace(std::move(dialogue), GetParam());
  start();
  ASSERT_TRUE(client_->open());
  EXPECT_TRUE(send(recipients).all_accepted());
  finish();
}

}  // namespace
}  // namespace mailtool::client
