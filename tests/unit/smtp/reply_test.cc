#include "mailtool/smtp/reply.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"

namespace mailtool::smtp {
namespace {

// The one reply that `lines` make; nullopt when they are refused or not enough.
std::optional<Reply> parse(const std::vector<std::string>& lines,
                           ReplyLimits limits = {}) {
  ReplyParser parser(limits);
  std::optional<Reply> reply;
  for (const auto& line : lines) {
    auto fed = parser.feed_line(line);
    if (!fed) {
      EXPECT_EQ(fed.error().kind, ErrorKind::protocol);
      return std::nullopt;
    }
    reply = *std::move(fed);
  }
  return reply;
}

struct Case {
  const char* why;
  std::vector<std::string> lines;
  int code;  // 0: the reply must be refused
  std::optional<EnhancedCode> enhanced;
};

// clang-format off
const Case kCases[] = {
  {"bare code",            {"250"},                      250, {}},
  {"code and blank",       {"250 "},                     250, {}},
  {"enhanced code",        {"250 2.1.0 ok"},             250, EnhancedCode{2, 1, 0}},
  {"enhanced code alone",  {"550 5.7.1"},                550, EnhancedCode{5, 7, 1}},
  {"three digits",         {"550 5.701.999 x"},          550, EnhancedCode{5, 701, 999}},
  {"four digits are none", {"550 5.7.1000 x"},           550, {}},
  {"class contradicts",    {"250 5.1.0 ok"},             250, {}},
  {"class 3 is none",      {"354 3.0.0 go"},             354, {}},
  {"version is no code",   {"220 2.1.0-beta ready"},     220, {}},
  {"address is no code",   {"220 2.1 ready"},            220, {}},
  {"second digit",         {"270 ok"},                   270, {}},
  {"several lines",        {"250-a", "250-B", "250 C"},  250, {}},
  {"first line decides",   {"250-2.1.0 a", "250 2.5.0"}, 250, EnhancedCode{2, 1, 0}},
  {"code changes",         {"250-a", "251 b"},           0,   {}},
  {"250- then 550",        {"250-ok", "550 no"},         0,   {}},
  {"no separator",         {"250ok"},                    0,   {}},
  {"tab as separator",     {"250\tok"},                  0,   {}},
  {"not a code",           {"2x0 ok"},                   0,   {}},
  {"class 1",              {"150 ok"},                   0,   {}},
  {"class 6",              {"600 ok"},                   0,   {}},
  {"000",                  {"000 ok"},                   0,   {}},
  {"999",                  {"999 ok"},                   0,   {}},
  {"one digit",            {"2"},                        0,   {}},
  {"two digits",           {"22"},                       0,   {}},
  {"empty line",           {""},                         0,   {}},
  {"words",                {"HTTP/1.1 400 Bad Request"}, 0,   {}},
};
// clang-format on

TEST(Reply, Table) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.why);
    const auto reply = parse(c.lines);
    EXPECT_EQ(reply ? reply->code : 0, c.code);
    if (!reply) continue;
    EXPECT_EQ(reply->enhanced, c.enhanced);
    EXPECT_EQ(reply->lines.size(), c.lines.size());
  }
}

TEST(Reply, RoundTrip) {
  for (const auto& c : kCases) {
    const auto reply = parse(c.lines);
    if (!reply) continue;
    std::vector<std::string> lines;
    const auto wire = to_wire(*reply);
    for (auto line : split(wire, '\n')) {
      if (line.empty()) continue;
      ASSERT_TRUE(line.ends_with('\r'));
      line.remove_suffix(1);
      lines.emplace_back(line);
    }
    EXPECT_EQ(parse(lines), reply) << c.why;
  }
}

TEST(Reply, LineEndInTextCannotForgeALine) {
  EXPECT_EQ(to_wire({250, {}, {"a\n550 no"}}), "250 a 550 no\r\n");
}

TEST(Reply, Limits) {
  const ReplyLimits limits{20, 3, 40};
  EXPECT_TRUE(parse({"250 " + std::string(16, 'a')}, limits));
  EXPECT_FALSE(parse({"250 " + std::string(17, 'a')}, limits));
  EXPECT_TRUE(parse({"250-a", "250-b", "250 c"}, limits));
  EXPECT_FALSE(parse({"250-a", "250-b", "250-c", "250 d"}, limits));
  EXPECT_FALSE(parse({"250-" + std::string(15, 'a'),
                      "250-" + std::string(15, 'b'), "250 c"},
                     limits));
}

TEST(Reply, StartsAnewAfterEach) {
  ReplyParser parser({100, 2, 100});
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(*parser.feed_line("250-a"));
    EXPECT_TRUE(*parser.feed_line("250 b"));
  }
}

TEST(Reply, TextLeavesEnhancedCodesOut) {
  const auto reply = parse({"550-5.1.1 No such", "550 5.1.1 user"});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->text(), "No such user");
  EXPECT_EQ(one_line(*reply), "550 5.1.1 No such user");
  EXPECT_EQ(one_line(*parse({"250"})), "250");
  // A code that contradicts is left in its place for a person to see.
  EXPECT_EQ(one_line(*parse({"250 5.1.0 ok"})), "250 5.1.0 ok");
}

TEST(Reply, ErrorsQuoteTheLineMadePrintable) {
  ReplyParser parser;
  const auto refused = parser.feed_line("\x1b[2Jhello");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().server_said, "\\x1b[2Jhello");
}

}  // namespace
}  // namespace mailtool::smtp
