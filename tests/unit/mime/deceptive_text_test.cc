#include <gtest/gtest.h>

#include "mailtool/mime/header.h"

namespace mailtool::mime {
namespace {

TEST(DeceptiveText, HiddenCharacters) {
  for (const auto* text :
       {"a\xe2\x80\xae" "b", "\xe2\x81\xa6", "\xe2\x80\x8b", "\xef\xbb\xbf",
        "\xc2\xad", "a\xe2\x80\x8d" "b", "\xe2\x80\x8c", "\xf3\xa0\x81\x81",
        "\xe3\x85\xa4", "\xd8\x9c"}) {
    EXPECT_TRUE(has_deceptive_characters(text)) << text;
  }
  // Persian with a non-joiner, a family joined, and what is only foreign.
  for (const auto* text :
       {"", "plain", "\xc3\xbc", "\xd9\x85\xe2\x80\x8c\xd9\x85",
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", "\xe4\xbd\xa0"}) {
    EXPECT_FALSE(has_deceptive_characters(text)) << text;
  }
}

TEST(DeceptiveText, OtherAddresses) {
  for (const auto* text : {"a@bank", "x <a@bank.test>", "a@b.test.", "a@x.tes",
                           "a\xef\xb9\xab" "bank", "@ b@c"}) {
    EXPECT_TRUE(shows_other_address(text, "a@x.test")) << text;
  }
  for (const auto* text : {"", "J", "a@x.test", "A@X.TEST", "'a@x.test'",
                           "(a@x.test.)", "me @ home", "@joe", "a@"}) {
    EXPECT_FALSE(shows_other_address(text, "a@x.test")) << text;
  }
}

TEST(DeceptiveText, HostileTextIsLinear) {
  struct {
    const char* piece;
    bool shows;
  } const cases[] = {{"a", false}, {"@", false}, {"a@", true}, {"@a", true},
                     {"a@x ", false}, {"\xef\xbc\xa0 ", false}};
  for (const auto& c : cases) {
    std::string text;
    for (int i = 0; i < 1'000'000; ++i) text += c.piece;
    EXPECT_FALSE(has_deceptive_characters(text)) << c.piece;
    EXPECT_EQ(shows_other_address(text, "a@x"), c.shows) << c.piece;
  }
}

}  // namespace
}  // namespace mailtool::mime
