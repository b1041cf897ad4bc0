#include "app/wait_address.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(WaitAddress, IsWhatAHeaderNames) {
  struct Case {
    const char* address;
    const char* header;
    bool is_in;
  };
  const Case cases[] = {
      {"bob@b.test", "To: bob@b.test\r\n\r\n", true},
      {"bob@b.test", "To: Bob <BOB@B.TEST>\r\n\r\n", true},
      {"bob@b.test", "To: jimbob@b.test\r\n\r\n", false},
      {"bob@b.test", "To: bob@b.test.example\r\n\r\n", false},
      {"bob@b.test", "To: \"bob@b.test\" <eve@b.test>\r\n\r\n", false},
      {"bob@b.test", "To: a@b.test,\r\n bob@b.test\r\n\r\n", true},
      {"bob@b.test", "To: a@b.test\r\nCc: x: bob@b.test;\r\n\r\n", true},
      {"bob@b.test", "Delivered-To: bob@b.test\n\n", true},
      {"bob@b.test", "", false},
      {"bob@b.test", "\r\n", false},
      {"bob@b.test", "no field\r\n\r\n", false},
      {"bob@b.test", " bob@b.test\r\n", false},
      {"bob", "To: bob@anywhere.test\r\n\r\n", true},
      {"bob", "To: bob\r\n\r\n", true},
      {"bob", "To: jimbob@b.test, bobby@b.test\r\n\r\n", false},
      {"Bob <bob@b.test>", "To: bob@b.test\r\n\r\n", true},
      {"bob@b\xc3\xbc.test", "To: bob@xn--b-eha.test\r\n\r\n", true},
      {"bob@xn--b-eha.test", "To: bob@b\xc3\xbc.test\r\n\r\n", true},
  };
  for (const auto& one : cases) {
    const auto address = WaitAddress::parse(one.address);
    ASSERT_TRUE(address) << one.address;
    EXPECT_EQ(address->is_in(one.header), one.is_in)
        << one.address << " in " << one.header;
  }
}

TEST(WaitAddress, IsOneAddress) {
  for (const std::string text : {"", "@", "@b.test", "a@b.test, c@d.test",
                                 "a b", "x: a@b.test;", "a@b.test\r\nTo: c"}) {
    const auto address = WaitAddress::parse(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().kind, ErrorKind::usage) << text;
  }
}

TEST(WaitAddress, IsLookedForByTheServer) {
  const auto key = WaitAddress::parse("bob")->search_key();
  ASSERT_EQ(key.kind, imap::SearchKey::Kind::either);
  ASSERT_EQ(key.children.size(), 4U);
  EXPECT_EQ(key.children[0].name, "TO");
  EXPECT_EQ(key.children[0].text, "bob");
  EXPECT_EQ(key.children[2].kind, imap::SearchKey::Kind::header);
  // A server may spell a domain otherwise than it was typed.
  EXPECT_EQ(WaitAddress::parse("bob@b\xc3\xbc.test")->search_key().kind,
            imap::SearchKey::Kind::all);
}

}  // namespace
}  // namespace mailtool::app
