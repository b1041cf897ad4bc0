#include "mailtool/pop3/reply.h"

#include <gtest/gtest.h>

namespace mailtool::pop3 {
namespace {

struct Case {
  const char* why;
  std::string line;
  std::optional<Reply> reply;  // nullopt: must be refused
};

// clang-format off
const Case kCases[] = {
    {"plain",            "+OK 2 320",            Reply{Status::ok, "", "2 320"}},
    {"bare",             "+OK",                  Reply{Status::ok, "", ""}},
    {"refused",          "-ERR no such message", Reply{Status::err, "", "no such message"}},
    {"code",             "-ERR [IN-USE] wait",   Reply{Status::err, "IN-USE", "wait"}},
    {"code of levels",   "-ERR [sys/temp] wait", Reply{Status::err, "SYS/TEMP", "wait"}},
    {"code alone",       "-ERR [AUTH]",          Reply{Status::err, "AUTH", ""}},
    {"code not closed",  "-ERR [AUTH wrong",     Reply{Status::err, "", "[AUTH wrong"}},
    {"code and text",    "-ERR [AUTH]wrong",     Reply{Status::err, "", "[AUTH]wrong"}},
    {"empty code",       "-ERR [] wrong",        Reply{Status::err, "", "[] wrong"}},
    {"empty level",      "-ERR [A//B] x",        Reply{Status::err, "", "[A//B] x"}},
    {"space in code",    "-ERR [no auth] x",     Reply{Status::err, "", "[no auth] x"}},
    {"challenge",        "+ PDE+",               Reply{Status::continuation, "", "PDE+"}},
    {"bare plus",        "+",                    Reply{Status::continuation, "", ""}},
    {"lower case",       "+ok ready",            Reply{Status::ok, "", "ready"}},
    {"SMTP",             "220 ready",            std::nullopt},
    {"IMAP",             "* OK ready",           std::nullopt},
    {"run on",           "+OKAY",                std::nullopt},
    {"minus ok",         "-OK",                  std::nullopt},
    {"empty",            "",                     std::nullopt},
    {"a blank in front", " +OK",                 std::nullopt},
};
// clang-format on

TEST(Pop3Reply, Parses) {
  for (const auto& c : kCases) {
    const auto reply = parse_reply(c.line);
    ASSERT_EQ(reply.has_value(), c.reply.has_value()) << c.why;
    if (reply) {
      EXPECT_EQ(*reply, *c.reply) << c.why;
    } else {
      EXPECT_EQ(reply.error().kind, ErrorKind::protocol) << c.why;
    }
  }
}

TEST(Pop3Reply, RoundTrip) {
  for (const auto& c : kCases) {
    if (!c.reply) continue;
    auto wire = to_wire(*c.reply);
    ASSERT_TRUE(wire.ends_with("\r\n")) << c.why;
    wire.resize(wire.size() - 2);
    EXPECT_EQ(*parse_reply(wire), *c.reply) << c.why;
  }
}

TEST(Pop3Reply, ACodeCoversItsRefinements) {
  const Reply reply{Status::err, "SYS/TEMP", ""};
  EXPECT_TRUE(reply.has_code("SYS"));
  EXPECT_TRUE(reply.has_code("SYS/TEMP"));
  EXPECT_FALSE(reply.has_code("SY"));
  EXPECT_FALSE(reply.has_code("SYS/TEMP/X"));
  EXPECT_FALSE(Reply{}.has_code("AUTH"));
}

}  // namespace
}  // namespace mailtool::pop3
