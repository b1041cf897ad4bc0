// NAMESPACE (RFC 2342): what servers say of it, and what names become of it.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

TEST(ImapNamespaceName, WithPrefixAndDelimiter) {
  const PersonalNamespace courier{"INBOX.", "."};
  EXPECT_EQ(name_within(courier, "Archive/2026"), "INBOX.Archive.2026");
  EXPECT_EQ(name_within(courier, "Archive.2026"), "INBOX.Archive.2026");
  EXPECT_EQ(name_within(courier, "INBOX.Archive"), "INBOX.Archive");
  EXPECT_EQ(name_within(courier, "inbox/Archive"), "inbox.Archive");
  EXPECT_EQ(name_within(courier, "Inbox"), "Inbox");
  EXPECT_EQ(name_within(courier, "INBOXES"), "INBOX.INBOXES");
  const PersonalNamespace own{"~bob/", "/"};
  EXPECT_EQ(name_within(own, "A/B"), "~bob/A/B");
  EXPECT_EQ(name_within(own, "~BOB/A"), "~bob/~BOB/A");
  const PersonalNamespace plain{"", "/"};
  EXPECT_EQ(name_within(plain, "A/B"), "A/B");
  const PersonalNamespace flat{"", ""};
  EXPECT_EQ(name_within(flat, "A/B"), "A/B");
}

TEST(ImapNamespaceName, InAnother) {
  const PersonalNamespace space{"INBOX.", ".", {"user.", "#shared.", "~"}};
  for (const char* name : {"user.bob", "User/bob", "user", "#shared.A", "~bob"}) {
    EXPECT_TRUE(lies_elsewhere(space, name)) << name;
  }
  for (const char* name : {"users", "use", "userxbob", "shared.A", "A"}) {
    EXPECT_FALSE(lies_elsewhere(space, name)) << name;
  }
  EXPECT_FALSE(any_may_lie_elsewhere(space));
  EXPECT_TRUE(any_may_lie_elsewhere({"INBOX.", ".", {"user.", ""}}));
}

class ImapNamespace : public ImapDialogueTest {
 protected:
  std::string ask(const std::string& answer,
                  const std::string& offers = "NAMESPACE") {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 " + offers +
              "] hi\n"
              "C: A1 NAMESPACE\n" +
              answer + "S: A1 OK done\n");
    EXPECT_TRUE(client->open(false));
    auto space = client->personal_namespace();
    if (!space) return space.error().one_line();
    if (!*space) return "none";
    auto text = (*space)->prefix + "|" + (*space)->delimiter;
    for (const auto& other : (*space)->others) text += "|" + other;
    return text;
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapNamespace, testing::Values(4096, 1));

TEST_P(ImapNamespace, TheFirstOfOnesOwn) {
  EXPECT_EQ(ask("S: * NAMESPACE ((\"INBOX.\" \".\")(\"#mh/\" \"/\")) NIL "
                "((\"#shared.\" \".\"))\n"),
            "INBOX.|.|#mh/|#shared.");
}
TEST_P(ImapNamespace, AnotherThatIsNotUnderstood) {
  for (const char* others : {"x NIL", "NIL ((1 2))", "NIL (NIL)", "NIL ((\"x\"))"}) {
    EXPECT_EQ(ask("S: * NAMESPACE ((\"INBOX.\" \".\")) " +
                  std::string(others) + "\n"),
              "none")
        << others;
  }
}
TEST_P(ImapNamespace, NoPrefix) {
  EXPECT_EQ(ask("S: * namespace ((\"\" \"/\")) NIL NIL\n"), "|/");
}
TEST_P(ImapNamespace, OfRev2) {
  EXPECT_EQ(ask("S: * NAMESPACE ((\"\" \"/\" \"X\" (\"Y\"))) NIL NIL\n",
                "IMAP4rev2"),
            "|/");
}
TEST_P(ImapNamespace, NotAsciiAndNoDelimiter) {
  EXPECT_EQ(ask("S: * NAMESPACE ((\"Gr&APwA3w-e\" NIL)) NIL NIL\n"),
            "Gr\u00fc\u00dfe|");
}
TEST_P(ImapNamespace, NoneOfOnesOwn) {
  EXPECT_EQ(ask("S: * NAMESPACE NIL NIL ((\"#s/\" \"/\"))\n"), "none");
}
TEST_P(ImapNamespace, Nothing) { EXPECT_EQ(ask(""), "none"); }
TEST_P(ImapNamespace, Odd) {
  for (const char* said : {"", " ", " ()", " (())", " (NIL)", " ((1 2))",
                           " ((\"x\" \"ab\"))", " ((\"x", " \"x\""}) {
    EXPECT_EQ(ask("S: * NAMESPACE" + std::string(said) + "\n"), "none")
        << said;
  }
}
TEST_P(ImapNamespace, ALineEndInThePrefix) {
  EXPECT_EQ(ask("S: * NAMESPACE (({3}\n"
                "S: a\n"
                "S:  \".\")) NIL NIL\n"),
            "none");
}
TEST_P(ImapNamespace, NotOffered) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n");
  ASSERT_TRUE(client->open(false));
  const auto space = client->personal_namespace();
  ASSERT_TRUE(space);
  EXPECT_FALSE(space->has_value());
}
TEST_P(ImapNamespace, Refused) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE] hi\n"
            "C: A1 NAMESPACE\n"
            "S: A1 NO not today\n");
  ASSERT_TRUE(client->open(false));
  const auto space = client->personal_namespace();
  ASSERT_TRUE(space);
  EXPECT_FALSE(space->has_value());
}

}  // namespace
}  // namespace mailtool::client
