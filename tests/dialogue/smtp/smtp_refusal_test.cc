// What a reply means, after each command: the kinds behind the exit statuses.
#include "client/smtp_refusal.h"

#include <gtest/gtest.h>


namespace mailtool::client {
namespace {

smtp::Reply reply_of(const std::string& line) {
  smtp::ReplyParser parser;
  auto reply = parser.feed_line(line);
  return reply && *reply ? **reply : smtp::Reply{};
}

struct Row {
  SmtpStep step;
  const char* reply;
  ErrorKind kind;
};

using enum SmtpStep;
using enum ErrorKind;

const Row kRows[] = {
    // Whatever it answers, 4yz is for later and 421 the end.
    {greeting, "421 bye", disconnected},
    {mail, "421 bye", disconnected},
    {body, "421 4.3.2 bye", disconnected},
    {greeting, "450 later", deferred},
    {hello, "455 later", deferred},
    {starttls, "454 no TLS now", deferred},
    {auth, "454 4.7.0 later", deferred},
    {mail, "451 4.7.1 greylisted", deferred},
    {mail, "452 4.3.1 no room", deferred},
    {recipient, "450 4.1.1 unknown for now", deferred},
    {recipient, "479 of no class we know", deferred},
    {data, "451 4.3.0 later", deferred},
    {body, "452 4.2.2 full", deferred},
    {reset, "451 later", deferred},
    // A reply of a class that makes no sense.
    {mail, "354 go ahead", protocol},
    {recipient, "334 what", protocol},
    {data, "250 ok", protocol},
    {body, "354 go ahead", protocol},
    // For good.
    {greeting, "554 no service", rejected},
    {hello, "554 5.7.1 go away", rejected},
    {starttls, "502 what", unsupported},
    {starttls, "554 5.7.3 cannot", unsupported},
    {auth, "535 5.7.8 no", no_auth},
    {auth, "538 5.7.11 TLS first", no_auth},
    {auth, "550 no", no_auth},
    {mail, "530 5.7.0 authenticate", no_permission},
    {mail, "550 5.7.1 not you", rejected},
    {mail, "550 5.1.8 no such sender domain", rejected},
    {mail, "552 5.3.4 too big", content_refused},
    {mail, "552 too big", content_refused},
    {mail, "552 5.2.2 quota of the sender", rejected},
    {mail, "555 5.5.4 parameter", rejected},
    {mail, "578 of no class we know", rejected},
    {recipient, "550 5.1.1 unknown", no_recipient},
    {recipient, "550 5.1.10 null MX", no_recipient},
    {recipient, "554 5.1.1 unknown", no_recipient},
    {recipient, "550 unknown", no_recipient},
    {recipient, "551 moved", no_recipient},
    {recipient, "553 what", no_recipient},
    {recipient, "550 5.0.0 unknown", no_recipient},
    {recipient, "550 4.1.1 a class that contradicts the code", no_recipient},
    {recipient, "550 5.7.1 relaying denied", rejected},
    {recipient, "554 5.7.1 relaying denied", rejected},
    {recipient, "550 5.2.1 disabled", rejected},
    {recipient, "552 5.2.2 full", rejected},
    {recipient, "552 full", rejected},
    {recipient, "550 5.2.3 too long for the mailbox", content_refused},
    {recipient, "553 5.6.7 no SMTPUTF8", content_refused},
    {recipient, "501 5.5.4 syntax", rejected},
    {recipient, "530 5.7.0 authenticate", no_permission},
    {data, "554 5.5.1 no valid recipients", rejected},
    {data, "554 no", rejected},
    {data, "552 too big", content_refused},
    {data, "554 5.6.7 no SMTPUTF8", content_refused},
    {body, "554 5.6.0 bad message", content_refused},
    {body, "552 5.3.4 too big", content_refused},
    {body, "552 too big", content_refused},
    {body, "554 transaction failed", content_refused},
    {body, "554 5.0.0 transaction failed", content_refused},
    {body, "554 5.7.1 spam", rejected},
    {body, "550 5.7.1 spam", rejected},
    {body, "550 no", rejected},
    {body, "550 5.1.1 unknown after all", no_recipient},
};

TEST(SmtpRefusal, Kinds) {
  for (const auto& row : kRows) {
    const auto error = refusal(row.step, reply_of(row.reply), "step");
    EXPECT_EQ(error.kind, row.kind) << row.reply;
    EXPECT_EQ(error.step, "step");
    EXPECT_EQ(error.server_said.substr(0, 3),
              std::string_view(row.reply).substr(0, 3));
  }
}

TEST(SmtpRefusal, TooManyRecipients) {
  const struct {
    const char* reply;
    bool some_accepted;
    bool too_many;
  } rows[] = {
      {"452 enough", true, true},
      {"452 enough", false, false},
      {"452 4.5.3 enough", true, true},
      {"452 4.2.2 mailbox full", true, false},
      {"452 4.3.1 disk full", true, false},
      {"552 enough", true, true},
      {"552 enough", false, false},
      {"552 5.2.2 mailbox full", true, false},
      {"550 5.5.3 enough", true, true},
      {"552 5.0.0 enough", true, true},
      {"452 4.0.0 enough", true, true},
      {"452 4.0.0 enough", false, false},
      {"450 busy", true, false},
      {"450 4.0.0 greylisted", true, false},
      {"451 4.0.0 later", true, false},
      {"550 5.0.0 no such user", true, false},
      {"550 5.0.3 no such user", true, false},
      {"550 unknown", true, false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(too_many_recipients(reply_of(row.reply), row.some_accepted),
              row.too_many)
        << row.reply;
  }
}

TEST(SmtpRefusal, HintsOf530) {
  EXPECT_NE(refusal(mail, reply_of("530 5.7.0 Authentication required"), "")
                .hint.find("login"),
            std::string::npos);
  EXPECT_EQ(
      refusal(mail, reply_of("530 5.7.0 Must issue a StartTLS command first"),
              "")
          .hint,
      "the server takes no mail without TLS");
}

}  // namespace
}  // namespace mailtool::client
