// Bodies of many messages in one flight, each to where it belongs.

#include <map>

#include "dialogue/imap/session.h"

namespace mailtool::client {
namespace {

constexpr const char* kHello = "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n";

class Receiver : public BodyReceiver {
 public:
  std::optional<BodyRequest> next() override {
    if (asked == requests.size()) return std::nullopt;
    return requests[asked++];
  }
  Result<Sink*> begin(std::size_t number, std::uint64_t size) override {
    if (number == refuse) return Error{ErrorKind::cannot_create, "no room"};
    auto& sink = sinks.emplace(number, StringSink(1000)).first->second;
    log += std::to_string(number) + "(" + std::to_string(size) + ") ";
    return &sink;
  }
  Result<void> end(std::size_t number, Result<BodyAnswer> answer) override {
    log += std::to_string(number) + "=";
    if (answer) {
      log += "\"" + (sinks.contains(number) ? sinks.at(number).text() : "") +
             "\" ";
      EXPECT_EQ(answer->octets, sinks.at(number).text().size());
      sizes.push_back(answer->message_size);
    } else {
      log += answer.error().kind == ErrorKind::no_such_item  ? "gone "
             : answer.error().kind == ErrorKind::unsupported ? "unsupported "
                                                             : "failed ";
    }
    if (number == stop_at) return Error{ErrorKind::local_io, "disk full"};
    return {};
  }

