// The test tool itself: a dialogue that cannot fail would prove nothing.

#include <gtest/gtest.h>

#include "support/dialogue_stream.h"

namespace mailtool {
namespace {

using test::DialogueStream;
using test::parse_dialogue;

TEST(DialogueStream, RefusesAnotherCommand) {
  DialogueStream server(parse_dialogue("C: NOOP\n"), 4096);
  EXPECT_FALSE(server.write_all("QUIT\r\n"));
  EXPECT_NE(server.unplayed(), "");
}

TEST(DialogueStream, RefusesACommandBeforeItsTurn) {
  DialogueStream server(parse_dialogue("S: 220 hi\nC: NOOP\n"), 4096);
  EXPECT_FALSE(server.write_all("NOOP\r\n"));
}

TEST(DialogueStream, RefusesReadingInTheClientsTurn) {
  DialogueStream server(parse_dialogue("C: NOOP\n"), 4096);
  char c;
  EXPECT_FALSE(server.read_some({&c, 1}));
}

TEST(DialogueStream, SaysWhatIsLeft) {
  DialogueStream server(parse_dialogue("C: NOOP\nS: 250 ok\n"), 4096);
  EXPECT_TRUE(server.write_all("NO"));
  EXPECT_TRUE(server.write_all("OP\r\n"));
  EXPECT_EQ(server.unplayed(), "line 2: 250 ok\\x0d\\x0a\n");
}

TEST(DialogueStream, WildcardEndsWithTheLine) {
  DialogueStream server(parse_dialogue("C: PASS ****\nC: STAT\n"), 4096);
  EXPECT_TRUE(server.write_all("PASS a b\r\nSTAT\r\n"));
  EXPECT_EQ(server.unplayed(), "");
}

}  // namespace
}  // namespace mailtool
