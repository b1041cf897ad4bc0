#include "mailtool/signing/key_record.h"

#include <gtest/gtest.h>

#include "mailtool/signing/key_source.h"
#include "signer.h"

namespace mailtool::signing {
namespace {

// "rsa 616263", with " y" and " s" for the flags; or the problem.
std::string read(std::string_view text) {
  KeyRecord record;
  if (const auto problem = read_key_record(text, record))
    return std::string(to_string(problem->verdict)) + ": " + problem->reason;
  return std::string(to_string(record.type)) + " " + record.key +
         (record.testing ? " y" : "") + (record.same_domain ? " s" : "");
}

TEST(KeyRecord, ReadsByTheLetter) {
  const struct {
    const char* why;
    const char* text;
    const char* expected;
  } kCases[] = {
      {"whole", "v=DKIM1; k=rsa; p=YWJj", "rsa abc"},
      {"p= alone", "p=YWJj", "rsa abc"},
      {"Ed25519", "v=DKIM1; k=ed25519; p=YWJj", "ed25519 abc"},
      {"white space in p=", "v=DKIM1; p= YW\t Jj ;", "rsa abc"},
      {"no padding", "p=YQ", "rsa a"},
      {"padding", "p=YQ= =", "rsa a"},
      {"flags", "v=DKIM1; t=y:s; p=YWJj", "rsa abc y s"},
      {"unknown flag", "v=DKIM1; t=q : y; p=YWJj", "rsa abc y"},
      {"notes", "v=DKIM1; n=anything at all; p=YWJj", "rsa abc"},
      {"unknown tag", "v=DKIM1; g=*; p=YWJj", "rsa abc"},
      {"SHA-256 among others", "h=sha1:sha256; p=YWJj", "rsa abc"},
      {"every service", "s=*; p=YWJj", "rsa abc"},
      {"mail among others", "s=tlsrpt:email; p=YWJj", "rsa abc"},
      {"revoked", "v=DKIM1; p=", "permerror: the key has been revoked"},
      {"unknown type", "k=dsa; p=YWJj",
       "permerror: the key is of an unknown type"},
      {"SHA-1 alone", "h=sha1; p=YWJj",
       "permerror: the key is not for SHA-256"},
      {"another service", "s=tlsrpt; p=YWJj",
       "permerror: the key is not for mail"},
      {"no base64", "p=!!", "permerror: the key is not in base64"},
      {"data after padding",
       "p=YQ==YQ==", "permerror: the key is not in base64"},
      {"a lone character", "p=Y", "permerror: the key is not in base64"},
      {"no p=", "v=DKIM1; k=rsa", "neutral: no key record: p= is missing"},
      {"v= not first", "p=YWJj; v=DKIM1",
       "neutral: no key record: it does not begin with v=DKIM1"},
      {"another version", "v=DKIM2; p=YWJj",
       "neutral: no key record: it does not begin with v=DKIM1"},
      {"SPF", "v=spf1 -all",
       "neutral: no key record: it does not begin with "
       "v=DKIM1"},
      {"p= twice", "p=YWJj; p=YWJj",
       "neutral: no key record: the tag p= stands twice"},
      {"nothing", "", "neutral: no key record: there are no tags"},
  };
  for (const auto& c : kCases) EXPECT_EQ(read(c.text), c.expected) << c.why;
}

TEST(KeyRecord, HasALimit) {
  EXPECT_EQ(read("p=" + std::string(kMaxKeyRecord, 'A')),
            "neutral: no key record: over 16384 octets");
}

TEST(CachedKeys, AsksEachNameOnce) {
  test::TableKeys table;
  table.add("a", {"1"});
  CachedKeys cache(table);
  for (int i = 0; i < 3; ++i) {
    const auto answer = cache.txt("a");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->records, std::vector<std::string>{"1"});
    EXPECT_EQ(cache.txt("b")->kind, KeyAnswer::Kind::no_name);
  }
  EXPECT_EQ(table.asked, (std::vector<std::string>{"a", "b"}));
}

TEST(CachedKeys, GivesUpOnADeadNameServer) {
  test::TableKeys table;
  for (const char c : std::string("abcdefgh"))
    table.answers[std::string(1, c)].kind = KeyAnswer::Kind::temporary;
  table.add("x", {"1"});
  CachedKeys cache(table);
  for (const char c : std::string("abcdxefghax")) {
    const auto answer = cache.txt(std::string(1, c));
    EXPECT_EQ(answer->kind, c == 'x' ? KeyAnswer::Kind::found
                                     : KeyAnswer::Kind::temporary);
  }
  // One answer shows that the server lives.
  EXPECT_EQ(table.asked.size(), 9u);
  for (const char c : std::string("ijklmnop"))
    table.answers[std::string(1, c)].kind = KeyAnswer::Kind::temporary;
  for (const char c : std::string("ijklmnop"))
    EXPECT_EQ(cache.txt(std::string(1, c))->kind, KeyAnswer::Kind::temporary);
  EXPECT_EQ(table.asked.size(), 10u);
}

TEST(CachedKeys, RemembersSoMuchAndNoMore) {
  test::TableKeys table;
  CachedKeys cache(table);
  for (std::size_t i = 0; i < 3 * CachedKeys::kMaxNames; ++i)
    ASSERT_TRUE(cache.txt(std::to_string(i % (2 * CachedKeys::kMaxNames))));
  EXPECT_EQ(table.asked.size(), 3 * CachedKeys::kMaxNames);
}

}  // namespace
}  // namespace mailtool::signing
