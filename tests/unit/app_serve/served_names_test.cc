#include "app/served_names.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(ServedNames, ThereAndBack) {
  const std::pair<const char*, const char*> kNames[] = {
      {"Work", ".Work"},
      {"Work/2026", ".Work.2026"},
      {"v1.2", ".v1&AC4-2"},
      {"a.b/c..d", ".a&AC4-b.c&AC4-&AC4-d"},
      {"R&D", ".R&-D"},
      {"&AC4-", ".&-AC4-"},
      {"점심/x", ".&yBDC7A-.x"},
      {"é.", ".&AOk-&AC4-"},
      {"INBOX/x", ".INBOX.x"},
      {"a b", ".a b"},
  };
  for (const auto& [name, folder] : kNames) {
    const auto got = folder_of_name(name);
    ASSERT_TRUE(got) << name;
    EXPECT_EQ(*got, folder);
    EXPECT_EQ(name_of_folder(folder), name);
  }
}

TEST(ServedNames, NoNames) {
  for (const auto* name :
       {"", "/", "a//b", "/a", "a/", ".", "..", "../x", "a/../b", "a/.", "INBOX",
        "inbox", "inbox/x", "a\nb", "a\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xff",
        "\xc0\xaf"}) {
    const auto folder = folder_of_name(name);
    ASSERT_FALSE(folder) << name;
    EXPECT_EQ(folder.error().kind, ErrorKind::rejected);
    EXPECT_TRUE(folder.error().what.starts_with("[CANNOT] ")) << name;
  }
  std::string deep = "a";
  for (std::size_t i = 1; i < kMaxLevels; ++i) deep += "/a";
  EXPECT_TRUE(folder_of_name(deep));
  std::string dots(kMaxFolderName / 5 + 1, '.');
  dots[0] = 'a';
  for (const auto& name : {deep + "/a", std::string(kMaxFolderName + 1, 'x'),
                           std::string(100'000, 'x'), dots}) {
    const auto folder = folder_of_name(name);
    ASSERT_FALSE(folder);
    EXPECT_TRUE(folder.error().what.starts_with("[CANNOT] "));
  }
}

TEST(ServedNames, NoFolders) {
  for (const auto* folder :
       {"", ".", "..", "Work", ".a..b", ".a.", ".&", ".&AGE-", ".&AA8-",
        ".&AC4", ".\xff", ".inbox", ".INBOX"}) {
    EXPECT_EQ(name_of_folder(folder), std::nullopt) << folder;
  }
  EXPECT_EQ(name_of_folder("." + std::string(kMaxFolderName + 1, 'x')),
            std::nullopt);
}

}  // namespace
}  // namespace mailtool::app
