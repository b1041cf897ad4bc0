// Lists that readers differ about: what is read, and what is said of it.
#include <gtest/gtest.h>

#include "defect_names.h"
#include "mailtool/mime/address.h"

namespace mailtool::mime {
namespace {

// "Name <address>|...", groups as "name[begin,end)".
std::string say(const AddressList& list) {
  std::string text;
  for (const auto& mailbox : list.mailboxes) {
    if (!text.empty()) text += '|';
    text += to_display(mailbox);
  }
  for (const auto& group : list.groups) {
    text += " " + group.name + "[" + std::to_string(group.begin) + "," +
            std::to_string(group.end) + ")";
  }
  return text;
}

TEST(AddressDefects, Table) {
  struct {
    const char* why;
    const char* value;
    const char* text;
    const char* defects;
  } const cases[] = {
      {"legal", "J <a@x.test>", "J <a@x.test>", ""},
      {"the name is the address", "\"a@x.test\" <A@x.test>",
       "a@x.test <A@x.test>", ""},
      {"a@bank <b@evil>", "a@bank <b@evil>", "a@bank <b@evil>",
       "malformed-address address-in-display-name"},
      {"the same in quotes", "\"a@bank\" <b@evil>", "a@bank <b@evil>",
       "address-in-display-name"},
      {"the same encoded", "=?utf-8?Q?a=40bank?= <b@evil>", "a@bank <b@evil>",
       "address-in-display-name"},
      {"full-width sign", "a\xef\xbc\xa0" "bank <b@evil>",
       "a\xef\xbc\xa0" "bank <b@evil>", "address-in-display-name"},
      {"a comment shows another", "b@evil (a@bank)", "a@bank <b@evil>",
       "address-in-display-name"},
      {"J <a@x> <b@evil>", "J <a@x> <b@evil>", "J <a@x>|b@evil",
       "malformed-address"},
      {"a; b", "a@x; b@y", "a@x|b@y", "malformed-address"},
      {"a; b without domains", "a; b", "a|b", "malformed-address"},
      {"Doe, John <j@x>", "Doe, John <j@x>", "Doe, John <j@x>",
       "malformed-address"},
      {"dot in a name", "John Q. Public <j@x>", "John Q. Public <j@x>", ""},
      {"word as local part",
       "=?utf-8?Q?boss=40bank=00?= =?utf-8?Q?x?=@evil.test",
       "boss@bank\xef\xbf\xbd <=?utf-8?Q?x?=@evil.test>",
       "control-in-encoded-word malformed-address address-in-display-name "
       "encoded-word-in-address"},
      {"=?..?= @evil", "=?utf-8?Q?a=40bank?= @evil",
       "=?utf-8?Q?a=40bank?=@evil", "encoded-word-in-address"},
      {"encoded word inside <>", "<=?utf-8?Q?a=40bank?=>",
       "=?utf-8?Q?a=40bank?=", "encoded-word-in-address"},
      {"encoded word inside <>, with domain", "X <=?utf-8?Q?a?=@b>",
       "X <=?utf-8?Q?a?=@b>", "encoded-word-in-address"},
      {"encoded word in quotes", "\"=?utf-8?Q?=C3=9C?=\" <a@x>",
       "\xc3\x9c <a@x>", "malformed-encoded-word"},
      {"comma inside an encoded word", "=?utf-8?q?doe,_j?= <a@x>",
       "doe, j <a@x>", ""},
      {"comma and sign inside an encoded word", "=?utf-8?q?b@y,<?= <a@x>",
       "b@y,< <a@x>", "address-in-display-name"},
      {"group kept", "G: a@x, b@y;, c@z", "a@x|b@y|c@z G[0,2)", ""},
      {"nested groups", "A: B: a@x;, b@y;", "a@x|b@y A[0,0) B[0,1)",
       "malformed-address"},
      {"group not closed", "G: a@x", "a@x G[0,1)", "malformed-address"},
      {"route", "<@r.test,@s.test:a@x>", "a@x", ""},
      {"route of nothing", "<b:a@x>", "a@x", "malformed-address"},
      {"domain literal", "a@[192.0.2.1]", "a@[192.0.2.1]", ""},
      {"quoted pair", "\"a\\\"b\" <c@x>", "a\"b <c@x>", ""},
      {"quote not closed", "\"A <a@x>", "\"A <a@x>\"", "malformed-address"},
      {"comment not closed", "a@x (J", "J <a@x>", "malformed-address"},
      {"missing >", "J <a@x", "J <a@x>", "malformed-address"},
      {"missing <", "J a@x>", "J <a@x>", "malformed-address"},
      {"missing comma", "a@x b@y", "a@x|b@y", "malformed-address"},
      {"text behind", "<a@x> J", "a@x", "malformed-address"},
      {"UTF-8 throughout", "\xc3\x9c <\xc3\xbc@\xc3\xa4.test>",
       "\xc3\x9c <\xc3\xbc@\xc3\xa4.test>", ""},
      {"turned around", "J\xe2\x80\xae <a@x>", "J\xe2\x80\xae <a@x>",
       "deceptive-characters"},
      {"hidden in the address", "a\xe2\x80\x8b" "b@x", "a\xe2\x80\x8b" "b@x",
       "deceptive-characters"},
      {"unknown charset", "=?x-none?Q?a?= <b@x>", "a <b@x>", "unknown-charset"},
      {"folded", "J\r\n <a@x>,\r\n\tb@y", "J <a@x>|b@y", ""},
  };
  AddressList reused;
  for (const auto& c : cases) {
    parse_address_list(c.value, reused);
    EXPECT_EQ(say(reused), c.text) << c.why;
    EXPECT_EQ(names(reused.defects), c.defects) << c.why;
    EXPECT_EQ(say(parse_address_list(c.value)), c.text) << c.why;
  }
}

}  // namespace
}  // namespace mailtool::mime
