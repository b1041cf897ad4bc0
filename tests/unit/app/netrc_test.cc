#include "app/netrc.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

constexpr std::string_view kFile =
    "# machine mail.example login no password comment\n"
    "machine other.example login bob password wrong\n"
    "machine mail.example\n  login alice\n  password \"a b\\\"c\"\n"
    "macdef init\nmachine mail.example login bob password macro\n\n"
    "machine Mail.Example login bob password b\\ b\n"
    "default login anonymous password guest\n";

std::string password(std::string_view host, std::string_view user) {
  auto secret = find_in_netrc(kFile, host, user);
  return secret ? std::string(secret->reveal()) : "-";
}

TEST(Netrc, FindsByHostAndUser) {
  EXPECT_EQ(password("mail.example", "alice"), "a b\"c");
  EXPECT_EQ(password("mail.example", "bob"), "b b");
  EXPECT_EQ(password("mail.example", ""), "a b\"c");
  EXPECT_EQ(password("elsewhere.example", ""), "guest");
  EXPECT_EQ(password("elsewhere.example", "bob"), "-");
}

TEST(Netrc, TruncatedFilesHaveNoPassword) {
  for (std::size_t n = 0; n < kFile.size(); ++n) {
    (void)find_in_netrc(kFile.substr(0, n), "mail.example", "bob");
  }
  EXPECT_FALSE(find_in_netrc("machine", "h", ""));
  EXPECT_FALSE(find_in_netrc("machine h login u", "h", "u"));
}

}  // namespace
}  // namespace mailtool::app
