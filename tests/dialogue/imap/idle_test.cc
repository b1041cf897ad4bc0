// IDLE, NOTIFY and CHANGEDSINCE: what the server says when it likes.

#include <variant>
#include <vector>

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

using Idle = ImapClient::Idle;
using std::chrono::minutes;

class ImapIdle : public ImapDialogueTest {
 protected:
  // PREAUTH with these capabilities, then `rest`.
  void play_after_login(const std::string& offers, const std::string& rest) {
    play_in(offers, rest);
    client->listen([this](const imap::Response& data) {
      if (const auto* exists = std::get_if<imap::ExistsData>(&data)) {
        heard.push_back("exists " + std::to_string(exists->count));
      } else if (const auto* gone = std::get_if<imap::ExpungeData>(&data)) {
        heard.push_back("expunge " + std::to_string(gone->sequence));
      } else if (const auto* fetch = std::get_if<imap::FetchData>(&data)) {
        heard.push_back("fetch " + std::to_string(fetch->sequence) +
                        (fetch->flags ? " " + join(*fetch->flags) : ""));
      } else if (const auto* status = std::get_if<imap::StatusData>(&data)) {
        heard.push_back("status " + status->mailbox.utf8);
      }
    });
  }
  static std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
    return text;
  }
  // Responses until there are none.
  Idle listen_on() {
    for (int i = 0; i < 100; ++i) {
      const auto came = client->idle(minutes(28));
      if (!came) {
        ADD_FAILURE() << came.error().one_line();
        return Idle::nothing;
      }
      if (*came != Idle::response) return *came;
    }
    ADD_FAILURE() << "no end of it";
    return Idle::nothing;
  }

  std::vector<std::string> heard;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapIdle, testing::Values(4096, 1));

using Words = std::vector<std::string>;

TEST_P(ImapIdle, DataBeforeAndRightBehindTheContinuation) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: * 9 EXISTS\n"
                   "S: + idling\n"
                   "S: * 3 FETCH (FLAGS (\\Seen $Work))\n"
                   "S: * 10 EXISTS\n"
                   "C: DONE\n"
                   "S: * 2 EXPUNGE\n"
                   "S: A1 OK done\n");
  ASSERT_TRUE(client->begin_idle());
  EXPECT_EQ(listen_on(), Idle::nothing);
  ASSERT_TRUE(client->end_idle());
  EXPECT_EQ(heard, (Words{"exists 9", "fetch 3 \\Seen,$Work", "exists 10",
                          "expunge 2"}));
}

TEST_P(ImapIdle, AContinuationTooMany) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: + idling\n"
                   "S: +\n"
                   "S: * 1 EXISTS\n"
                   "C: DONE\n"
                   "S: + what\n"
                   "S: A1 OK done\n"
                   "C: A2 IDLE\n"
                   "S: +\n"
                   "C: DONE\n"
                   "S: A2 OK done\n");
  ASSERT_TRUE(client->begin_idle());
  EXPECT_EQ(listen_on(), Idle::nothing);
  ASSERT_TRUE(client->end_idle());
  ASSERT_TRUE(client->begin_idle());
  ASSERT_TRUE(client->end_idle());
  EXPECT_EQ(heard, (Words{"exists 1"}));
}

TEST_P(ImapIdle, EndedByTheServerNeedsNoDone) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: + idling\n"
                   "S: A1 OK enough\n"
                   "C: A2 NOOP\n"
                   "S: A2 OK\n");
  ASSERT_TRUE(client->begin_idle());
  EXPECT_EQ(listen_on(), Idle::ended);
  ASSERT_TRUE(client->end_idle());
  ASSERT_TRUE(client->noop());
}

TEST_P(ImapIdle, ByeEndsIt) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: + idling\n"
                   "S: * BYE Autologout\n");
  ASSERT_TRUE(client->begin_idle());
  const auto came = client->idle(minutes(28));
  ASSERT_FALSE(came);
  EXPECT_EQ(came.error().kind, ErrorKind::disconnected);
  EXPECT_EQ(client->noop().error().kind, ErrorKind::disconnected);
}

