// Batches of messages, one flight of FETCH: the next are asked for before the
// last are answered.

#include "dialogue/imap/session.h"
#include "mailtool/client/imap_batches.h"

namespace mailtool::client {
namespace {

class ImapBatchesTest : public ImapDialogueTest {
 protected:
  void begin(const std::string& text) {
    play_text("S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n" + text);
    ASSERT_TRUE(client->open(false));
  }
  Result<void> fetch(const std::vector<std::string>& sets) {
    rows.clear();
    FetchBatches batches;
    std::size_t next = 0;
    batches.next = [&]() -> imap::SequenceSet {
      return next == sets.size() ? imap::SequenceSet() : uids(sets[next++]);
    };
    batches.take = [&](std::vector<imap::FetchData>& messages) -> Result<void> {
      for (const auto& message : messages) {
        rows += std::to_string(*message.uid) +
                (message.warnings.empty() ? " " : "! ");
      }
      rows += "; ";
      if (fails) return Error{ErrorKind::local_io, "disk full"};
      return {};
    };
    return fetch_batches(*client, {}, batches);
  }
  std::string rows;
  bool fails = false;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapBatchesTest, testing::Values(4096, 1));

const char* const kThree =
    "C: A1 UID FETCH 7:8 (UID FLAGS)\n"
    "C: A2 UID FETCH 1,3 (UID FLAGS)\n"
    "C: A3 UID FETCH 5 (UID FLAGS)\n";

TEST_P(ImapBatchesTest, AllInOneFlight) {
  begin(std::string(kThree) +
        "S: * 5 FETCH (UID 7 FLAGS ())\n"
        "S: * 6 FETCH (UID 8 FLAGS ())\n"
        "S: A1 OK done\n"
        "S: * 1 FETCH (UID 1 FLAGS ())\n"
        "S: A2 OK done\n"
        "S: * 4 FETCH (UID 5 FLAGS ())\n"
        "S: A3 OK done\n");
  const auto done = fetch({"7:8", "1,3", "5"});
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(rows, "7 8 ; 1 ; 5 ; ");
}

// RFC 9051 section 5.5: a server may go on to the next command.
TEST_P(ImapBatchesTest, AnsweredAllAtOnce) {
  begin(std::string(kThree) +
        "S: * 1 FETCH (UID 1 FLAGS ())\n"
        "S: * 5 FETCH (UID 7 FLAGS ())\n"
        "S: * 4 FETCH (UID 5 FLAGS ())\n"
        "S: A3 OK done\n"
        "S: * 2 FETCH (UID 3 FLAGS ())\n"
        "S: A2 OK done\n"
        "S: * 6 FETCH (UID 8 FLAGS ())\n"
        "S: * 6 FETCH (FLAGS (\\Seen))\n"
        "S: * 9 FETCH (UID 90 FLAGS ())\n"
        "S: A1 OK done\n");
  const auto done = fetch({"7:8", "1,3", "5"});
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(rows, "7 8 ; 1 3 ; 5 ; ");
}

TEST_P(ImapBatchesTest, TheRestWhereTheServerStops) {
  begin("C: A1 UID FETCH 1:3 (UID FLAGS)\n"
        "C: A2 UID FETCH 8 (UID FLAGS)\n"
        "S: * 3 FETCH (UID 3 FLAGS ())\n"
        "S: A1 OK [MESSAGELIMIT 1 3] 1 of 3\n"
        "C: A3 UID FETCH 1:2 (UID FLAGS)\n"
        "S: * 8 FETCH (UID 8 FLAGS ())\n"
        "S: A2 OK done\n"
        "S: * 1 FETCH (UID 1 FLAGS ())\n"
        "S: * 2 FETCH (UID 2 FLAGS ())\n"
        "S: A3 OK done\n");
  const auto done = fetch({"1:3", "8"});
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(rows, "3 1 2 ; 8 ; ");
}

// What came, of it and of the others in flight, is taken first.
TEST_P(ImapBatchesTest, Refused) {
  begin(std::string(kThree) +
        "S: * 5 FETCH (UID 7 FLAGS ())\n"
        "S: A1 NO try later\n"
        "S: * 1 FETCH (UID 1 FLAGS ())\n"
        "S: A2 NO [SERVERBUG] again\n"
        "S: * 4 FETCH (UID 5 FLAGS ())\n"
        "S: A3 OK done\n");
  const auto done = fetch({"7:8", "1,3", "5"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::rejected);
  EXPECT_EQ(rows, "7 ; 1 ; 5 ; ");
  EXPECT_TRUE(client->settled());
}

TEST_P(ImapBatchesTest, SomeAreGone) {
  begin(std::string(kThree) +
        "S: * 5 FETCH (UID 7 FLAGS ())\n"
        "S: A1 NO [EXPUNGEISSUED] some are gone\n"
        "S: * 1 FETCH (UID 1 FLAGS ())\n"
        "S: A2 OK done\n"
        "S: * 4 FETCH (UID 5 FLAGS ())\n"
        "S: A3 OK done\n");
  const auto done = fetch({"7:8", "1,3", "5"});
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(rows, "7 ; 1 ; 5 ; ");
}

// What nobody takes is not read to its end.
TEST_P(ImapBatchesTest, NobodyTakesThem) {
  begin(std::string(kThree) +
        "S: * 5 FETCH (UID 7 FLAGS ())\n"
        "S: A1 OK done\n"
        "S: * 1 FETCH (UID 1 FLAGS ())\n");
  fails = true;
  const auto done = fetch({"7:8", "1,3", "5"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::local_io);
  EXPECT_EQ(rows, "7 ; ");
  EXPECT_FALSE(client->settled());
}

TEST_P(ImapBatchesTest, Cut) {
  begin(std::string(kThree) +
        "S: * 5 FETCH (UID 7 FLAGS ())\n"
        "S: A1 OK done\n"
        "S: * BYE enough\n");
  const auto done = fetch({"7:8", "1,3", "5"});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::disconnected);
}

TEST_P(ImapBatchesTest, None) {
  begin("");
  EXPECT_TRUE(fetch({}));
}

}  // namespace
}  // namespace mailtool::client
