#include "app/qualify.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.h"

namespace mailtool::app {
namespace {

TEST(Qualify, OnlyWhatHasNoDomain) {
  struct Case {
    const char* address;
    const char* expected;
  };
  const Case kCases[] = {
      {"root", "root@h.example"},
      {"root@x.example", "root@x.example"},
      {"\"a@b\"", "\"a@b\"@h.example"},
      {"\"a@b\"@x.example", "\"a@b\"@x.example"},
      {"\"a\\\"@b\"", "\"a\\\"@b\"@h.example"},
      {"\"unclosed@b", "\"unclosed@b@h.example"},
      {"\"a\\", "\"a\\@h.example"},
      {"", ""},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(qualified(test.address, "h.example"), test.expected);
    EXPECT_EQ(qualified(test.address, ""), test.address);
  }
}

TEST(Qualify, TheOptionMustBeADomain) {
  for (const auto* wrong :
       {"", "a b", "@x.example", "x..example", "-", "a\nb"}) {
    OptionValues options;
    options.set("domain", {wrong, "command line"});
    const auto domain = domain_option(options);
    ASSERT_FALSE(domain) << wrong;
    EXPECT_EQ(domain.error().kind, ErrorKind::usage);
    options.set("domain", {wrong, "config.toml:1:1"});
    EXPECT_EQ(domain_option(options).error().kind, ErrorKind::config);
  }
  OptionValues options;
  EXPECT_EQ(*domain_option(options), "");
  options.set("domain", {"h.example", "command line"});
  EXPECT_EQ(*domain_option(options), "h.example");
}

class MailDomain : public testing::Test {
 protected:
  void SetUp() override {
    names_.mailname = (folder_.path() / "mailname").string();
    names_.hosts = (folder_.path() / "hosts").string();
    names_.host_name = "apple";
  }
  static void write(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  HostNames names_;
  test::TempDir folder_;
};

TEST_F(MailDomain, TheMailNameComesFirst) {
  write(names_.hosts, "127.0.1.1 apple.fruit.example apple\n");
  write(names_.mailname, "mail.example\n");
  EXPECT_EQ(mail_domain(names_), "mail.example");
  write(names_.mailname, "  not a name\n");
  EXPECT_EQ(mail_domain(names_), "apple.fruit.example");
}

TEST_F(MailDomain, ThenTheFullNameOfTheHost) {
  EXPECT_EQ(mail_domain(names_), "apple");
  write(names_.hosts,
        "# apple.comment.example apple\n127.0.0.1 localhost\n"
        "10.0.0.1 pear.fruit.example pear\n127.0.1.1\tAPPLE "
        "apple.fruit.example # x\n");
  EXPECT_EQ(mail_domain(names_), "apple.fruit.example");
  names_.host_name = "apple.direct.example";
  EXPECT_EQ(mail_domain(names_), "apple.direct.example");
  names_.host_name = "no_host!";
  EXPECT_EQ(mail_domain(names_), "localhost");
}

TEST(MailDomainOfThisHost, CanEndAnAddress) {
  OptionValues options;
  options.set("domain", {mail_domain(), "test"});
  EXPECT_TRUE(domain_option(options));
}

}  // namespace
}  // namespace mailtool::app