TEST_P(ImapIdle, EndOfTheConnection) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: + idling\n"
                   "S: * 4 EXISTS\n"
                   "<server closes>\n");
  ASSERT_TRUE(client->begin_idle());
  ASSERT_TRUE(client->idle(minutes(28)));
  EXPECT_EQ(client->idle(minutes(28)).error().kind, ErrorKind::disconnected);
  EXPECT_EQ(heard, (Words{"exists 4"}));
}

TEST_P(ImapIdle, NoAnswerToDone) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: + idling\n"
                   "C: DONE\n"
                   "<server stalls>\n");
  ASSERT_TRUE(client->begin_idle());
  EXPECT_EQ(client->end_idle().error().kind, ErrorKind::timed_out);
}

TEST_P(ImapIdle, Refused) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: A1 NO [UNAVAILABLE] not now\n"
                   "C: A2 IDLE\n"
                   "S: A2 BAD what\n"
                   "C: A3 IDLE\n"
                   "S: A3 OK done\n");
  EXPECT_EQ(client->begin_idle().error().kind, ErrorKind::deferred);
  EXPECT_EQ(client->begin_idle().error().kind, ErrorKind::protocol);
  EXPECT_EQ(client->begin_idle().error().kind, ErrorKind::protocol);
}

// Offered before login alone: the server is asked again after it.
TEST_P(ImapIdle, OfferedBeforeLoginAlone) {
  play_text(
      "S: * OK [CAPABILITY IMAP4rev1 IDLE LOGIN AUTH=PLAIN SASL-IR] hi\n"
      "C: A1 AUTHENTICATE PLAIN ****\n"
      "S: A1 OK welcome\n"
      "C: A2 CAPABILITY\n"
      "S: * CAPABILITY IMAP4rev1 SORT\n"
      "S: A2 OK\n");
  ASSERT_TRUE(client->open(false));
  ASSERT_TRUE(log_in());
  EXPECT_EQ(client->begin_idle().error().kind, ErrorKind::unsupported);
}

TEST_P(ImapIdle, LogoutSaysDoneFirst) {
  play_after_login("IDLE",
                   "C: A1 IDLE\n"
                   "S: + idling\n"
                   "C: DONE\n"
                   "C: A2 LOGOUT\n");
  ASSERT_TRUE(client->begin_idle());
  client->logout();
}

TEST_P(ImapIdle, NumbersBeyondAllMessages) {
  play_after_login("IDLE",
                   "C: A1 SELECT INBOX\n"
                   "S: * 2 EXISTS\n"
                   "S: * OK [HIGHESTMODSEQ 17] x\n"
                   "S: A1 OK [READ-WRITE] y\n"
                   "C: A2 IDLE\n"
                   "S: + idling\n"
                   "S: * 4294967295 EXISTS\n"
                   "S: * 4294967296 EXISTS\n"
                   "S: * 0 EXPUNGE\n"
                   "S: * 4294967295 EXPUNGE\n"
                   "C: DONE\n"
                   "S: A2 OK\n");
  const auto selected = client->select(folder("INBOX"), false);
  ASSERT_TRUE(selected);
  EXPECT_EQ(selected->highest_modseq, 17u);
  ASSERT_TRUE(client->begin_idle());
  EXPECT_EQ(listen_on(), Idle::nothing);
  ASSERT_TRUE(client->end_idle());
  EXPECT_EQ(client->selected()->exists, 4294967294u);
}

TEST_P(ImapIdle, NotifyNamesEachMailbox) {
  play_after_login("NOTIFY IDLE",
                   "C: A1 NOTIFY SET (SELECTED (MessageNew MessageExpunge "
                   "FlagChange)) (MAILBOXES (INBOX \"Two words\") (MessageNew "
                   "MessageExpunge FlagChange))\n"
                   "S: * STATUS INBOX (MESSAGES 1)\n"
                   "S: A1 OK\n");
  const std::vector<imap::MailboxName> both{folder("INBOX"),
                                            folder("Two words")};
  ASSERT_TRUE(client->notify(both));
  EXPECT_EQ(heard, (Words{"status INBOX"}));
}

