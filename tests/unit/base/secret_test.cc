#include "mailtool/base/secret.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace mailtool {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);

TEST(Secret, MoveLeavesNothingBehind) {
  Secret from("pa\0ss");
  Secret to(std::move(from));
  EXPECT_EQ(to.reveal(), "pa");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
  Secret other("x");
  other = std::move(to);
  EXPECT_EQ(other.reveal(), "pa");
}

TEST(Secret, WipeOverwrites) {
  std::string text(64, 's');
  const char* octets = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(octets[1], '\0');
}

}  // namespace
}  // namespace mailtool
