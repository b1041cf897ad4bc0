// What a watch makes of what a server says about a folder; the server is a
// dialogue, played whole and octet by octet.

#include "app/imap_watch_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "support/dialogue_stream.h"
#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

const std::string kEmpty =
    "S: * 0 EXISTS\n"
    "S: * OK [UIDVALIDITY 7] x\n"
    "S: * OK [UIDNEXT 1] x\n";
const std::string kThree =
    "S: * 3 EXISTS\n"
    "S: * OK [UIDVALIDITY 7] x\n"
    "S: * OK [UIDNEXT 10] x\n";

class WatchedFolderTest : public testing::TestWithParam<std::size_t> {
 protected:
  WatchedFolderTest() {
    file_ = ::open((dir_.path() / "out").c_str(), O_CREAT | O_WRONLY, 0600);
    out_ = std::make_unique<Output>(file_);
    report_ = std::make_unique<WatchReport>(invocation_, options_, *out_);
    folder_ = std::make_unique<WatchedFolder>(
        *imap::mailbox_from_utf8("INBOX"), WatchState(), nullptr, *report_);
  }
  ~WatchedFolderTest() override {
    out_.reset();
    ::close(file_);
  }

  // A new connection, opened.
  void play(const std::string& text) {
    client_.reset();
    if (server_) {
      EXPECT_EQ(server_->unplayed(), "");
    }
    server_ = std::make_unique<test::DialogueStream>(
        test::parse_dialogue(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH IDLE] hi\n" + text),
        GetParam());
    client_ = std::make_unique<client::ImapClient>(*server_);
    ASSERT_TRUE(client_->open(false));
    client_->listen(
        [this](const imap::Response& data) { folder_->hear(data); });
  }
  void TearDown() override {
    if (server_) {
      EXPECT_EQ(server_->unplayed(), "");
    }
  }

  static std::string enter(const std::string& said, const std::string& found) {
    return "C: A1 EXAMINE INBOX\n"
           "C: A2 UID SEARCH RETURN (ALL) ALL\n" +
           said +
           "S: A1 OK [READ-ONLY] opened\n"
           "S: * ESEARCH (TAG \"A2\") UID" +
           found +
           "\n"
           "S: A2 OK found\n";
  }
  static std::string row(int number, int uid, const std::string& flags = "") {
    return "S: * " + std::to_string(number) + " FETCH (UID " +
           std::to_string(uid) + " FLAGS (" + flags +
           ") ENVELOPE (NIL \"subject " + std::to_string(uid) +
           "\" ((\"Carol\" NIL \"carol\" \"x.example\")) NIL NIL NIL NIL NIL "
           "NIL NIL))\n";
  }
  static std::string asked(const std::string& tag, const std::string& from,
                           const std::string& found,
                           const std::string& meanwhile = "") {
    return "C: " + tag + " UID SEARCH RETURN (ALL) " + from + "\n" +
           "S: * ESEARCH (TAG \"" + tag + "\") UID" + found + "\n" + meanwhile +
           "S: " + tag + " OK found\n";
  }

  // NOOP, answered by these lines.
  static std::string idled(const std::string& lines,
                           const std::string& tag = "A3") {
    return "C: " + tag + " NOOP\n" + lines + "S: " + tag + " OK\n";
  }
  // The folder is entered, and what NOOP brings is settled.
  void watch(const std::string& text) {
    play(text);
    ASSERT_TRUE(folder_->enter(*client_));
    ASSERT_TRUE(noop());
    ASSERT_TRUE(settle());
  }

