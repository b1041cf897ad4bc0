#include "app/queue_state.h"

#include <gtest/gtest.h>

#include <random>

#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  bool flag() { return below(2) == 0; }
  std::int64_t time() {
    return static_cast<std::int64_t>(below(4'000'000'000));
  }
  std::string text() {
    static constexpr std::string_view kPieces[] = {
        "a",  "Z",    "\"",     "\\", "'",      "#",       "=",     "\n",
        "\r", "\t",   "\x1b",   "ü",  "€",      "😀",       " ",     "[[x]]",
        "@",  "\x7f", "\u202E", "\b", "\u2028", "\\u0041", "\"\"\""};
    std::string made;
    const auto pieces = below(40);
    for (std::size_t i = 0; i < pieces; ++i) {
      made += kPieces[below(std::size(kPieces))];
    }
    return made;
  }

 private:
  std::mt19937 engine_;
};

QueueRecipient random_recipient(Random& random) {
  QueueRecipient made;
  made.address = "x" + random.text();
  made.outcome = static_cast<QueueOutcome>(random.below(3));
  made.next_try = random.time();
  made.attempts = static_cast<unsigned>(random.below(1000));
  made.reported = random.flag();
  made.relayed = random.flag();
  made.delay_told = random.flag();
  made.code = static_cast<int>(random.below(600));
  made.enhanced = random.text();
  made.said = random.text();
  made.host = random.text();
  return made;
}

QueueState random_state(Random& random) {
  QueueState made;
  made.queued_at = random.time();
  made.not_before = random.time();
  made.lifetime = random.time();
  made.held = random.flag();
  made.is_report = random.flag();
  made.reports = static_cast<unsigned>(random.below(1000));
  made.sender = random.text();
  made.message_id = random.text();
  made.subject = random.text();
  made.body = static_cast<smtp::Body>(1 + random.below(3));
  made.smtputf8 = random.flag();
  made.notify = {random.flag(), random.flag(), random.flag(), random.flag()};
  made.ret = static_cast<smtp::DsnReturn>(random.below(3));
  made.envelope_id = random.text();
  made.config = random.text();
  made.account = random.text();
  made.served = random.flag();
  made.tried_way = random.time();
  for (auto i = random.below(4); i > 0; --i) {
    made.options.emplace_back("n" + random.text(), random.text());
  }
  for (auto i = 1 + random.below(5); i > 0; --i) {
    made.recipients.push_back(random_recipient(random));
  }
  for (auto i = random.below(5); i > 0; --i) {
    made.attempts.push_back({random.time(), random.text(), random.text(),
                             random.text(), random.text()});
  }
  return made;
}

std::string error_of(std::string_view text) {
  const auto state = parse_queue_state(text);
  if (state) return "(none)";
  EXPECT_EQ(state.error().kind, ErrorKind::bad_input);
  return state.error().what;
}

const std::string kLeast =
    "mailtool-queue = 1\n[[recipient]]\naddress = \"bob@example.org\"\n";

TEST(QueueState, RoundTrip) {
  Random random(11);
  for (int i = 0; i < 2'000; ++i) {
    const auto state = random_state(random);
    const auto text = to_toml(state);
    ASSERT_TRUE(is_valid_utf8(text));
    for (const char c : text) ASSERT_TRUE(c == '\n' || !(c >= 0 && c < 32));
    const auto read = parse_queue_state(text);
    ASSERT_TRUE(read) << read.error().one_line() << "\n" << text;
    EXPECT_EQ(to_toml(*read), text);
    EXPECT_EQ(read->sender, state.sender);
    EXPECT_EQ(read->config, state.config);
    EXPECT_EQ(read->served, state.served);
    EXPECT_EQ(read->tried_way, state.tried_way);
    EXPECT_EQ(read->options, state.options);
    EXPECT_EQ(read->notify, state.notify);
    EXPECT_EQ(read->ret, state.ret);
    EXPECT_EQ(read->body, state.body);
    ASSERT_EQ(read->recipients.size(), state.recipients.size());
    for (std::size_t r = 0; r < state.recipients.size(); ++r) {
      EXPECT_EQ(read->recipients[r].address, state.recipients[r].address);
      EXPECT_EQ(read->recipients[r].said, state.recipients[r].said);
    }
  }
}

TEST(QueueState, LongTextsAreKept) {
  auto state = *parse_queue_state(kLeast);
  state.config = "/" + std::string(4'000, 'c');
  state.options = {{"header", std::string(1 << 20, 'h')}};
  state.recipients[0].said = std::string(1 << 20, 's');
  const auto read = parse_queue_state(to_toml(state));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->config, state.config);
  EXPECT_EQ(read->options, state.options);
  EXPECT_EQ(read->recipients[0].said, state.recipients[0].said);
}

// TOML holds UTF-8 only.
TEST(QueueState, OtherOctetsBecomeText) {
  auto state = *parse_queue_state(kLeast);
  state.subject = "a\xff";
  const auto read = parse_queue_state(to_toml(state));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->subject, "a\\xff");
}

