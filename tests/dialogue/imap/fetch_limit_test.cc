// FETCH: servers that stop at a number of messages, what the extensions tell,
// and how much is held.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapFetchLimit : public ImapDialogueTest {
 protected:
  Result<imap::SequenceSet> fetch(std::string_view set, FetchItems items = {}) {
    return client->fetch(uids(set), items,
                         [&](imap::FetchData& message) -> Result<void> {
                           rows += std::to_string(*message.uid) +
                                   (message.warnings.empty() ? " " : "! ");
                           last = message;
                           return {};
                         });
  }
  std::string rows;
  imap::FetchData last;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapFetchLimit, testing::Values(4096, 1));

// RFC 9738 section 3: from the highest UID down, until the one it names.
TEST_P(ImapFetchLimit, TheServerIsAskedForTheRest) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=2] hi\n"
      "C: A1 UID FETCH 1:3,7 (UID FLAGS)\n"
      "S: * 3 FETCH (UID 3 FLAGS ())\n"
      "S: * 4 FETCH (UID 7 FLAGS ())\n"
      "S: A1 OK [MESSAGELIMIT 2 3] 2 of 4\n"
      "C: A2 UID FETCH 1:2 (UID FLAGS)\n"
      "S: * 1 FETCH (UID 1 FLAGS ())\n"
      "S: * 2 FETCH (UID 2 FLAGS ())\n"
      "S: A2 OK done\n");
  ASSERT_TRUE(client->open(false));
  const auto seen = fetch("1:3,7");
  ASSERT_TRUE(seen) << seen.error().one_line();
  EXPECT_EQ(to_wire(*seen), "1:3,7");
  EXPECT_EQ(rows, "3 7 1 2 ");
}

TEST_P(ImapFetchLimit, WhereItDoesNotSayWhereItStoppedThatIsAnError) {
  for (const char* code : {"[MESSAGELIMIT 1]", "[MESSAGELIMIT 1 0]",
                           "[MESSAGELIMIT 1 9]", "[MESSAGELIMIT 1 x]"}) {
    rows.clear();
    play_text(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=1] hi\n"
        "C: A1 UID FETCH 5,7 (UID FLAGS)\n"
        "S: * 3 FETCH (UID 7 FLAGS ())\n"
        "S: A1 OK " +
        std::string(code) + " only one\n");
    ASSERT_TRUE(client->open(false));
    const auto seen = fetch("5,7");
    ASSERT_FALSE(seen) << code;
    EXPECT_EQ(seen.error().kind, ErrorKind::rejected);
    EXPECT_EQ(rows, "7 ");
  }
}

// One that names the highest again and again is not asked for ever.
TEST_P(ImapFetchLimit, NoProgressEnds) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=1] hi\n"
      "C: A1 UID FETCH 1:2 (UID FLAGS)\n"
      "S: A1 OK [MESSAGELIMIT 1 2] none\n"
      "C: A2 UID FETCH 1 (UID FLAGS)\n"
      "S: A2 OK [MESSAGELIMIT 1 1] none\n");
  ASSERT_TRUE(client->open(false));
  const auto seen = fetch("1:2");
  ASSERT_TRUE(seen) << seen.error().one_line();
  EXPECT_TRUE(seen->empty());
}

TEST_P(ImapFetchLimit, ItemsOfExtensions) {
  play_text(
      "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
      "C: A1 UID FETCH 5,7 (UID FLAGS SAVEDATE PREVIEW EMAILID THREADID)\n"
      "S: * 2 FETCH (UID 5 FLAGS () SAVEDATE \"20-Nov-2026 12:00:00 +0000\" "
      "PREVIEW {5}\n"
      "S: Noon? EMAILID (M6d99) THREADID (T64b))\n"
      "S: * 3 FETCH (UID 7 SAVEDATE NIL PREVIEW NIL EMAILID (M7) THREADID NIL "
      "FLAGS ())\n"
      "S: A1 OK done\n");
  ASSERT_TRUE(client->open(false));
  FetchItems items;
  items.save_date = items.preview = items.email_id = items.thread_id = true;
  ASSERT_TRUE(fetch("5,7", items));
  EXPECT_EQ(rows, "5 7 ");
  EXPECT_EQ(last.save_date, "");
  EXPECT_EQ(last.preview, "");
  EXPECT_EQ(last.email_id, "M7");
  EXPECT_EQ(last.thread_id, "");
}

// A server that never sends the sizes: rows go out all the same, while others
// come.
TEST_P(ImapFetchLimit, WhatIsIncompleteIsNotHeldForEver) {
  std::string text =
      "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
      "C: A1 UID FETCH 1:1500 (UID FLAGS RFC822.SIZE)\n";
  for (int uid = 1; uid <= 1500; ++uid) {
    text += "S: * " + std::to_string(uid) + " FETCH (UID " +
            std::to_string(uid) + " FLAGS ())\n";
  }
  play_text(text + "<server closes>\n");
  ASSERT_TRUE(client->open(false));
  FetchItems items;
  items.size = true;
  EXPECT_FALSE(fetch("1:1500", items));
  EXPECT_TRUE(rows.starts_with("1! 2! 3! ")) << rows.substr(0, 20);
  EXPECT_TRUE(rows.ends_with(" 500! "));
}

}  // namespace
}  // namespace mailtool::client
