// Raw commands, quotas, what the server says of itself, many mailboxes at once.

#include "dialogue/imap/session.h"
#include "mailtool/client/imap_raw_command.h"

namespace mailtool::client {
namespace {

class ImapAdmin : public ImapDialogueTest {
 protected:
  Result<imap::StatusResponse> raw(std::string_view command) {
    return client->raw(command, [&](std::string_view response) {
      heard += std::string(response) + "|";
      return Result<void>();
    });
  }
  std::string heard;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapAdmin, testing::Values(4096, 1));

TEST_P(ImapAdmin, RawAsItCame) {
  play_in("raw");
  const auto done = raw("FETCH 1 (X-ODD BODY.PEEK[])");
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(done->status, imap::Status::ok);
  EXPECT_EQ(heard,
            "* 7 EXISTS|* 1 FETCH (X-ODD {5}\r\nab\r\nc BODY[] \"x\")|"
            "* XYZZY nothing (\"happens\"|A1 OK [X-CODE] done|");
  const auto odd = raw("XYZZY");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->status, imap::Status::bad);
  EXPECT_TRUE(client->settled());
  EXPECT_TRUE(raw("NOOP"));
}

TEST_P(ImapAdmin, RawThatNobodyTakesEndsTheSession) {
  play_text("S: * PREAUTH hi\nC: A1 NOOP\nS: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  const auto done = client->raw("NOOP", [](std::string_view) -> Result<void> {
    return Error{ErrorKind::local_io, "disk full"};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::local_io);
  EXPECT_FALSE(client->settled());
}

TEST(RawCommand, WhatIsRefused) {
  struct Case {
    std::string_view why, text;
    bool taken;
  };
  const Case cases[] = {
      {"a word", "CAPABILITY", true},
      {"lower case", "uid fetch 1 (FLAGS)", true},
      {"braces", "SEARCH SUBJECT \"{5}x\"", true},
      {"braces without a number", "SEARCH SUBJECT {}", true},
      {"nothing", "", false},
      {"a blank before", " NOOP", false},
      {"CR", "NOOP\rA2 NOOP", false},
      {"LF", "NOOP\nA2 NOOP", false},
      {"NUL", std::string_view("NO\0OP", 5), false},
      {"8 bit", "SELECT Gr\xc3\xbc\xc3\x9f" "e", false},
      {"a literal", "APPEND INBOX {5}", false},
      {"LITERAL+", "APPEND INBOX {5+}", false},
      {"LITERAL-", "APPEND INBOX {5-}", false},
      {"literal8", "APPEND INBOX ~{5}", false},
      {"STARTTLS", "starttls", false},
      {"AUTHENTICATE", "Authenticate PLAIN", false},
      {"LOGIN", "LOGIN bob crepes", false},
      {"IDLE", "IDLE", false},
      {"COMPRESS", "COMPRESS DEFLATE", false},
      {"LOGOUT", "LOGOUT", false},
      {"UTF8", "ENABLE utf8=accept", false},
      {"UIDONLY", "ENABLE UIDONLY", false},
      {"ENABLE", "ENABLE CONDSTORE", true},
  };
  for (const auto& one : cases) {
    const auto checked = check_raw_command(one.text);
    EXPECT_EQ(checked.has_value(), one.taken) << one.why;
    if (!checked) {
      EXPECT_EQ(checked.error().kind, ErrorKind::usage) << one.why;
    }
  }
}

TEST_P(ImapAdmin, Quota) {
  play_in("quota");
  const auto quotas = client->quota(folder("INBOX"));
  ASSERT_TRUE(quotas) << quotas.error().one_line();
  ASSERT_EQ(quotas->size(), 3u);
  EXPECT_EQ((*quotas)[0].root, "");
  ASSERT_EQ((*quotas)[0].resources.size(), 2u);
  EXPECT_EQ((*quotas)[0].resources[0].name, "STORAGE");
  EXPECT_EQ((*quotas)[0].resources[0].usage, 10u);
  EXPECT_EQ((*quotas)[0].resources[1].limit, 100u);
  EXPECT_EQ((*quotas)[1].root, "#user/bob");
  ASSERT_EQ((*quotas)[1].resources.size(), 1u);
  EXPECT_EQ((*quotas)[1].resources[0].name, "ANNOTATION-STORAGE");
  EXPECT_TRUE((*quotas)[2].resources.empty());
  const auto none = client->quota(folder("Lunch"));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_P(ImapAdmin, QuotaNotOffered) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_EQ(client->quota(folder("INBOX")).error().kind,
            ErrorKind::unsupported);
  EXPECT_EQ(client->create_with_use(folder("Old"), "\\Archive").error().kind,
            ErrorKind::unsupported);
}

TEST_P(ImapAdmin, QuotasWithoutEnd) {
  std::string text =
      "S: * PREAUTH [CAPABILITY IMAP4rev1 QUOTA] hi\nC: A1 GETQUOTAROOT INBOX\n";
  for (int i = 0; i < 1001; ++i) text += "S: * QUOTA q (STORAGE 1 2)\n";
  play_text(text);
  ASSERT_TRUE(client->open(false));
  const auto quotas = client->quota(folder("INBOX"));
  ASSERT_FALSE(quotas);
  EXPECT_EQ(quotas.error().kind, ErrorKind::protocol);
}

TEST_P(ImapAdmin, ServerId) {
  play_in("server-id");
  const auto fields = client->server_id();
  ASSERT_TRUE(fields) << fields.error().one_line();
  ASSERT_EQ(fields->size(), 3u);
  EXPECT_EQ((*fields)[0].value, "Cyrus");
  EXPECT_EQ((*fields)[1].value, "");
  EXPECT_EQ((*fields)[2].name, "odd");
  EXPECT_TRUE(client->server_id()->empty());
  EXPECT_TRUE(client->server_id()->empty());
}

TEST_P(ImapAdmin, ManyMailboxesInOneFlight) {
  play_in("many-mailboxes");
  const imap::MailboxName names[] = {folder("Lunch"), folder("50% & \"more\""),
                                     folder("/")};
  const auto made = client->for_each(ImapClient::MailboxVerb::create, names);
  ASSERT_TRUE(made) << made.error().one_line();
  ASSERT_EQ(made->size(), 3u);
  EXPECT_TRUE((*made)[0]);
  EXPECT_EQ((*made)[1].error().kind, ErrorKind::rejected);
  EXPECT_TRUE((*made)[2]);
  const imap::MailboxName counted[] = {folder("Lunch"), folder("Nowhere"),
                                       folder("INBOX")};
  const auto status = client->status_of_each(counted);
  ASSERT_TRUE(status) << status.error().one_line();
  ASSERT_EQ(status->size(), 3u);
  EXPECT_EQ((*status)[0]->messages, 2u);
  EXPECT_EQ((*status)[1].error().kind, ErrorKind::no_such_item);
  EXPECT_EQ((*status)[2].error().kind, ErrorKind::protocol);
  EXPECT_TRUE(client->create_with_use(folder("Old"), "\\Archive"));
}

// It was a refusal for good, where STATUS and DELETE of the same name say that
// there is no such folder.
TEST_P(ImapAdmin, SubscribingToNothing) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
      "C: A1 SUBSCRIBE Nowhere\nC: A2 SUBSCRIBE Secret\n"
      "S: A1 NO Mailbox doesn't exist\nS: A2 NO [NOPERM] not yours\n"
      "C: A3 CREATE Nowhere\nS: A3 NO cannot\n");
  ASSERT_TRUE(client->open(false));
  const imap::MailboxName names[] = {folder("Nowhere"), folder("Secret")};
  const auto done = client->for_each(ImapClient::MailboxVerb::subscribe, names);
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ((*done)[0].error().kind, ErrorKind::no_such_item);
  EXPECT_EQ((*done)[1].error().kind, ErrorKind::no_permission);
  const auto made = client->for_each(ImapClient::MailboxVerb::create,
                                     std::span(names).first(1));
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)[0].error().kind, ErrorKind::rejected);
}

TEST_P(ImapAdmin, SettledHearsABye) {
  play_text("S: * PREAUTH hi\nS: * BYE Autologout\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_FALSE(client->settled());
}

TEST_P(ImapAdmin, ABackOffIsNamed) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\nC: A1 CREATE Lunch\n"
      "S: A1 BAD Request is throttled. Suggested Backoff Time: 299961 "
      "milliseconds\n");
  ASSERT_TRUE(client->open(false));
  const auto made = client->create(folder("Lunch"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::deferred);
  EXPECT_EQ(made.error().hint,
            "the server asks to wait 300 s before another try");
}

}  // namespace
}  // namespace mailtool::client
