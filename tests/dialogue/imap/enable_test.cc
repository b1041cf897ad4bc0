// ENABLE (RFC 5161) in the flight of what opens a mailbox.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapEnable : public ImapDialogueTest {
 protected:
  std::string begin(std::string_view extension) {
    const auto begun = client->begin_enable(extension);
    if (!begun) return begun.error().one_line();
    if (*begun) ticket = **begun;
    return *begun ? "sent" : "nothing";
  }
  // EXAMINE and all of its UIDs.
  std::string open_and_search() {
    imap::SearchKey all;
    auto found = client->select_and_search(folder("INBOX"), true, all);
    return found ? to_wire(found->search.uids) : found.error().one_line();
  }
  std::string finish() {
    const auto enabled = client->finish_enable(ticket);
    return !enabled ? enabled.error().one_line() : *enabled ? "on" : "off";
  }
  std::uint32_t ticket = 0;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapEnable, testing::Values(4096, 1));

constexpr auto kOffers = "ESEARCH ENABLE CONDSTORE UTF8=ACCEPT";

// All three are sent before the first is answered. A refusal, or a mailbox that
// is not there, says nothing of the others.
TEST_P(ImapEnable, RidesWithExamine) {
  struct Case {
    std::string said, enabled, open, found;
  };
  const std::string well =
      "S: * 2 EXISTS\nS: * OK [HIGHESTMODSEQ 41] x\nS: A2 OK open\n"
      "S: * ESEARCH (TAG \"A3\") UID ALL 3:4\nS: A3 OK found\n";
  const Case cases[] = {
      {"S: * ENABLED CONDSTORE\nS: A1 OK on\n", "on", well, "3:4"},
      {"S: A1 NO not today\n", "off", well, "3:4"},
      {"S: A1 BAD what?\n", "off", well, "3:4"},
      {"S: * ENABLED CONDSTORE\nS: A1 OK on\n", "on",
       "S: A2 NO [NONEXISTENT] none\nS: A3 BAD nothing is open\n",
       "SELECT INBOX: refused: server said: NO [NONEXISTENT] none"},
  };
  for (const auto& one : cases) {
    play_in(kOffers,
            "C: A1 ENABLE CONDSTORE\nC: A2 EXAMINE INBOX\n"
            "C: A3 UID SEARCH RETURN (ALL) ALL\n" +
                one.said + one.open);
    EXPECT_EQ(begin("CONDSTORE"), "sent");
    EXPECT_EQ(open_and_search(), one.found);
    EXPECT_EQ(finish(), one.enabled) << one.said;
    EXPECT_EQ(server->unplayed(), "");
  }
}

// RFC 9051 section 6.3.1: IMAP4rev2 has ENABLE.
TEST_P(ImapEnable, OfferedByIMAP4rev2) {
  play_in("IMAP4rev2 CONDSTORE", "C: A1 ENABLE CONDSTORE\nS: A1 OK done\n");
  EXPECT_EQ(begin("CONDSTORE"), "sent");
  EXPECT_EQ(finish(), "on");
}

TEST_P(ImapEnable, NothingToEnable) {
  for (const auto* offers : {"CONDSTORE", "ENABLE"}) {
    play_in(offers, "");
    EXPECT_EQ(begin("CONDSTORE"), "nothing");
  }
}

// RFC 5161 section 3.1.
TEST_P(ImapEnable, NotWhileAMailboxIsSelected) {
  play_in(kOffers,
          "C: A1 EXAMINE INBOX\nC: A2 UID SEARCH RETURN (ALL) ALL\n"
          "S: * 0 EXISTS\nS: A1 OK open\n"
          "S: * ESEARCH (TAG \"A2\") UID\nS: A2 OK found\n");
  EXPECT_EQ(open_and_search(), "");
  EXPECT_EQ(begin("CONDSTORE"), "nothing");
}

TEST_P(ImapEnable, TheLineIsLost) {
  play_in(kOffers,
          "C: A1 ENABLE CONDSTORE\nC: A2 EXAMINE INBOX\n"
          "C: A3 UID SEARCH RETURN (ALL) ALL\n"
          "S: * ENABLED CONDSTORE\nS: A1 OK on\n");
  EXPECT_EQ(begin("CONDSTORE"), "sent");
  EXPECT_NE(open_and_search().find("closed"), std::string::npos);
  EXPECT_EQ(finish(), "on");
}

}  // namespace
}  // namespace mailtool::client
