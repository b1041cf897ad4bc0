#include "app/program.h"

#include <gtest/gtest.h>

#include <csignal>

namespace mailtool::app {
namespace {

using Words = std::vector<std::string>;
constexpr std::chrono::seconds kLong{20};

TEST(SplitWords, AsAShellQuotes) {
  EXPECT_EQ(*split_words("pass show  mail/alice"),
            (Words{"pass", "show", "mail/alice"}));
  EXPECT_EQ(*split_words("a 'b c' \"d 'e'\" f\\ g ''"),
            (Words{"a", "b c", "d 'e'", "f g", ""}));
  EXPECT_EQ(*split_words("\"a\\\"b\\n\" '\\'"), (Words{"a\"b\\n", "\\"}));
  EXPECT_EQ(*split_words("echo $HOME `id` *"),
            (Words{"echo", "$HOME", "`id`", "*"}));
  EXPECT_FALSE(split_words("a 'b"));
  EXPECT_FALSE(split_words("  "));
}

TEST(RunForSecret, TakesStdout) {
  auto secret = run_for_secret({"printf", "ge%s", "heim"}, kLong);
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal(), "geheim");
}

TEST(RunForSecret, SaysWhatWentWrong) {
  EXPECT_EQ(run_for_secret({"false"}, kLong).error().one_line(),
            "'false': ended with status 1");
  EXPECT_EQ(run_for_secret({"mailtool-no-such-program"}, kLong).error().kind,
            ErrorKind::no_input);
  EXPECT_EQ(run_for_secret({"sleep", "60"}, std::chrono::milliseconds(50))
                .error()
                .kind,
            ErrorKind::timed_out);
  EXPECT_EQ(run_for_secret({"yes"}, kLong).error().kind, ErrorKind::no_auth);
}

TEST(RunProgram, KeepsBothOutputsAndTheStatus) {
  const auto end =
      run_program({"sh", "-c", "echo out; echo no >&2; exit 3"}, kLong, true);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->output.reveal(), "out\n");
  EXPECT_EQ(end->errors, "no\n");
  EXPECT_EQ(end->status, 3);
  EXPECT_EQ(end->signal, 0);
  const auto killed = run_program({"sh", "-c", "kill -KILL $$"}, kLong, true);
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->status, -1);
  EXPECT_EQ(killed->signal, SIGKILL);
}

TEST(RunProgram, BoundsWhatEitherOutputGives) {
  for (const auto* line : {"yes", "yes >&2"}) {
    const auto end = run_program({"sh", "-c", line}, kLong, true);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().kind, ErrorKind::no_auth);
  }
}

// Neither a program that ignores SIGTERM nor one that closes its outputs and
// stays can hold us.
TEST(RunProgram, EndsAProgramThatIsLate) {
  for (const auto* line : {"trap '' TERM; exec sleep 100",
                           "exec >&- 2>&-; sleep 100", "exec sleep 100"}) {
    const auto end =
        run_program({"sh", "-c", line}, std::chrono::milliseconds(50), true);
    ASSERT_FALSE(end) << line;
    EXPECT_EQ(end.error().kind, ErrorKind::timed_out) << line;
  }
}

}  // namespace
}  // namespace mailtool::app
