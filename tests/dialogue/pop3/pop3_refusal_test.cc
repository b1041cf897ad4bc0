// What a -ERR means, by its response code.

#include "client/pop3_refusal.h"

#include <gtest/gtest.h>

namespace mailtool::client {
namespace {

struct Case {
  const char* line;
  ErrorKind kind;
};

// clang-format off
const Case kCases[] = {
    {"-ERR",                          ErrorKind::content_refused},
    {"-ERR no",                       ErrorKind::content_refused},
    {"-ERR [IN-USE] no",              ErrorKind::deferred},
    {"-ERR [in-use] no",              ErrorKind::deferred},
    {"-ERR [LOGIN-DELAY] no",         ErrorKind::deferred},
    {"-ERR [SYS/TEMP] no",            ErrorKind::deferred},
    {"-ERR [SYS/TEMP/DISK] no",       ErrorKind::deferred},
    {"-ERR [SYS/PERM] no",            ErrorKind::rejected},
    {"-ERR [SYS/PERM/GONE] no",       ErrorKind::rejected},
    {"-ERR [SYS] no",                 ErrorKind::rejected},
    {"-ERR [AUTH] no",                ErrorKind::no_auth},
    {"-ERR [AUTH/EXPIRED] no",        ErrorKind::no_auth},
    {"-ERR [AUTHOR] no",              ErrorKind::content_refused},
    {"-ERR [UTF8] no",                ErrorKind::content_refused},
    {"-ERR [X-OUR-OWN/THING] no",     ErrorKind::content_refused},
    {"-ERR [IN-USE]no",               ErrorKind::content_refused},  // no code
    {"-ERR no [AUTH] here",           ErrorKind::content_refused},
};
// clang-format on

TEST(Pop3Refusal, IsByCode) {
  for (const auto& c : kCases) {
    const auto reply = pop3::parse_reply(c.line);
    ASSERT_TRUE(reply) << c.line;
    // A kind that no code stands for.
    const auto error = refusal(*reply, "STEP", ErrorKind::content_refused);
    EXPECT_EQ(error.kind, c.kind) << c.line;
    EXPECT_EQ(error.step, "STEP");
  }
}

TEST(Pop3Refusal, ShowsTheCodeAsItWasMeant) {
  const auto reply = pop3::parse_reply("-ERR [sys/temp] wait\x1b[2J");
  ASSERT_TRUE(reply);
  EXPECT_EQ(said_by(*reply), "[SYS/TEMP] wait\\x1b[2J");
}

}  // namespace
}  // namespace mailtool::client