TEST_P(ImapIdle, WhatChangedSince) {
  play_after_login("CONDSTORE",
                   "C: A1 UID FETCH 1:9 (UID FLAGS) (CHANGEDSINCE 715)\n"
                   "S: * 3 FETCH (UID 4 MODSEQ (720) FLAGS (\\Seen))\n"
                   "S: * 9 FETCH (UID 10 MODSEQ (721) FLAGS ())\n"
                   "S: * 2 FETCH (FLAGS (\\Answered))\n"
                   "S: A1 OK\n");
  Words changed;
  const auto done =
      client->fetch_changed(uids("1:9"), 715, [&](imap::FetchData& message) {
        changed.push_back(std::to_string(*message.uid) + " " +
                          std::to_string(*message.modseq) + " " +
                          join(*message.flags));
        return Result<void>();
      });
  ASSERT_TRUE(done);
  EXPECT_EQ(changed, (Words{"4 720 \\Seen"}));
  EXPECT_EQ(heard, (Words{"fetch 9 ", "fetch 2 \\Answered"}));
}

// A stream whose deadline passes whenever it is waited for.
class OldDeadline : public Stream {
 public:
  explicit OldDeadline(Stream& inner) : inner_(inner) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    return inner_.read_some(into);
  }
  bool readable() override { return inner_.readable(); }
  Result<bool> await_readable(std::chrono::milliseconds budget) override {
    passed_ = true;
    return inner_.await_readable(budget);
  }
  Result<void> write_all(std::string_view octets) override {
    if (passed_) return Error{ErrorKind::timed_out, "the deadline passed"};
    return inner_.write_all(octets);
  }
  Result<void> start_tls() override { return inner_.start_tls(); }
  std::optional<TlsInfo> tls() const override { return inner_.tls(); }
  void set_deadline(std::chrono::milliseconds) override { passed_ = false; }

 private:
  Stream& inner_;
  bool passed_ = true;
};

TEST_P(ImapIdle, WhatIsSaidAfterALongSilenceHasTimeOfItsOwn) {
  test::DialogueStream quiet(
      test::parse_dialogue("S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi\n"
                           "C: A1 IDLE\n"
                           "S: + idling\n"
                           "C: DONE\n"
                           "S: A1 OK\n"
                           "C: A2 NOOP\n"
                           "S: A2 OK\n"),
      GetParam());
  OldDeadline stream(quiet);
  ImapClient patient(stream);
  ASSERT_TRUE(patient.open(false));
  ASSERT_TRUE(patient.begin_idle());
  ASSERT_TRUE(patient.idle(minutes(28)));
  const auto ended = patient.end_idle();
  ASSERT_TRUE(ended) << ended.error().one_line();
  ASSERT_TRUE(stream.await_readable(minutes(5)));
  const auto asked = patient.noop();
  ASSERT_TRUE(asked) << asked.error().one_line();
  EXPECT_EQ(quiet.unplayed(), "");
}

// Flags that came without a UID within a FETCH are not lost on the listener.
TEST_P(ImapIdle, FlagsWithinAFetch) {
  play_after_login("IDLE",
                   "C: A1 UID FETCH 7 (UID FLAGS)\n"
                   "S: * 1 FETCH (FLAGS (\\Flagged))\n"
                   "S: * 2 FETCH (UID 7 FLAGS ())\n"
                   "S: A1 OK\n");
  const auto got = client->fetch(uids("7"), FetchItems{},
                                 [](imap::FetchData&) { return Result<void>(); });
  ASSERT_TRUE(got);
  EXPECT_EQ(heard, (Words{"fetch 1 \\Flagged"}));
}

}  // namespace
}  // namespace mailtool::client