  Result<void> noop() { return client_->noop(); }
  Result<void> settle() { return folder_->settle(*client_); }
  std::string told() const {
    std::ifstream file(dir_.path() / "out");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  test::TempDir dir_;
  int file_ = -1;
  Invocation invocation_;
  WatchOptions options_;
  std::unique_ptr<Output> out_;
  std::unique_ptr<WatchReport> report_;
  std::unique_ptr<WatchedFolder> folder_;
  std::unique_ptr<test::DialogueStream> server_;
  std::unique_ptr<client::ImapClient> client_;
};
INSTANTIATE_TEST_SUITE_P(Chunk, WatchedFolderTest, testing::Values(4096, 1));

TEST_P(WatchedFolderTest, WhatIsThereAtFirstIsNoEvent) {
  play(enter(kThree, " ALL 2,5,9") + idled("S: * 4 EXISTS\n") +
       asked("A4", "UID 10:*", " ALL 12") +
       "C: A5 UID FETCH 12 (UID FLAGS ENVELOPE)\n" + row(4, 12, "\\Seen") +
       "S: A5 OK\n");
  ASSERT_TRUE(folder_->enter(*client_));
  EXPECT_EQ(told(), "");
  EXPECT_FALSE(folder_->unsettled());
  ASSERT_TRUE(noop());
  EXPECT_TRUE(folder_->unsettled());
  ASSERT_TRUE(settle());
  EXPECT_EQ(told(), "new\tINBOX\t12\tCarol\tsubject 12\n");
  EXPECT_FALSE(folder_->unsettled());
}

TEST_P(WatchedFolderTest, NumbersAreThoseOfTheMoment) {
  play(enter(kThree, " ALL 2,5,9") + idled("S: * 1 EXPUNGE\n"
                                           "S: * 1 FETCH (FLAGS (\\Seen))\n"
                                           "S: * 2 EXPUNGE\n"
                                           "S: * 1 FETCH (FLAGS () UID 5)\n"
                                           "S: * 7 EXPUNGE\n"
                                           "S: * 0 EXPUNGE\n"
                                           "S: * 9 FETCH (FLAGS (\\Seen))\n"));
  ASSERT_TRUE(folder_->enter(*client_));
  ASSERT_TRUE(noop());
  EXPECT_FALSE(folder_->unsettled());
  ASSERT_TRUE(settle());
  EXPECT_EQ(told(),
            "expunged\tINBOX\t2\nflags\tINBOX\t5\t\\Seen\n"
            "expunged\tINBOX\t9\nflags\tINBOX\t5\t-\n");
}

TEST_P(WatchedFolderTest, ComesAndGoesUntold) {
  watch(enter(kThree, " ALL 2,5,9") +
        idled("S: * 5 EXISTS\n"
              "S: * 4 EXPUNGE\n") +
        asked("A4", "UID 10:*", " ALL 11") +
        "C: A5 UID FETCH 11 (UID FLAGS ENVELOPE)\n"
        "S: * 4 EXPUNGE\n"
        "S: A5 OK\n");
  ASSERT_TRUE(folder_->tell_heard());
  // It was found, and had gone when it was to be looked at.
  EXPECT_EQ(told(), "expunged\tINBOX\t11\n");
}

TEST_P(WatchedFolderTest, ExpungedWhileSearchedFor) {
  watch(enter(kThree, " ALL 2,5,9") + idled("S: * 5 EXISTS\n") +
        asked("A4", "UID 10:*", " ALL 11:12", "S: * 4 EXPUNGE\n") +
        "C: A5 UID FETCH 11:12 (UID FLAGS ENVELOPE)\n" + row(4, 12) +
        "S: A5 OK\n" + asked("A6", "ALL", " ALL 2,5,9,12"));
  // The numbers do not agree with what is known: it is looked at anew.
  EXPECT_TRUE(folder_->unsettled());
  ASSERT_TRUE(settle());
  EXPECT_FALSE(folder_->unsettled());
  EXPECT_EQ(told(),
            "new\tINBOX\t12\tCarol\tsubject 12\nexpunged\tINBOX\t11\n");
}

TEST_P(WatchedFolderTest, WhatHappenedWhileTheConnectionWasLost) {
  play(enter(kThree, " ALL 2,5,9"));
  ASSERT_TRUE(folder_->enter(*client_));
  play(enter("S: * 4 EXISTS\n"
             "S: * OK [UIDVALIDITY 7] x\n",
             " ALL 2,9:11") +
       "C: A3 UID FETCH 10:11 (UID FLAGS ENVELOPE)\n" + row(4, 11) +
       row(3, 10) + "S: A3 OK\n");
  ASSERT_TRUE(folder_->enter(*client_));
  EXPECT_EQ(told(),
            "expunged\tINBOX\t5\nnew\tINBOX\t10\tCarol\tsubject 10\n"
            "new\tINBOX\t11\tCarol\tsubject 11\n");
}

TEST_P(WatchedFolderTest, AnotherUidvalidityIsAnotherFolder) {
  play(enter(kThree, " ALL 2,5,9"));
  ASSERT_TRUE(folder_->enter(*client_));
  play(enter("S: * 2 EXISTS\n"
             "S: * OK [UIDVALIDITY 8] x\n"
             "S: * OK [UIDNEXT 3] x\n",
             " ALL 1:2"));
  testing::internal::CaptureStderr();
  ASSERT_TRUE(folder_->enter(*client_));
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "mailtool: imap watch: INBOX: UIDVALIDITY is 8, was 7: beginning "
            "with what comes from now on\n");
  EXPECT_EQ(told(), "");
}

TEST_P(WatchedFolderTest, MoreMessagesThanAnyFolderHas) {
  watch(enter(kEmpty, "") + idled("S: * 4294967295 EXISTS\n") +
        asked("A4", "UID 1:*", ""));
  EXPECT_EQ(told(), "");
}

TEST_P(WatchedFolderTest, MoreUidsThanMessages) {
  play(enter(kEmpty, "") + idled("S: * 1 EXISTS\n") +
       asked("A4", "UID 1:*", " ALL 1:4294967294"));
  ASSERT_TRUE(folder_->enter(*client_));
  ASSERT_TRUE(noop());
  const auto settled = settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().kind, ErrorKind::protocol);
}

// "9:*" is the newest message, too, when that is below 9.
TEST_P(WatchedFolderTest, TheNewestAgain) {
  watch(enter(kThree, " ALL 2,5,9") +
        idled("S: * 2 EXISTS\n"
              "S: * 3 EXISTS\n"
              "S: * 4 EXISTS\n") +
        asked("A4", "ALL", " ALL 2,5,9") + idled("S: * 4 EXISTS\n", "A5") +
        asked("A6", "UID 10:*", " ALL 9"));
  ASSERT_TRUE(noop());
  ASSERT_TRUE(settle());
  EXPECT_EQ(told(), "");
}

TEST_P(WatchedFolderTest, NothingPrintedActsOnATerminal) {
  watch(enter(kEmpty, "") + idled("S: * 1 EXISTS\n") +
        asked("A4", "UID 1:*", " ALL 1") +
        "C: A5 UID FETCH 1 (UID FLAGS ENVELOPE)\n"
        "S: * 1 FETCH (UID 1 FLAGS () ENVELOPE (NIL "
        "\"=?utf-8?q?=1B[31m=0Aa=09b?=\" ((\"x\\x1b]0;y\\x07\" NIL \"c\" "
        "\"x.example\")) NIL NIL NIL NIL NIL NIL NIL))\n"
        "S: A5 OK\n");
  const auto line = told();
  EXPECT_EQ(line.find('\x1b'), line.npos);
  EXPECT_EQ(line.find('\x07'), line.npos);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\t'), 4);
}

}  // namespace
}  // namespace mailtool::app
