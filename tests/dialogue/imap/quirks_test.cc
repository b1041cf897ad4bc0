// What is decided from the greeting, and what a server pushes.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapQuirk : public ImapDialogueTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapQuirk, testing::Values(4096, 1));

TEST_P(ImapQuirk, IdBeforeSelectAndNoInitialResponse) {
  for (const std::string name : {"coremail", "coremail-login"}) {
    play(name);
    ASSERT_TRUE(client->open(false));
    EXPECT_TRUE(client->quirks().id_before_select);
    EXPECT_TRUE(client->quirks().no_initial_response);
    const auto in = log_in();
    ASSERT_TRUE(in) << in.error().one_line();
    EXPECT_TRUE(client->select(folder("INBOX"), false));
    EXPECT_EQ(server->unplayed(), "") << name;
  }
}

TEST_P(ImapQuirk, NoneWithoutReason) {
  play("preauth");
  ASSERT_TRUE(client->open(false));
  EXPECT_EQ(client->quirks(), ImapQuirks{});
}

struct Seen : ImapObserver {
  void on_unsolicited(const imap::Response& data) override {
    if (const auto* exists = std::get_if<imap::ExistsData>(&data)) {
      words += std::to_string(exists->count) + " ";
    }
    if (std::holds_alternative<imap::FetchData>(data)) words += "FETCH ";
  }
  void on_status(const imap::StatusResponse&) override {}
  std::string words;
};

TEST_P(ImapQuirk, PushedAroundThePlusOfIdle) {
  play("idle-pushes");
  Seen seen;
  ImapDialogue dialogue(*server, seen);
  ASSERT_TRUE(dialogue.greeting());
  const auto ticket = dialogue.send_line("IDLE", "IDLE");
  ASSERT_TRUE(ticket);
  const auto idling = dialogue.next_turn(*ticket);
  ASSERT_TRUE(idling) << idling.error().one_line();
  EXPECT_TRUE(idling->continues);
  EXPECT_EQ(seen.words, "9 ");
  const auto done = dialogue.next_turn(*ticket);
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_FALSE(done->continues);
  EXPECT_EQ(seen.words, "9 FETCH 10 ");
}

}  // namespace
}  // namespace mailtool::client
