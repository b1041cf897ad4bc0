// COMPRESS (RFC 4978): when it is asked for, and what follows a refusal. What
// follows consent is in tests/unit/client_deflate and tests/fault.

#include <utility>

#include "dialogue/imap/session.h"
#include "mailtool/client/imap_batches.h"

namespace mailtool::client {
namespace {

class ImapCompress : public ImapDialogueTest {
 protected:
  // PREAUTH with `offers`, and a folder of 10,000 messages if `selected`.
  void begin(const std::string& offers, const std::string& rest,
             bool selected = false) {
    auto dialogue = test::parse_dialogue(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 " + offers + "] hi\n" +
        (selected ? "C: A1 EXAMINE INBOX\n"
                    "S: * 10000 EXISTS\n"
                    "S: * OK [UIDVALIDITY 7] ok\n"
                    "S: A1 OK [READ-ONLY] done\n"
                  : "") +
        rest);
    auto played =
        std::make_unique<test::DialogueStream>(std::move(dialogue), GetParam());
    played_ = played.get();
    deflate_ = std::make_unique<DeflateStream>(std::move(played));
    client = std::make_unique<ImapClient>(*deflate_);
    client->may_compress(*deflate_);
    ASSERT_TRUE(client->open(false));
    if (selected) {
      ASSERT_TRUE(client->select(folder("INBOX"), true));
    }
  }
  void TearDown() override {
    if (whole_) {
      EXPECT_EQ(played_->unplayed(), "");
    }
  }
  Result<imap::SequenceSet> envelopes(std::string_view set) {
    FetchItems items;
    items.envelope = true;
    return client->fetch(
        uids(set), items,
        [](imap::FetchData&) -> Result<void> { return {}; });
  }

