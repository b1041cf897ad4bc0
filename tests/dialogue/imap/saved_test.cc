// "$": what the server has kept of a search (RFC 5182).

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Kind = ImapChange::Kind;

class ImapSaved : public ImapDialogueTest {
 protected:
  void in(const std::string& capabilities, const std::string& rest) {
    play_in("ESEARCH SEARCHRES UIDPLUS " + capabilities, rest);
    client->keep_results(true);
    what.to = folder("Archive");
  }
  Result<ImapClient::FoundAndChanged> at_once() {
    EXPECT_TRUE(*client->may_change_at_once(what));
    return client->search_and_change(folder("INBOX"), subject("x"), what);
  }
  // MOVE behind a search for 2 and 4, which `rest` goes on with: both are
  // moved.
  void moves_both(const std::string& rest) {
    in("MOVE", kFlight + rest);
    const auto done = at_once();
    ASSERT_TRUE(done) << done.error().one_line();
    expect_changed(done->report, "2,4");
  }
  // A search, and then what is found is changed.
  ChangeReport one_by_one() {
    const auto found =
        client->select_and_search(folder("INBOX"), false, subject("x"));
    EXPECT_TRUE(found) << found.error().one_line();
    return found ? client->change(what, found->search.uids) : ChangeReport();
  }
  ImapChange what;
  const std::string kFlight =
      "C: A1 SELECT INBOX\n"
      "C: A2 UID SEARCH RETURN (SAVE ALL) SUBJECT x\n"
      "C: A3 UID MOVE $ Archive\n"
      "S: * OK [UIDVALIDITY 7] valid\n"
      "S: A1 OK selected\n";
  const std::string kFound =
      "S: * ESEARCH (TAG \"A2\") UID ALL 2,4\n"
      "S: A2 OK searched\n";
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapSaved, testing::Values(4096, 1));

// SELECT, SEARCH and MOVE share a flight.
TEST_P(ImapSaved, MoveAtOnce) {
  in("MOVE", kFlight +
                 "S: * ESEARCH (TAG \"A2\") UID ALL 2,4\n"
                 "S: A2 OK searched\n"
                 "S: * OK [COPYUID 9 2,4 1:2] moved\n"
                 "S: * 2 EXPUNGE\n"
                 "S: * 1 EXPUNGE\n"
                 "S: A3 OK done\n");
  const auto done = at_once();
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(done->found.mailbox.uidvalidity, 7u);
  EXPECT_EQ(to_wire(done->report.changed), "2,4");
  EXPECT_EQ(to_wire(done->report.copied->target), "1:2");
}

// Nothing found: the MOVE of nothing is passed over.
TEST_P(ImapSaved, NothingFound) {
  in("MOVE", kFlight +
                 "S: * ESEARCH (TAG \"A2\") UID\n"
                 "S: A2 OK searched\n"
                 "S: A3 OK No messages found.\n");
  const auto done = at_once();
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->found.search.uids.empty());
  EXPECT_TRUE(done->report.whole());
}

// No such folder: what follows the SELECT finds nothing selected.
TEST_P(ImapSaved, NoSuchFolder) {
  in("MOVE",
     "C: A1 SELECT INBOX\n"
     "C: A2 UID SEARCH RETURN (SAVE ALL) SUBJECT x\n"
     "C: A3 UID MOVE $ Archive\n"
     "S: A1 NO [NONEXISTENT] no such mailbox\n"
     "S: A2 BAD No mailbox selected\n"
     "S: A3 BAD No mailbox selected\n");
  EXPECT_EQ(at_once().error().kind, ErrorKind::no_such_item);
}

// "$" is not understood: the messages are named.
TEST_P(ImapSaved, NotUnderstood) {
  moves_both(kFound +
             "S: A3 BAD invalid set\n"
             "C: A4 UID MOVE 2,4 Archive\n"
             "S: A4 OK [COPYUID 9 2,4 1:2] done\n");
}

