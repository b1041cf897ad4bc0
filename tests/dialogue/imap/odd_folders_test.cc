// Odd answers to LIST, STATUS and SEARCH.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapOddFolders : public ImapDialogueTest {
 protected:
  void in(const std::string& capabilities, const std::string& rest) {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1" + capabilities + "] hi\n" +
              rest);
    ASSERT_TRUE(client->open(false));
  }
  // The names that a LIST of these lines and a last folder "End" brings.
  std::string names(const std::string& lines) {
    in("", "C: A1 LIST \"\" \"*\"\n" + lines +
               "S: * LIST () \"/\" End\nS: A1 OK done\n");
    const auto listed = client->list({});
    if (!listed) return listed.error().one_line();
    std::string out;
    for (const auto& one : *listed) {
      out += one.list.mailbox.utf8 + "|" + one.list.delimiter + " ";
    }
    return out;
  }
  std::string found(const std::string& lines, bool count_only = false) {
    in(" ESEARCH", std::string("C: A1 UID SEARCH RETURN (") +
                       (count_only ? "COUNT" : "ALL") + ") ALL\n" + lines +
                       "S: A1 OK done\n");
    const auto search = client->search({}, count_only);
    if (!search) return search.error().one_line();
    return to_wire(search->uids) + " " + std::to_string(search->count);
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapOddFolders, testing::Values(4096, 1));

TEST_P(ImapOddFolders, Names) {
  struct Case {
    const char* why;
    const char* line;
    const char* name;
  };
  // clang-format off
  const Case cases[] = {
      {"tab",            "S: * LIST () \"/\" Sent\tItems\n",            "Sent\tItems|/ "},
      {"blank",          "S: * LIST () \"/\" Sent Items\n",             "Sent Items|/ "},
      {"bracket",        "S: * LIST () \"/\" a]b\n",                    "a]b|/ "},
      {"open bracket",   "S: * LIST () \"/\" [Mail\n",                  "[Mail|/ "},
      {"parentheses",    "S: * LIST () \"/\" a(b)c\n",                  "a(b)c|/ "},
      {"parentheses behind a blank", "S: * LIST () \"/\" Mail (old)\n", "Mail (old)|/ "},
      {"NIL for a name", "S: * LIST (\\Noselect) \"/\" NIL\n",          ""},
      {"NIL delimiter",  "S: * LIST () NIL flat\n",                     "flat| "},
      {"empty delimiter", "S: * LIST () \"\" flat\n",                   "flat| "},
      {"Inbox",          "S: * LIST () \"/\" Inbox\n",                  "INBOX|/ "},
      {"no modified UTF-7", "S: * LIST () \"/\" \"a&b\"\n",             "a&b|/ "},
      {"raw UTF-8",      "S: * LIST () \"/\" \"Entw\\xc3\\xbcrfe\"\n",  "Entw\xc3\xbcrfe|/ "},
      {"raw UTF-8, bare", "S: * LIST () \"/\" Entw\\xc3\\xbcrfe\n",     "Entw\xc3\xbcrfe|/ "},
      {"literal",        "S: * LIST () \"/\" {5}\nS: A1 OK\n",          "A1 OK|/ "},
      {"literal, then more", "S: * LIST () \"/\" {1}\nS: x (\"CHILDINFO\" (\"SUBSCRIBED\"))\n", "x|/ "},
      {"NIL attributes", "S: * LIST NIL \"/\" x\n",                     "x|/ "},
      {"blank behind",   "S: * LIST () \"/\" \"x\" \n",                 "x|/ "},
      {"lower case",     "S: * list () \"/\" x\n",                      "x|/ "},
  };
  // clang-format on
  for (const auto& c : cases) {
    EXPECT_EQ(names(c.line), std::string(c.name) + "End|/ ") << c.why;
  }
}

