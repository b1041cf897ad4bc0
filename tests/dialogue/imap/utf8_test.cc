// Servers that take names in UTF-8: IMAP4rev2 alone (RFC 9051), UTF8=ONLY and
// UTF8=ACCEPT (RFC 6855).

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

MessageToAppend text(std::string content, bool utf8_header = false) {
  MessageToAppend message;
  message.octets = content.size();
  message.write = [content](Sink& to) { return to.write(content); };
  message.utf8_header = utf8_header;
  return message;
}

class ImapUtf8 : public ImapDialogueTest {
 protected:
  imap::MailboxName named(std::string_view utf8) {
    auto name = client->mailbox(utf8);
    EXPECT_TRUE(name);
    return name ? *name : imap::MailboxName();
  }
  std::string append(std::string_view to,
                     const std::vector<MessageToAppend>& messages) {
    const auto ticket = client->begin_append(named(to), messages);
    if (!ticket) return ticket.error().one_line();
    const auto went = client->finish_append(*ticket, messages.size());
    if (!went) return went.error().one_line();
    return *went ? to_wire((*went)->uids) : "unknown";
  }
  std::string find(std::string text) {
    const auto found = client->search(subject(std::move(text)));
    return found ? to_wire(found->uids) : found.error().one_line();
  }
  std::string move_to(std::string_view to, std::string_view set) {
    ImapChange what;
    what.kind = ImapChange::Kind::move;
    what.to = named(to);
    const auto report = client->change(what, uids(set));
    EXPECT_FALSE(report.stopped_by);
    return to_wire(report.changed);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapUtf8, testing::Values(4096, 1));

TEST_P(ImapUtf8, Rev2Alone) {
  play_in("rev2-only");
  ListQuestion question;
  question.patterns = {"받은/*"};
  question.status = true;
  const auto listed = client->list(question);
  ASSERT_TRUE(listed) << listed.error().one_line();
  ASSERT_EQ(listed->size(), 4u);
  EXPECT_EQ((*listed)[0].list.mailbox.utf8, "받은/편지함");
  EXPECT_EQ((*listed)[0].status->messages, 17u);
  EXPECT_EQ((*listed)[0].status->deleted, 2u);
  EXPECT_EQ((*listed)[0].status->size, 4000u);
  EXPECT_TRUE((*listed)[1].has("\\NonExistent"));
  EXPECT_EQ((*listed)[2].list.mailbox.utf8, "받은/새");
  const auto& odd = (*listed)[3].list.mailbox;
  EXPECT_EQ(odd.utf8, "받은/R&D-&APw-");
  EXPECT_TRUE(odd.well_formed);
  EXPECT_EQ(named("받은/R&D-&APw-"), odd);
  const auto opened = client->select(odd, false);
  ASSERT_TRUE(opened) << opened.error().one_line();
  EXPECT_EQ(opened->exists, 4u);
  EXPECT_EQ(find("안녕"), "2,4");
  EXPECT_EQ(move_to("보관함", "2,4"), "2,4");
  EXPECT_EQ(client->selected()->exists, 2u);
  EXPECT_EQ(client->select(named("없음"), false).error().kind,
            ErrorKind::no_such_item);
  EXPECT_EQ(append("보관함", {text("Subject: a\r\n")}), "12");
  EXPECT_TRUE(client->rename(named("보관함"), named("Archive")));
  const auto space = client->personal_namespace();
  ASSERT_TRUE(space && *space);
  EXPECT_EQ((*space)->prefix, "개인/");
}

TEST_P(ImapUtf8, Utf8Only) {
  play("utf8-only");
  server->set_tls({});
  ASSERT_TRUE(client->open(false));
  const auto in = log_in();
  ASSERT_TRUE(in) << in.error().one_line();
  const auto listed = client->list({});
  ASSERT_TRUE(listed) << listed.error().one_line();
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ((*listed)[0].list.mailbox, named("받은 편지함"));
  EXPECT_EQ((*listed)[1].list.mailbox, named("R&D"));
  ASSERT_TRUE(client->select(named("R&D"), false));
  EXPECT_EQ(find("안녕"), "2");
  EXPECT_EQ(move_to("받은 편지함", "2"), "2");
  auto first = text("Subject: 안녕\r\n", true);
  first.flags = {"\\Seen"};
  EXPECT_EQ(append("받은 편지함", {first, text("Subject: hi\r\n\r\n")}),
            "11:12");
}

TEST_P(ImapUtf8, OnlyAndNotEnabled) {
  for (const std::string answer :
       {"S: A1 NO not today\n", "S: A1 BAD what?\n", "S: A1 OK done\n",
        "S: * ENABLED CONDSTORE\nS: A1 OK done\n"}) {
    play_text(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 UTF8=ONLY] hi\n"
        "C: A1 ENABLE UTF8=ACCEPT\n" +
        answer);
    const auto opened = client->open(false);
    ASSERT_FALSE(opened) << answer;
    EXPECT_EQ(opened.error().kind, ErrorKind::protocol);
    EXPECT_EQ(server->unplayed(), "");
  }
}

