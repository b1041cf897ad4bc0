#include "app/program.h"

#include <gtest/gtest.h>

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
            ErrorKind::cannot_create);
  EXPECT_EQ(run_for_secret({"sleep", "60"}, std::chrono::milliseconds(50))
                .error()
                .kind,
            ErrorKind::timed_out);
  EXPECT_EQ(run_for_secret({"yes"}, kLong).error().kind, ErrorKind::no_auth);
}

}  // namespace
}  // namespace mailtool::app