// The search was not saved, so that "$" was nothing: the messages are named.
TEST_P(ImapSaved, SavedAndStillEmpty) {
  moves_both(
      "S: * SEARCH 2 4\n"
      "S: A2 OK searched\n"
      "S: A3 OK No messages found.\n"
      "C: A4 UID MOVE 2,4 Archive\n"
      "S: A4 OK [COPYUID 9 2,4 1:2] done\n");
}

// The target is missing: it is created, and the MOVE said once more.
TEST_P(ImapSaved, TargetCreated) {
  what.create = true;
  moves_both(kFound +
             "S: A3 NO [TRYCREATE] no such mailbox\n"
             "C: A4 CREATE Archive\n"
             "S: A4 OK created\n"
             "C: A5 UID MOVE $ Archive\n"
             "S: A5 OK [COPYUID 9 2,4 1:2] done\n");
}

// It can save, but will not now: the search is said again without.
TEST_P(ImapSaved, NotSaved) {
  in("MOVE",
     "C: A1 SELECT INBOX\n"
     "C: A2 UID SEARCH RETURN (SAVE ALL) SUBJECT x\n"
     "S: A1 OK selected\n"
     "S: A2 NO [NOTSAVED] no room\n"
     "C: A3 SELECT INBOX\n"
     "C: A4 UID SEARCH RETURN (ALL) SUBJECT x\n"
     "S: A3 OK selected\n"
     "S: * ESEARCH (TAG \"A4\") UID ALL 2\n"
     "S: A4 OK searched\n"
     "C: A5 UID MOVE 2 Archive\n"
     "S: A5 OK done\n");
  EXPECT_EQ(one_by_one().unchanged.count(), 0u);
}

// The MOVE behind a search that was not saved moved nothing, whatever it is
// answered: what the second search finds is moved by a MOVE of its own.
TEST_P(ImapSaved, NotSavedAtOnce) {
  for (const std::string answer : {"OK Completed", "NO [TRYCREATE] none"}) {
    moves_both(
        "S: A2 NO [NOTSAVED] no room\n"
        "C: A4 SELECT INBOX\n"
        "C: A5 UID SEARCH RETURN (ALL) SUBJECT x\n"
        "S: A3 " +
        answer +
        "\n"
        "S: A4 OK selected\n"
        "S: * ESEARCH (TAG \"A5\") UID ALL 2,4\n"
        "S: A5 OK searched\n"
        "C: A6 UID MOVE 2,4 Archive\n"
        "S: A6 OK [COPYUID 9 2,4 1:2] done\n");
    EXPECT_EQ(server->unplayed(), "") << answer;
  }
}

// What the server says it has moved all the same is not moved again.
TEST_P(ImapSaved, NotSavedAndMoved) {
  in("MOVE", kFlight +
                 "S: A2 NO [NOTSAVED] no room\n"
                 "C: A4 SELECT INBOX\n"
                 "C: A5 UID SEARCH RETURN (ALL) SUBJECT x\n"
                 "S: A3 OK [COPYUID 9 2 1] done\n"
                 "S: A4 OK selected\n"
                 "S: * ESEARCH (TAG \"A5\") UID ALL 4\n"
                 "S: A5 OK searched\n");
  const auto done = at_once();
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(done->report.stopped_by->kind, ErrorKind::protocol);
  EXPECT_EQ(to_wire(done->report.changed), "2");
}

// The search has no answer, or one for another command: what was moved is told
// by COPYUID.
TEST_P(ImapSaved, NoAnswerToTheSearch) {
  for (const std::string answer :
       {"", "S: * ESEARCH (TAG \"zz\") UID ALL 2,4\n"}) {
    in("MOVE", kFlight + answer +
                   "S: A2 OK searched\n"
                   "S: * OK [COPYUID 9 2,4 1:2] moved\n"
                   "S: * 2 EXPUNGE\n"
                   "S: * 1 EXPUNGE\n"
                   "S: A3 OK done\n");
    const auto done = at_once();
    ASSERT_TRUE(done) << done.error().one_line();
    EXPECT_EQ(done->report.stopped_by->kind, ErrorKind::protocol);
    EXPECT_EQ(to_wire(done->found.search.uids), "2,4");
    EXPECT_EQ(to_wire(done->report.changed), "2,4");
    EXPECT_EQ(to_wire(done->report.copied->target), "1:2");
  }
}

