// UNCHANGEDSINCE (RFC 7162): of several that want a message one has it.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

class ImapClaim : public ImapDialogueTest {};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapClaim, testing::Values(4096, 1));

TEST_P(ImapClaim, OneHasIt) {
  play_in("CONDSTORE",
          "C: A1 UID STORE 7 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)\n"
          "S: * 3 FETCH (UID 7 MODSEQ (13))\n"
          "S: A1 OK done\n"
          "C: A2 UID STORE 7 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)\n"
          "S: * 3 FETCH (UID 7 MODSEQ (13) FLAGS (\\Seen))\n"
          "S: A2 OK [MODIFIED 7] not done\n"
          "C: A3 UID STORE 7 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)\n"
          "S: A3 NO [MODIFIED 7] not done\n"
          "C: A4 UID STORE 7 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)\n"
          "S: A4 NO [NOPERM] not you\n"
          "C: A5 UID STORE 7 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen)\n"
          "S: A5 BAD what\n");
  const auto claim = [&] { return client->claim_unseen(7, 12); };
  EXPECT_TRUE(*claim());
  EXPECT_FALSE(*claim());
  EXPECT_FALSE(*claim());
  const auto refused = claim();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().one_line().find("not you"), std::string::npos);
  EXPECT_FALSE(claim());
}

}  // namespace
}  // namespace mailtool::client
