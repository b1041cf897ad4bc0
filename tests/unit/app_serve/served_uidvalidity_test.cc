#include "app/served_uidvalidity.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

using Named = ServedUidvalidity::Named;

class UidvalidityTest : public testing::Test {
 protected:
  static bool may_be(ServedUidvalidity& all, std::string name,
                     std::uint32_t uidvalidity) {
    const auto may = all.may_be({std::move(name), uidvalidity});
    EXPECT_TRUE(may) << may.error().one_line();
    return may && *may;
  }
  test::TempDir dir_;
};

TEST_F(UidvalidityTest, NamesThatWereGivenUp) {
  {
    ServedUidvalidity all(dir_.path());
    EXPECT_TRUE(all.give_up({{"a", 47}, {"b c/d", 50}}));
    EXPECT_TRUE(all.give_up({{"a", 45}}));
  }
  // As the file has it.
  ServedUidvalidity all(dir_.path());
  EXPECT_FALSE(may_be(all, "a", 46));
  EXPECT_TRUE(may_be(all, "a", 47));
  EXPECT_FALSE(may_be(all, "b c/d", 49));
  EXPECT_TRUE(may_be(all, "b c/d", 51));
  EXPECT_TRUE(may_be(all, "b", 1));
  // What comes now is above all of them, too.
  const auto next = all.next(7);
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, 51u);
}

// So many and no more; a name that was forgotten never gets what is too low.
TEST_F(UidvalidityTest, SoManyNames) {
  constexpr std::uint32_t kAll = 2 * ServedUidvalidity::kMaxNames;
  {
    ServedUidvalidity all(dir_.path());
    std::vector<Named> names;
    for (std::uint32_t i = 1; i <= kAll; ++i) {
      names.push_back({"n" + std::to_string(i), i});
    }
    EXPECT_TRUE(all.give_up(names));
  }
  ServedUidvalidity all(dir_.path());
  for (std::uint32_t i = 2; i <= kAll; ++i) {
    EXPECT_FALSE(may_be(all, "n" + std::to_string(i), i - 1)) << i;
    EXPECT_TRUE(may_be(all, "n" + std::to_string(i), kAll)) << i;
  }
  EXPECT_TRUE(may_be(all, "n" + std::to_string(kAll), kAll));
  EXPECT_TRUE(may_be(all, "never", kAll - ServedUidvalidity::kMaxNames / 2));
  std::ifstream file(dir_.path() / "uidvalidity");
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  EXPECT_LE(lines, ServedUidvalidity::kMaxNames + 1);
}

TEST_F(UidvalidityTest, FileThatIsDamaged) {
  for (const auto* text :
       {"", "7", "x\n", "7 x\n", "7 8 9\n", "7\n8\n", "7\nx a\n", "7\n8 a",
        "4294967296\n", "7\n4294967296 a\n", "7\n\n"}) {
    std::ofstream(dir_.path() / "uidvalidity") << text;
    ServedUidvalidity all(dir_.path());
    const auto next = all.next(7);
    ASSERT_FALSE(next) << text;
    EXPECT_EQ(next.error().kind, ErrorKind::config) << text;
    EXPECT_FALSE(all.give_up({{"a", 1}})) << text;
    EXPECT_FALSE(all.may_be({"a", 1})) << text;
  }
  std::ofstream(dir_.path() / "uidvalidity") << "7\n";
  ServedUidvalidity all(dir_.path());
  const auto next = all.next(1);
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, 8u);
}

}  // namespace
}  // namespace mailtool::app