TEST_P(ImapOddFolders, Counts) {
  in("",
     "C: A1 STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
     "S: * STATUS \"INBOX\" ()\n"
     "S: A1 OK done\n"
     "C: A2 STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
     "S: * STATUS INBOX (MESSAGES 0 UIDNEXT 0 UIDVALIDITY 0 UNSEEN -1) \n"
     "S: A2 OK done\n"
     "C: A3 STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
     "S: * STATUS {5}\n"
     "S: INBOX (MESSAGES 4 APPENDLIMIT NIL X-ODD (1 2) UNSEEN 2)\n"
     "S: A3 OK done\n"
     "C: A4 STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"
     "S: A4 OK done\n");
  const auto inbox = folder("INBOX");
  const auto empty = client->status(inbox);
  ASSERT_TRUE(empty) << empty.error().one_line();
  EXPECT_EQ(empty->messages, std::nullopt);
  const auto zeros = client->status(inbox);
  ASSERT_TRUE(zeros);
  EXPECT_EQ(zeros->messages, 0u);
  EXPECT_EQ(zeros->uidnext, std::nullopt);
  EXPECT_EQ(zeros->uidvalidity, std::nullopt);
  EXPECT_EQ(zeros->unseen, std::nullopt);
  const auto more = client->status(inbox);
  ASSERT_TRUE(more);
  EXPECT_EQ(more->unseen, 2u);
  EXPECT_EQ(client->status(inbox).error().kind, ErrorKind::protocol);
}

TEST_P(ImapOddFolders, Hits) {
  EXPECT_EQ(found("S: * SEARCH 7456 \n"), "7456 1");
  EXPECT_EQ(found("S: * SEARCH\n"), " 0");
  EXPECT_EQ(found(""), "SEARCH: OK, and no answer before it");
  EXPECT_EQ(found("S: * SEARCH 4 2\nS: * SEARCH 9\n"), "2,4,9 3");
  EXPECT_EQ(found("S: * SEARCH 4 2 (MODSEQ 9)\n"), "2,4 2");
  EXPECT_EQ(found("S: * ESEARCH (TAG \"A1\") ALL 3:5\n"), "3:5 3");
  EXPECT_EQ(found("S: * ESEARCH ALL 3:5\n"), "3:5 3");
  EXPECT_EQ(found("S: * ESEARCH (TAG \"A1\") UID\n"), " 0");
  EXPECT_EQ(found("S: * ESEARCH (TAG a1) UID ALL 3 MODSEQ 0\n"), "3 1");
}

TEST_P(ImapOddFolders, HitsWhereACountWasAskedFor) {
  EXPECT_EQ(found("S: * SEARCH 4 2\n", true), "2,4 2");
  EXPECT_EQ(found("S: * ESEARCH (TAG \"A1\") UID COUNT 0\n", true), " 0");
}

// An answer that names another command is not taken for ours.
TEST_P(ImapOddFolders, HitsOfAnotherSearch) {
  EXPECT_EQ(found("S: * ESEARCH (TAG \"A9\") UID ALL 1:99\n"
                  "S: * ESEARCH (TAG \"A1\") UID ALL 4\n"),
            "4 1");
}

TEST_P(ImapOddFolders, OkToAPartOfTheSearch) {
  in(" ESEARCH",
     "C: A1 UID SEARCH RETURN (ALL) ALL\n"
     "S: * ESEARCH (TAG \"A1\") UID ALL 1:99\n"
     "S: A1 OK [MESSAGELIMIT 99] not all\n");
  EXPECT_EQ(client->search({}).error().kind, ErrorKind::rejected);
}

TEST_P(ImapOddFolders, FiftyThousandHitsOnOneLine) {
  std::string line = "S: * SEARCH";
  for (int n = 1; n <= 50'000; ++n) line += " " + std::to_string(2 * n);
  EXPECT_TRUE(found(line + "\n").ends_with(" 50000"));
}

}  // namespace
}  // namespace mailtool::client
