// What IMAP4rev2 has otherwise, once it is enabled.

#include "imap_fixture.h"

namespace mailtool::serve {
namespace {

// What EXAMINE says.
std::string opened(const std::string& tag, const std::string& name,
                   int uidvalidity, int messages = 0) {
  const auto next = std::to_string(messages + 1);
  return "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n"
         "S: * OK [PERMANENTFLAGS ()] kept\n"
         "S: * " + std::to_string(messages) + " EXISTS\n"
         "S: * LIST () \"/\" \"" + name + "\"\n"
         "S: * OK [UIDVALIDITY " + std::to_string(uidvalidity) + "] for good\n"
         "S: * OK [UIDNEXT " + next + "] the next\n"
         "S: * OK [HIGHESTMODSEQ 10] the highest\n"
         "S: " + tag + " OK [READ-ONLY] open\n";
}
const std::string kEnable = "C: e ENABLE IMAP4rev2\nS: * ENABLED IMAP4rev2\nS: e OK done\n";

TEST_P(ImapServerTest, EnabledIsWhatIsNew) {
  play(kLogin + R"(
C: b ENABLE WEATHER IMAP4rev2 imap4REV2
S: * ENABLED IMAP4rev2
S: b OK done
C: c ENABLE IMAP4rev2
S: * ENABLED
S: c OK done
)");
}

TEST_P(ImapServerTest, SelectByRev2) {
  store.inbox().put("a\r\n");
  store.mailboxes->add("b");
  const std::string closed = "S: * OK [CLOSED] left\n";
  play(kLogin + kEnable + "C: b EXAMINE inbox\n" + opened("b", "INBOX", 7, 1) +
       "C: c EXAMINE b\n" + closed + opened("c", "b", 8) +
       "C: d SELECT Nowhere\n" + closed +
       R"(S: d NO [NONEXISTENT] no such mailbox
C: f STATUS b (MESSAGES RECENT)
S: f BAD STATUS mailbox (items)
C: g LIST "" % RETURN (STATUS (RECENT))
S: g BAD no such return option
C: h EXAMINE b
)" + opened("h", "b", 8) +
       R"(C: i DELETE b
S: * OK [CLOSED] the mailbox that is selected was deleted
S: i OK done
)");
}

TEST_P(ImapServerTest, NamesInUtf8) {
  play(kLogin + kEnable + R"(
C: b CREATE "점심/R&D \\ \"x\""
S: b OK done
C: c LIST "" *
S: * LIST (\HasNoChildren) "/" "INBOX"
S: * LIST (\NonExistent \HasChildren) "/" "점심"
S: * LIST (\HasNoChildren) "/" "점심/R&D \\ \"x\""
S: c OK done
C: d STATUS 점심/R&D* (MESSAGES)
S: d NO [NONEXISTENT] no such mailbox
C: f CREATE &yATA3Q-
S: f OK done
C: g LIST "" &%
S: * LIST (\HasNoChildren) "/" "&yATA3Q-"
S: g OK done
C: h SUBSCRIBE 점심
S: h OK done
C: i LSUB "" 점%
S: * LSUB () "/" "점심"
S: i OK done
)");
  // Whoever has not enabled it sees the same names in the other form.
  play(kLogin + R"(
C: b LIST "" &%
S: * LIST (\HasNoChildren) "/" "&-yATA3Q-"
S: b OK done
C: c LIST "" &yBDC7A-/%
S: * LIST (\HasNoChildren) "/" "&yBDC7A-/R&-D \\ \"x\""
S: c OK done
)");
}

TEST_P(ImapServerTest, NoNamesInUtf8) {
  play(kLogin + kEnable + "C: b CREATE \"\xff\"\n"
       "S: b NO [CANNOT] no legal name of a mailbox\n");
}

}  // namespace
}  // namespace mailtool::serve