// What a server can do may be known only once it is asked.
TEST_P(ImapUtf8, KnownLate) {
  play_text(
      "S: * PREAUTH hi\nC: A1 CAPABILITY\nS: * CAPABILITY IMAP4rev2\n"
      "S: A1 OK done\nC: A2 CREATE \"보관함\"\nS: A2 OK done\n");
  ASSERT_TRUE(client->open(false));
  // The same in both encodings: nothing is asked.
  EXPECT_EQ(named("Archive").wire, "Archive");
  EXPECT_TRUE(client->create(named("보관함")));
}

TEST_P(ImapUtf8, WhereRev1IsOfferedTooNamesAreModifiedUtf7) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev2 ENABLE IMAP4rev1 UTF8=ACCEPT] hi\n"
      "C: A1 CREATE R&-D&vPStANVo-\nS: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_TRUE(client->create(named("R&D보관함")));
  EXPECT_EQ(client->names(), imap::NameEncoding::modified_utf7);
}

// Beyond what is sent in quotes; and a name that is not UTF-8 goes back as it
// came.
TEST_P(ImapUtf8, AsLiterals) {
  std::string longest;
  while (longest.size() < 999) longest += "가";
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev2] hi\nC: A1 CREATE \"" +
            longest + "\"\nS: A1 OK done\nC: A2 CREATE {1002+}\nC: " + longest +
            "가\nS: A2 OK done\nC: A3 LIST \"\" \"*\"\n"
            "S: * LIST () \"/\" \"Gr\\xfc\"\nS: A3 OK done\n"
            "C: A4 CREATE {3+}\nC: Gr\\xfc\nS: A4 OK done\n"
            "C: A5 CREATE \"\\\"안\\\\녕\\\"\"\nS: A5 OK done\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_TRUE(client->create(named(longest)));
  EXPECT_TRUE(client->create(named(longest + "가")));
  const auto listed = client->list({});
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_FALSE((*listed)[0].list.mailbox.well_formed);
  EXPECT_TRUE(client->create((*listed)[0].list.mailbox));
  EXPECT_TRUE(client->create(named("\"안\\녕\"")));
}

constexpr auto kBoth =
    "S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE LITERAL+ UTF8=ACCEPT] hi\n";

// UTF8=ACCEPT is enabled once a message needs it, and then holds for names.
TEST_P(ImapUtf8, AcceptedForAHeader) {
  play_text(std::string(kBoth) +
            "C: A1 APPEND &vPStANVo- {4+}\nC: ab\nC: \nS: A1 OK done\n"
            "C: A2 ENABLE UTF8=ACCEPT\nS: * ENABLED UTF8=ACCEPT\n"
            "S: A2 OK done\nC: A3 APPEND \"보관함\" UTF8 (~{17+}\n"
            "C: Subject: 안녕\nC: )\nS: A3 NO [TRYCREATE] none\n"
            "C: A4 CREATE \"보관함\"\nS: A4 OK done\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_EQ(append("보관함", {text("ab\r\n")}), "unknown");
  const auto before = named("보관함");
  const auto message = text("Subject: 안녕\r\n", true);
  const auto ticket = client->begin_append(before, {&message, 1});
  ASSERT_TRUE(ticket);
  EXPECT_FALSE(client->finish_append(*ticket, 1));
  EXPECT_TRUE(client->create(before));
}

TEST_P(ImapUtf8, RefusedOrNotOfferedItGoesAsItIs) {
  const std::string as_it_is = "{17+}\nC: Subject: 안녕\nC: \n";
  play_text(std::string(kBoth) +
            "C: A1 ENABLE UTF8=ACCEPT\nS: A1 NO not today\n"
            "C: A2 APPEND INBOX " +
            as_it_is +
            "S: A2 OK done\n"
            "C: A3 APPEND INBOX " +
            as_it_is + "S: A3 OK done\n");
  ASSERT_TRUE(client->open(false));
  const auto message = text("Subject: 안녕\r\n", true);
  EXPECT_EQ(append("INBOX", {message}), "unknown");
  EXPECT_EQ(append("INBOX", {message}), "unknown");
  EXPECT_EQ(server->unplayed(), "");
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] hi\n"
      "C: A1 APPEND INBOX " +
      as_it_is + "S: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  EXPECT_EQ(append("INBOX", {message}), "unknown");
}

// RFC 5161 section 3.1.
TEST_P(ImapUtf8, NotWhileAMailboxIsSelected) {
  play_text(std::string(kBoth) +
            "C: A1 EXAMINE INBOX\nS: A1 OK done\n"
            "C: A2 APPEND Sent {17+}\nC: Subject: 안녕\nC: \nS: A2 OK done\n");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(client->select(named("INBOX"), true));
  EXPECT_EQ(append("Sent", {text("Subject: 안녕\r\n", true)}), "unknown");
}

}  // namespace
}  // namespace mailtool::client
