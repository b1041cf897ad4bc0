#include "app/suggestion.h"

#include <gtest/gtest.h>

#include <array>

namespace mailtool::app {
namespace {

constexpr std::array<std::string_view, 5> kWords = {"send", "fetch", "imap",
                                                    "parse", "tls-ca"};

struct Case {
  const char* why;
  std::string word;
  std::optional<std::string_view> expected;
};

TEST(Suggestion, Nearest) {
  const Case cases[] = {
      {"letter left out", "snd", "send"},
      {"letters swapped", "sned", "send"},
      {"letter put in", "fettch", "fetch"},
      {"letter replaced", "parze", "parse"},
      {"exact", "imap", "imap"},
      {"too far", "receive", std::nullopt},
      {"one letter says nothing", "x", std::nullopt},
      {"empty", "", std::nullopt},
      {"longer than any word", std::string(65, 's'), std::nullopt},
      {"as long as may be", std::string(64, 's'), std::nullopt},
  };
  for (const auto& c : cases)
    EXPECT_EQ(nearest(c.word, kWords), c.expected) << c.why;
}

TEST(Suggestion, Wording) {
  EXPECT_EQ(did_you_mean("tls-cs", kWords, "--"), "; did you mean --tls-ca?");
  EXPECT_EQ(did_you_mean("nonsense", kWords, "--"), "");
  constexpr std::array<std::string_view, 3> kVerbs = {"folders", "folder",
                                                      "list"};
  EXPECT_EQ(did_you_mean_either("foldr", kVerbs),
            "; did you mean folder or folders?");
  EXPECT_EQ(did_you_mean_either("folderx", kVerbs),
            "; did you mean folders or folder?");
  EXPECT_EQ(did_you_mean_either("lis", kVerbs), "; did you mean list?");
  EXPECT_EQ(did_you_mean_either("nonsense", kVerbs), "");
}

}  // namespace
}  // namespace mailtool::app
