// Flags that the server would not keep are not set: it would say OK.

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Kind = ImapChange::Kind;

class ImapPermanentFlags : public ImapDialogueTest {
 protected:
  /// A mailbox that keeps `permanent`, and what follows its SELECT.
  void begin(const std::string& permanent, const std::string& rest = "",
             const std::string& capabilities = "UIDPLUS") {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 " + capabilities +
              "] hi\n"
              "C: A1 SELECT INBOX\n"
              "S: * 3 EXISTS\n"
              "S: * FLAGS (\\Answered \\Flagged \\Deleted \\Seen $Old)\n"
              "S: * OK [PERMANENTFLAGS " +
              permanent + "] of these\nS: A1 OK done\n" + rest);
    ASSERT_TRUE(client->open(false));
    ASSERT_TRUE(client->select(folder("INBOX"), false));
  }
  void refused(const ChangeReport& report, std::string_view flag) {
    ASSERT_FALSE(report.whole());
    EXPECT_EQ(report.stopped_by->kind, ErrorKind::unsupported);
    EXPECT_EQ(report.stopped_by->what, "the server does not keep " +
                                           std::string(flag) +
                                           " in this folder");
    EXPECT_EQ(to_wire(report.unchanged), "1:3");
    EXPECT_TRUE(report.changed.empty());
  }
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapPermanentFlags, testing::Values(4096, 1));

TEST_P(ImapPermanentFlags, AKeywordThatIsNotKept) {
  begin("(\\Answered \\Seen)");
  refused(flag("1:3", {"\\Seen", "$Foo"}), "$Foo");
  refused(flag("1:3", {}, {"$Old"}), "$Old");
  refused(flag("1:3", {"\\Flagged"}, {"\\Deleted"}), "\\Flagged \\Deleted");
}

TEST_P(ImapPermanentFlags, NoFlagIsKept) {
  begin("()");
  refused(flag("1:3", {"\\Seen"}), "\\Seen");
}

TEST_P(ImapPermanentFlags, WhatIsKept) {
  const std::string stored =
      "C: A2 UID STORE 1:3 +FLAGS.SILENT (\\seen $Foo)\n"
      "C: A3 UID STORE 1:3 -FLAGS.SILENT ($Never)\n"
      "S: A2 OK done\n"
      "S: A3 OK done\n";
  for (const std::string permanent :
       {"(\\Seen \\*)", "(\\Seen $foo)", "nonsense"}) {
    begin(permanent, stored);
    EXPECT_TRUE(flag("1:3", {"\\seen", "$Foo"}, {"$Never"}).whole());
    EXPECT_EQ(server->unplayed(), "");
  }
}

// Not even copied.
TEST_P(ImapPermanentFlags, DeletedIsNot) {
  begin("(\\Seen \\*)");
  refused(change(Kind::move, "1:3"), "\\Deleted");
  refused(change(Kind::erase, "1:3"), "\\Deleted");
  begin("(\\Seen \\*)", "", "IDLE");
  refused(change(Kind::move, "1:3", true), "\\Deleted");
  refused(change(Kind::erase, "1:3", true), "\\Deleted");
}

// The server's own business.
TEST_P(ImapPermanentFlags, MoveAndCopySetNone) {
  begin("()",
        "C: A2 UID MOVE 1:3 Archive\n"
        "S: * VANISHED 1:3\n"
        "S: A2 OK [COPYUID 9 1:3 1:3] done\n"
        "C: A3 UID COPY 4 Archive\n"
        "S: A3 OK [COPYUID 9 4 4] done\n",
        "UIDPLUS MOVE");
  EXPECT_TRUE(change(Kind::move, "1:3").whole());
  EXPECT_TRUE(change(Kind::copy, "4").whole());
}

}  // namespace
}  // namespace mailtool::client