TEST(QueueState, CutAnywhereItIsReadOrRefused) {
  Random random(5);
  for (int i = 0; i < 4; ++i) {
    const auto text = to_toml(random_state(random));
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      const auto read = parse_queue_state(text.substr(0, cut));
      if (read) continue;
      EXPECT_EQ(read.error().kind, ErrorKind::bad_input);
    }
    EXPECT_NE(error_of(text.substr(0, text.find("[[recipient]]"))), "(none)");
  }
}

TEST(QueueState, WhatItIsNot) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "'mailtool-queue' makes no sense"},
      {"mailtool-queue = 2\n", "'mailtool-queue' makes no sense"},
      {"mailtool-queue = \"1\"\n", "'mailtool-queue' makes no sense"},
      {"mailtool-queue = 1\n", "it has no recipient"},
      {"queued-at = -1\n" + kLeast, "'queued-at' makes no sense"},
      {"queued-at = 1.5\n" + kLeast, "'queued-at' makes no sense"},
      {"queued-at = 253402300800\n" + kLeast, "'queued-at' makes no sense"},
      {"queued-at = 99999999999999999999\n" + kLeast, "line 1"},
      {"held = 1\n" + kLeast, "'held' makes no sense"},
      {"sender = 3\n" + kLeast, "'sender' makes no sense"},
      {"body = \"9bit\"\n" + kLeast, "'body' makes no sense"},
      {"dsn = \"always\"\n" + kLeast, "'dsn' makes no sense"},
      {"dsn-return = \"all\"\n" + kLeast, "'dsn-return' makes no sense"},
      {"recipient = 5\nmailtool-queue = 1\n", "'recipient' makes no sense"},
      {"recipient = [1]\nmailtool-queue = 1\n", "'recipient' makes no sense"},
      {"attempt = {}\n" + kLeast, "'attempt' makes no sense"},
      {kLeast + "code = 1000\n", "'code' makes no sense"},
      {kLeast + "attempts = 4294967296\n", "'attempts' makes no sense"},
      {kLeast + "outcome = \"lost\"\n", "'outcome' makes no sense"},
      {"mailtool-queue = 1\n[[recipient]]\n", "'address' makes no sense"},
      {kLeast + "[[option]]\nvalue = \"x\"\n", "'name' makes no sense"},
      {kLeast + "\xff", "utf-8"},
      {kLeast + std::string("\0", 1), "line 4"},
      {std::string(1 << 20, '['), "line 1"},
      {"x = " + std::string(100'000, '[') + "\n" + kLeast, "line 1"},
      {kLeast + "host = \"a\"\nhost = \"b\"\n", "line 5"},
  };
  for (const auto& [text, expected] : cases) {
    const auto what = error_of(text);
    EXPECT_NE(what.find(expected), what.npos) << text.substr(0, 60) << "\n"
                                              << what;
    EXPECT_EQ(what.find('\n'), what.npos);
    EXPECT_LT(what.size(), 1'000u);
  }
}

TEST(QueueState, UnknownKeysAreLeftAlone) {
  const auto read = parse_queue_state("future = {a = 1}\n" + kLeast +
                                      "colour = \"red\"\n[[more]]\nx = 1\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->recipients.at(0).address, "bob@example.org");
}

TEST(QueueState, TooManyRecipients) {
  std::string text = "mailtool-queue = 1\nrecipient = [";
  for (std::size_t i = 0; i <= QueueState::kRecipients; ++i) {
    text += "{address=\"a\"},";
  }
  EXPECT_NE(error_of(text + "]\n"), "(none)");
}

TEST(QueueState, TheOldestAttemptsAreForgotten) {
  auto state = *parse_queue_state(kLeast);
  for (int i = 0; i < 500; ++i) {
    state.attempts.push_back({i, "bob@example.org", "deferred", "mx", "no"});
  }
  const auto read = parse_queue_state(to_toml(state));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->attempts.size(), QueueState::kAttempts);
  EXPECT_EQ(read->attempts.front().time, 300);
  EXPECT_EQ(read->attempts.back().time, 499);
}

TEST(QueueState, NextTry) {
  auto state = *parse_queue_state(kLeast);
  state.recipients.resize(3, state.recipients[0]);
  state.recipients[0].next_try = 30;
  state.recipients[1].next_try = 20;
  state.recipients[2].next_try = 10;
  state.recipients[2].outcome = QueueOutcome::sent;
  EXPECT_EQ(state.next_try(), 20);
  state.not_before = 25;
  EXPECT_EQ(state.next_try(), 25);
  for (auto& recipient : state.recipients) {
    recipient.outcome = QueueOutcome::failed;
  }
  EXPECT_TRUE(state.finished());
}

}  // namespace
}  // namespace mailtool::app
