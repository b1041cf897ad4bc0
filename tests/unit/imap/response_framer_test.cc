#include "mailtool/imap/response_framer.h"

#include <gtest/gtest.h>

#include "unit/imap/framed.h"

namespace mailtool::imap {
namespace {

using test::frame_all;

struct Case {
  const char* why;
  std::string wire;
  std::vector<std::string> responses;
};

// clang-format off
const Case kCases[] = {
  {"one line",              "* OK hi\r\n",                    {"* OK hi"}},
  {"two lines",             "* OK hi\r\nA1 OK\r\n",           {"* OK hi", "A1 OK"}},
  {"lone LF",               "* OK hi\nA1 OK\n",               {"* OK hi", "A1 OK"}},
  {"empty line",            "\r\nA1 OK\r\n",                  {"", "A1 OK"}},
  {"literal",               "* X {3}\r\nabc)\r\n",            {"* X {3}\r\nabc)"}},
  {"literal with a tag",    "* X {7}\r\nA1 OK\r\n)\r\n",      {"* X {7}\r\nA1 OK\r\n)"}},
  {"empty literal",         "* X {0}\r\n)\r\n",               {"* X {0}\r\n)"}},
  {"two literals",          "* X {1}\r\na {2}\r\nbc\r\n",     {"* X {1}\r\na {2}\r\nbc"}},
  {"literal8",              "* X ~{2}\r\n\0a\r\n",            {}},
  {"literal not waited for", "* X {2+}\r\nab\r\n",            {"* X {2+}\r\nab"}},
  {"braces in a text",      "* OK see {5}\r\nA1 OK\r\n",      {"* OK see {5}", "A1 OK"}},
  {"braces in a BYE",       "* BYE {5}\r\n",                  {"* BYE {5}"}},
  {"braces in a refusal",   "A1 NO {12}\r\nA2 OK\r\n",        {"A1 NO {12}", "A2 OK"}},
  {"braces after a plus",   "+ {4}\r\nA2 OK\r\n",             {"+ {4}", "A2 OK"}},
  {"braces in a name",      "* LIST () NIL {x}\r\n",          {"* LIST () NIL {x}"}},
};
// clang-format on

TEST(ResponseFramer, TableInChunksOfAnySize) {
  for (const auto& c : kCases) {
    if (c.responses.empty()) continue;
    for (const std::size_t chunk : {4096u, 1u, 3u}) {
      std::vector<std::string> got;
      for (auto& one : frame_all(c.wire, chunk)) got.push_back(one.octets);
      EXPECT_EQ(got, c.responses) << c.why << " by " << chunk;
    }
  }
}

TEST(ResponseFramer, Literal8MayHoldNul) {
  const std::string wire("* X ~{2}\r\n\0a\r\n", 14);
  const auto all = frame_all(wire);
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].literals.size(), 1u);
  EXPECT_EQ(all[0].literals[0].marker, 4u);
  EXPECT_EQ(all[0].octets.substr(all[0].literals[0].content, 2),
            std::string("\0a", 2));
}

Result<ResponseFramer::Step> feed_all(ResponseFramer& framer,
                                      std::string_view wire) {
  while (true) {
    auto step = framer.feed(wire);
    if (!step) return step;
    wire.remove_prefix(step->consumed);
    if (wire.empty() || step->event == ResponseFramer::Event::complete) {
      return step;
    }
  }
}

TEST(ResponseFramer, SizesThatAreNone) {
  for (const auto* size :
       {"18446744073709551615", "18446744073709551616", "9223372036854775808",
        "99999999999999999999999999", "-1", "12abc", "4294967301x"}) {
    ResponseFramer framer;
    const auto step =
        feed_all(framer, "* 1 FETCH (X {" + std::string(size) + "}\r\nabc");
    ASSERT_FALSE(step) << size;
    EXPECT_EQ(step.error().kind, ErrorKind::protocol);
  }
}

TEST(ResponseFramer, AHugeLiteralIsNotHeld) {
  ResponseFramer framer;
  const auto step = feed_all(framer, "* 1 FETCH (X {4294967295}\r\nabc");
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().kind, ErrorKind::protocol);
}

TEST(ResponseFramer, AHugeLiteralIsStreamed) {
  ResponseFramer framer;
  std::string_view wire = "* 1 FETCH (X {4294967295}\r\nabc";
  auto step = framer.feed(wire);
  ASSERT_TRUE(step);
  ASSERT_EQ(step->event, ResponseFramer::Event::literal_begins);
  EXPECT_EQ(framer.literal_size(), 4294967295u);
  EXPECT_EQ(framer.partial().octets, "* 1 FETCH (X {4294967295}\r\n");
  framer.stream_literal();
  wire.remove_prefix(step->consumed);
  step = framer.feed(wire);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->event, ResponseFramer::Event::streamed);
  EXPECT_EQ(step->octets, "abc");
}

TEST(ResponseFramer, StreamsWithoutHolding) {
  ResponseFramer framer;
  std::string_view wire = "* 1 FETCH (B {5}\r\nhello UID 7)\r\n";
  std::string streamed;
  bool ended = false;
  while (!wire.empty()) {
    const auto step = framer.feed(wire.substr(0, 2));
    ASSERT_TRUE(step);
    if (step->event == ResponseFramer::Event::literal_begins) {
      framer.stream_literal();
    }
    streamed += step->octets;
    ended = ended || step->event == ResponseFramer::Event::literal_ends;
    wire.remove_prefix(step->consumed);
  }
  EXPECT_EQ(streamed, "hello");
  EXPECT_TRUE(ended);
  EXPECT_EQ(framer.take().octets, "* 1 FETCH (B {5}\r\n UID 7)");
}

TEST(ResponseFramer, LimitsHold) {
  {
    ResponseFramer framer({1000, 1000, 10});
    EXPECT_FALSE(feed_all(framer, std::string(2000, 'a')));
  }
  {
    ResponseFramer framer({1000, 100, 10});
    EXPECT_FALSE(feed_all(framer, "* X {101}\r\n" + std::string(101, 'a')));
  }
  {
    ResponseFramer framer({100'000, 100, 10});
    std::string wire = "* X";
    for (int i = 0; i < 11; ++i) wire += " {1}\r\na";
    EXPECT_FALSE(feed_all(framer, wire + "\r\n"));
  }
}

}  // namespace
}  // namespace mailtool::imap
