#include "app/mx_options.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

OptionValues with(std::string_view name, const std::string& value) {
  OptionValues values;
  values.add(name, {value, "command line"});
  return values;
}

TEST(MxOptions, Defaults) {
  const auto options = MxOptions::read({}, 26);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->port, 26);
  EXPECT_EQ(options->jobs, 4u);
  EXPECT_TRUE(options->dane);
  EXPECT_TRUE(options->mta_sts);
}

TEST(MxOptions, Policies) {
  const struct {
    const char* text;
    bool dane, mta_sts;
  } cases[] = {{"none", false, false},
               {"dane", true, false},
               {"mta-sts", false, true},
               {"dane,mta-sts", true, true},
               {"mta-sts,dane", true, true}};
  for (const auto& item : cases) {
    const auto options = MxOptions::read(with("mx-tls-policy", item.text), 25);
    ASSERT_TRUE(options) << item.text;
    EXPECT_EQ(options->dane, item.dane) << item.text;
    EXPECT_EQ(options->mta_sts, item.mta_sts) << item.text;
  }
  for (const char* text : {"", "dane,", "none,dane", "DANE", "tls", "dane mta-sts"}) {
    const auto options = MxOptions::read(with("mx-tls-policy", text), 25);
    ASSERT_FALSE(options) << text;
    EXPECT_EQ(options.error().kind, ErrorKind::usage);
  }
}

TEST(MxOptions, Jobs) {
  EXPECT_EQ(MxOptions::read(with("jobs", "64"), 25)->jobs, 64u);
  for (const char* text : {"0", "65", "-1", "4x", ""})
    EXPECT_FALSE(MxOptions::read(with("jobs", text), 25)) << text;
}

}  // namespace
}  // namespace mailtool::app
