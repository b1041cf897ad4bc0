/// \file
/// What the tests of an IMAP server's session share.
#pragma once

#include <string>

#include "fake_backend.h"
#include "fake_store.h"
#include "mailtool/serve/imap_session.h"
#include "server_player.h"

namespace mailtool::serve {

inline const std::string kCan =
    "IMAP4rev1 IMAP4rev2 LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS MOVE "
    "MULTIAPPEND ESEARCH SEARCHRES PARTIAL WITHIN BINARY CONDSTORE SPECIAL-USE "
    "CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS STATUS=SIZE UNSELECT CHILDREN "
    "SASL-IR APPENDLIMIT=67108864";
inline const std::string kGreeting =
    "S: * OK [CAPABILITY " + kCan + " AUTH=PLAIN AUTH=LOGIN] mx\n";
inline const std::string kLogin = kGreeting + "C: a LOGIN alice secret\nS: a OK [CAPABILITY " +
                           kCan + "] logged in\n";

inline constexpr const char* kLunch =
    "From: =?utf-8?Q?J=C3=BCrgen?= <j@crepes.example>\r\n"
    "To: team: alice@x.example, bob@y.example;, carol@z.example\r\n"
    "Subject: lunch \"now\"\r\n"
    "Date: Fri, 20 Nov 2026 12:00:00 +0100\r\n"
    "Message-ID: <1@crepes.example>\r\n"
    "\r\n"
    "Noon?\r\nOr one?\r\n";
inline constexpr const char* kMixed =
    "Subject: menu\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=x\r\n"
    "\r\n"
    "--x\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\n"
    "See it.\r\n"
    "--x\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "Subject: inner\r\n"
    "\r\n"
    "Hi.\r\n"
    "--x--\r\n";

/// Each dialogue in pieces of 4096, 7 and 1 octets.
class ImapServerTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { settings.clear_text_login = true; }
  void play(const std::string& dialogue) {
    const auto session = make_imap_session(settings, store, users);
    ServerPlayer player(*session, static_cast<std::size_t>(GetParam()),
                        [&] { ++store.disk.synced; });
    player.play(test::parse_dialogue(dialogue));
  }
  // Logged in, with INBOX selected.
  void play_selected(const std::string& dialogue) {
    const auto count = std::to_string(store.inbox().messages().size());
    const auto next = std::to_string(store.inbox().uidnext());
    const auto modseq = std::to_string(store.inbox().highest_modseq());
    std::string unseen;
    for (std::size_t i = 0; i < store.inbox().messages().size(); ++i) {
      if ((store.inbox().messages()[i].flags & kSeen) != 0) continue;
      unseen = "S: * OK [UNSEEN " + std::to_string(i + 1) + "] the first\n";
      break;
    }
    play(kLogin +
         "C: s SELECT inbox\n"
         "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n"
         "S: * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft "
         "\\*)] kept\n"
         "S: * " + count + " EXISTS\nS: * 0 RECENT\n" + unseen +
         "S: * OK [UIDVALIDITY 7] for good\n"
         "S: * OK [UIDNEXT " + next + "] the next\n"
         "S: * OK [HIGHESTMODSEQ " + modseq + "] the highest\n"
         "S: s OK [READ-WRITE] open\n" + dialogue);
  }

  ImapSettings settings{.host = "mx"};
  FakeStore store;
  FakeUsers users;
};

}  // namespace mailtool::serve