  std::vector<BodyRequest> requests;
  std::size_t asked = 0;
  std::size_t refuse = SIZE_MAX;
  std::size_t stop_at = SIZE_MAX;
  std::map<std::size_t, StringSink> sinks;
  std::vector<std::optional<std::uint64_t>> sizes;
  std::string log;
};

class ImapBodies : public ImapDialogueTest {
 protected:
  void ask(std::uint32_t uid, std::string section = "") {
    BodyRequest request;
    request.uid = uid;
    request.question.section = std::move(section);
    receiver.requests.push_back(std::move(request));
  }
  Result<void> run(const std::string& text) {
    play_text(kHello + text);
    EXPECT_TRUE(client->open(false));
    return client->fetch_bodies(receiver);
  }
  Receiver receiver;
};
INSTANTIATE_TEST_SUITE_P(Chunk, ImapBodies, testing::Values(4096, 1));

TEST_P(ImapBodies, SeveralInOneFlight) {
  ask(5);
  ask(7);
  ask(9);
  const auto done =
      run("C: A1 UID FETCH 5 (UID BODY.PEEK[])\n"
          "C: A2 UID FETCH 7 (UID BODY.PEEK[])\n"
          "C: A3 UID FETCH 9 (UID BODY.PEEK[])\n"
          "S: * 1 FETCH (UID 5 BODY[] {4}\n"
          "S: five)\n"
          "S: A1 OK done\n"
          "S: A2 OK nothing\n"
          "S: * 9 EXISTS\n"
          "S: * 3 FETCH (BODY[] {4}\n"
          "S: nine UID 9)\n"
          "S: A3 OK done\n");
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(receiver.log, "0(4) 0=\"five\" 1=gone 2(4) 2=\"nine\" ");
}

// RFC 9051 section 5.5 lets a server work on commands side by side.
TEST_P(ImapBodies, AnswersInAnotherOrder) {
  ask(5);
  ask(7, "2");
  ask(7, "1");
  const auto done =
      run("C: A1 UID FETCH 5 (UID BODY.PEEK[])\n"
          "C: A2 UID FETCH 7 (UID BODY.PEEK[2])\n"
          "C: A3 UID FETCH 7 (UID BODY.PEEK[1])\n"
          "S: * 2 FETCH (UID 7 BODY[1] {3}\n"
          "S: one BODY[2] \"two\")\n"
          "S: * 1 FETCH (UID 5 BODY[] {4}\n"
          "S: five)\n"
          "S: A3 OK done\n"
          "S: A1 OK done\n"
          "S: A2 OK done\n");
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(receiver.log, "2(3) 1(3) 0(4) 0=\"five\" 1=\"two\" 2=\"one\" ");
}

TEST_P(ImapBodies, WhatNobodyAskedForIsPassedOver) {
  ask(5, "1");
  const auto done =
      run("C: A1 UID FETCH 5 (UID BODY.PEEK[1])\n"
          "S: * 2 FETCH (UID 6 BODY[1] {5}\n"
          "S: other)\n"
          "S: * 1 FETCH (UID 5 BODY[1] {4}\n"
          "S: mine)\n"
          "S: * 1 FETCH (UID 5 BODY[1] {5}\n"
          "S: again)\n"
          "S: A1 OK done\n");
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(receiver.log, "0(4) 0=\"mine\" ");
}

TEST_P(ImapBodies, AnotherMessageNamedTooLateEndsTheSession) {
  ask(5);
  const auto done =
      run("C: A1 UID FETCH 5 (UID BODY.PEEK[])\n"
          "S: * 2 FETCH (BODY[] {5}\n"
          "S: other UID 6)\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::protocol);
  server.reset();
}

TEST_P(ImapBodies, BinaryAndTheSizeOfTheMessage) {
  ask(5, "2.1");
  receiver.requests[0].question.binary = true;
  receiver.requests[0].size = true;
  ask(5, "3");
  receiver.requests[1].question.binary = true;
  const auto done =
      run("C: A1 UID FETCH 5 (UID RFC822.SIZE BINARY.PEEK[2.1])\n"
          "C: A2 UID FETCH 5 (UID BINARY.PEEK[3])\n"
          "S: * 1 FETCH (UID 5 RFC822.SIZE 99 BINARY[2.1] ~{4}\n"
          "S: a\\x00\\xffb)\n"
          "S: A1 OK done\n"
          "S: A2 NO [UNKNOWN-CTE] what is this?\n");
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(receiver.sinks.at(0).text(), std::string("a\0\xff"
                                                     "b",
                                                     4));
  EXPECT_EQ(receiver.sizes, (std::vector<std::optional<std::uint64_t>>{99}));
  EXPECT_TRUE(receiver.log.ends_with("1=unsupported ")) << receiver.log;
}

TEST_P(ImapBodies, MoreThanTheOctetsAskedFor) {
  ask(5);
  receiver.requests[0].question.offset = 10;
  receiver.requests[0].question.length = 4;
  const auto done =
      run("C: A1 UID FETCH 5 (UID BODY.PEEK[]<10.4>)\n"
          "S: * 1 FETCH (UID 5 BODY[]<10> {6}\n"
          "S: abcdef)\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::protocol);
  EXPECT_LE(receiver.sinks.at(0).text().size(), 4u);
  server.reset();
}

TEST_P(ImapBodies, OctetsFromAnotherPlaceAreNotTaken) {
  ask(5);
  receiver.requests[0].question.offset = 10;
  receiver.requests[0].question.length = 4;
  const auto done =
      run("C: A1 UID FETCH 5 (UID BODY.PEEK[]<10.4>)\n"
          "S: * 1 FETCH (UID 5 BODY[]<0> \"abcd\")\n"
          "S: A1 OK done\n");
  ASSERT_TRUE(done) << done.error().one_line();
  EXPECT_EQ(receiver.log, "0=gone ");
}

TEST_P(ImapBodies, AReceiverThatFails) {
  ask(5);
  ask(7);
  receiver.refuse = 0;
  const std::string commands =
      "C: A1 UID FETCH 5 (UID BODY.PEEK[])\n"
      "C: A2 UID FETCH 7 (UID BODY.PEEK[])\n"
      "S: * 1 FETCH (UID 5 BODY[] {4}\n";
  auto done = run(commands + "S: five)\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::cannot_create);
  server.reset();

  receiver = {};
  ask(5);
  ask(7);
  receiver.stop_at = 0;
  done = run(commands + "S: five)\nS: A1 OK\nS: * 2 FETCH (UID 7 BODY[] {0}\n" +
             "S: )\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::local_io);
  server.reset();
}

TEST_P(ImapBodies, CutInTheMiddle) {
  ask(5);
  const auto done =
      run("C: A1 UID FETCH 5 (UID BODY.PEEK[])\n"
          "S: * 1 FETCH (UID 5 BODY[] {40}\n"
          "S: five\n"
          "<server closes>\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::disconnected);
  EXPECT_EQ(receiver.log, "0(40) ");
}

}  // namespace
}  // namespace mailtool::client
