#include "mailtool/base/base64.h"

#include <gtest/gtest.h>

namespace mailtool {
namespace {

TEST(Base64, Rfc4648Section10) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},
      {"foo", "Zm9v"},  {"foob", "Zm9vYg=="},  {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"}};
  for (const auto& [octets, text] : vectors) {
    EXPECT_EQ(base64_encode(octets), text);
    EXPECT_EQ(base64_decode(text), octets);
  }
}

TEST(Base64, RoundTripsEveryOctet) {
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  EXPECT_EQ(base64_decode(base64_encode(octets)), octets);
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Zg=", "Zg", "Z===", "====", "Zh==", "Zm9v\n",
                           "Z g=", "Zm8=Zm8=", "-_--"}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace mailtool