// Without MOVE each step waits for the one before.
TEST_P(ImapSaved, CopyAwaited) {
  in("",
     "C: A1 SELECT INBOX\n"
     "C: A2 UID SEARCH RETURN (SAVE ALL) SUBJECT x\n"
     "S: A1 OK selected\n"
     "S: * ESEARCH (TAG \"A2\") UID ALL 2,4\n"
     "S: A2 OK searched\n"
     "C: A3 UID COPY $ Archive\n"
     "S: A3 OK [COPYUID 9 2,4 1:2] copied\n"
     "C: A4 UID STORE $ +FLAGS.SILENT (\\Deleted)\n"
     "S: A4 OK done\n"
     "C: A5 UID EXPUNGE $\n"
     "S: * 2 EXPUNGE\n"
     "S: * 1 EXPUNGE\n"
     "S: A5 OK done\n");
  EXPECT_FALSE(*client->may_change_at_once(what));
  expect_changed(one_by_one(), "2,4");
}

// Of four found three were copied: the fourth is not touched, and "$", which
// still names it, not used.
TEST_P(ImapSaved, OnlyWhatWasCopied) {
  in("",
     "C: A1 SELECT INBOX\n"
     "C: A2 UID SEARCH RETURN (SAVE ALL) SUBJECT x\n"
     "S: A1 OK selected\n"
     "S: * ESEARCH (TAG \"A2\") UID ALL 2:5\n"
     "S: A2 OK searched\n"
     "C: A3 UID COPY $ Archive\n"
     "S: A3 OK [COPYUID 9 2,4:5 1:3] copied\n"
     "C: A4 UID STORE 2,4:5 +FLAGS.SILENT (\\Deleted)\n"
     "S: A4 OK done\n"
     "C: A5 UID EXPUNGE 2,4:5\n"
     "S: * VANISHED 2,4:5\n"
     "S: A5 OK done\n");
  const auto moved = one_by_one();
  expect_changed(moved, "2,4:5");
  EXPECT_EQ(to_wire(moved.gone), "3");
}

// What flags the messages had is asked for along with the search.
TEST_P(ImapSaved, FlagsBefore) {
  in("",
     "C: A1 SELECT INBOX\n"
     "C: A2 UID SEARCH RETURN (SAVE ALL) SUBJECT x\n"
     "C: A3 UID SEARCH RETURN (ALL) $ UNSEEN\n"
     "S: A1 OK selected\n"
     "S: * ESEARCH (TAG \"A2\") UID ALL 2,4\n"
     "S: A2 OK searched\n"
     "S: * ESEARCH (TAG \"A3\") UID ALL 4\n"
     "S: A3 OK searched\n"
     "C: A4 UID STORE $ +FLAGS.SILENT (\\Seen)\n"
     "S: A4 OK done\n");
  imap::SearchKey unseen;
  unseen.kind = imap::SearchKey::Kind::word;
  unseen.name = "UNSEEN";
  client->keep_results(true, {unseen});
  const auto found =
      client->select_and_search(folder("INBOX"), false, subject("x"));
  ASSERT_TRUE(found) << found.error().one_line();
  EXPECT_EQ(to_wire(*client->among(found->search.uids, unseen)), "4");
  what.kind = Kind::flags;
  what.add = {"\\Seen"};
  EXPECT_TRUE(client->change(what, found->search.uids).whole());
}

}  // namespace
}  // namespace mailtool::client