  std::unique_ptr<DeflateStream> deflate_;
  test::DialogueStream* played_ = nullptr;
  bool whole_ = true;  // all of the dialogue is to be played
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapCompress, testing::Values(4096, 1));

TEST_P(ImapCompress, NotOffered) {
  begin("IDLE", "");
  EXPECT_TRUE(client->compress());
  EXPECT_FALSE(deflate_->compressing());
}

TEST_P(ImapCompress, RefusedIsAskedForOnce) {
  begin("COMPRESS=DEFLATE",
        "C: A1 COMPRESS DEFLATE\n"
        "S: * 7 EXISTS\n"
        "S: A1 NO [COMPRESSIONACTIVE] TLS does\n"
        "S: * 8 EXISTS\n"
        "C: A2 NOOP\n"
        "S: A2 OK done\n");
  EXPECT_TRUE(client->compress());
  EXPECT_FALSE(deflate_->compressing());
  EXPECT_TRUE(client->settled());
  EXPECT_TRUE(client->noop());
  EXPECT_TRUE(client->compress());
}

TEST_P(ImapCompress, NotUnderstood) {
  begin("COMPRESS=DEFLATE",
        "C: A1 COMPRESS DEFLATE\n"
        "S: A1 BAD what?\n"
        "C: A2 NOOP\n"
        "S: A2 OK done\n");
  EXPECT_TRUE(client->compress());
  EXPECT_TRUE(client->noop());
}

TEST_P(ImapCompress, ClearTextBehindConsent) {
  begin("COMPRESS=DEFLATE",
        "C: A1 COMPRESS DEFLATE\n"
        "S: A1 OK begin\n"
        "S: * BYE I never said so\n");
  whole_ = false;
  ASSERT_TRUE(client->compress());
  EXPECT_TRUE(deflate_->compressing());
  EXPECT_FALSE(client->settled());
  const auto died = client->noop();
  ASSERT_FALSE(died);
  EXPECT_EQ(died.error().kind, ErrorKind::protocol);
  EXPECT_NE(died.error().one_line().find("not compressed"), std::string::npos)
      << died.error().one_line();
}

TEST_P(ImapCompress, AListOfFewMessages) {
  begin("COMPRESS=DEFLATE",
        "C: A2 UID FETCH 1:20 (UID FLAGS ENVELOPE)\n"
        "S: A2 OK done\n",
        true);
  EXPECT_TRUE(envelopes("1:20"));
}

TEST_P(ImapCompress, AListOfMany) {
  begin("COMPRESS=DEFLATE",
        "C: A2 COMPRESS DEFLATE\n"
        "S: A2 NO later\n"
        "C: A3 UID FETCH 1:* (UID FLAGS ENVELOPE)\n"
        "S: A3 OK done\n",
        true);
  EXPECT_TRUE(envelopes("1:*"));
}

// 256 KiB are much: what a row takes decides, and how many there can be.
TEST_P(ImapCompress, WhatIsMuch) {
  const struct {
    const char* set;
    bool envelope;
    bool much;
  } cases[] = {
      {"1:639", true, false},   {"1:640", true, true},
      {"1:4369", false, false}, {"1:4370", false, true},
      {"1:639,700:*", true, true},
  };
  for (const auto& c : cases) {
    const std::string set = c.set;
    const std::string items = c.envelope ? "(UID FLAGS ENVELOPE)" : "(UID FLAGS)";
    const std::string fetch = "UID FETCH " + set + " " + items + "\n";
    begin("COMPRESS=DEFLATE",
          c.much ? "C: A2 COMPRESS DEFLATE\nS: A2 NO later\nC: A3 " + fetch +
                       "S: A3 OK done\n"
                 : "C: A2 " + fetch + "S: A2 OK done\n",
          true);
    FetchItems asked;
    asked.envelope = c.envelope;
    EXPECT_TRUE(client->fetch(
        uids(set), asked, [](imap::FetchData&) -> Result<void> { return {}; }))
        << set;
    EXPECT_EQ(played_->unplayed(), "") << set;
  }
}

TEST_P(ImapCompress, NoMoreThanThereAre) {
  begin("COMPRESS=DEFLATE",
        "C: A1 EXAMINE INBOX\n"
        "S: * 600 EXISTS\n"
        "S: A1 OK [READ-ONLY] done\n"
        "C: A2 UID FETCH 1:4294967294 (UID FLAGS ENVELOPE)\n"
        "S: A2 OK done\n");
  ASSERT_TRUE(client->select(folder("INBOX"), true));
  EXPECT_TRUE(envelopes("1:4294967294"));
}

TEST_P(ImapCompress, WhatIsExpected) {
  begin("COMPRESS=DEFLATE",
        "C: A1 NOOP\n"
        "S: A1 OK done\n"
        "C: A2 COMPRESS DEFLATE\n"
        "S: A2 NO later\n");
  EXPECT_TRUE(client->expect(256 * 1024 - 1));
  EXPECT_TRUE(client->noop());
  EXPECT_TRUE(client->expect(256 * 1024));
}

// However few one batch has.
TEST_P(ImapCompress, BatchesOfMany) {
  begin("COMPRESS=DEFLATE",
        "C: A2 COMPRESS DEFLATE\n"
        "S: A2 NO later\n"
        "C: A3 UID FETCH 1:20 (UID FLAGS ENVELOPE)\n"
        "S: A3 OK done\n",
        true);
  FetchItems items;
  items.envelope = true;
  FetchBatches batches;
  batches.messages = 10'000;
  bool asked = false;
  batches.next = [&] {
    return std::exchange(asked, true) ? imap::SequenceSet() : uids("1:20");
  };
  batches.take = [](std::vector<imap::FetchData>&) -> Result<void> {
    return {};
  };
  EXPECT_TRUE(fetch_batches(*client, items, batches));
}

// COMPRESS needs the line for itself.
TEST_P(ImapCompress, NotWithinAFlight) {
  begin("COMPRESS=DEFLATE",
        "C: A2 EXAMINE INBOX\n"
        "C: A3 UID FETCH 1:* (UID FLAGS ENVELOPE)\n"
        "S: * 10000 EXISTS\n"
        "S: A2 OK [READ-ONLY] done\n"
        "S: A3 OK done\n",
        true);
  ASSERT_TRUE(client->begin_select(folder("INBOX"), true));
  EXPECT_TRUE(envelopes("1:*"));
  EXPECT_TRUE(client->finish_select());
}

}  // namespace
}  // namespace mailtool::client
