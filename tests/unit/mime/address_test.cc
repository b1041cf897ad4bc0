#include "mailtool/mime/address.h"

#include <gtest/gtest.h>

#include "mailtool/base/utf8.h"

namespace mailtool::mime {
namespace {

using Mailboxes = std::vector<Address>;

struct Case {
  const char* why;
  std::string value;
  Mailboxes mailboxes;
  bool defective = false;
};

const Case kLegal[] = {
    {"A.1.1",
     "John Doe <jdoe@machine.example>",
     {{"John Doe", "jdoe@machine.example"}}},
    {"A.1.2",
     "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
     {{"Mary Smith", "mary@x.test"},
      {"", "jdoe@example.org"},
      {"Who?", "one@y.test"}}},
    {"A.1.2 Cc",
     "<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
     {{"", "boss@nil.test"},
      {"Giant; \"Big\" Box", "sysservices@example.net"}}},
    {"A.1.2 From",
     "\"Joe Q. Public\" <john.q.public@example.com>",
     {{"Joe Q. Public", "john.q.public@example.com"}}},
    {"A.1.3",
     "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
     {{"Ed Jones", "c@a.test"},
      {"", "joe@where.test"},
      {"John", "jdoe@one.test"}}},
    {"A.1.3 Cc", "Undisclosed recipients:;", {}},
    {"A.5",
     "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
     {{"Pete", "pete@silly.test"}}},
    {"A.5 To",
     "A Group(Some people)\r\n     :Chris Jones <c@(Chris's "
     "host.)public.example>,\r\n"
     "         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); "
     "(the end of the group)",
     {{"Chris Jones", "c@public.example"},
      {"", "joe@example.org"},
      {"John", "jdoe@one.test"}}},
    {"A.5 Cc",
     "(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;",
     {}},
    {"A.6.1 From",
     "Joe Q. Public <john.q.public@example.com>",
     {{"Joe Q. Public", "john.q.public@example.com"}}},
    {"A.6.1 To",
     "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
     {{"Mary Smith", "mary@example.net"}, {"", "jdoe@test.example"}}},
    {"A.6.3",
     "John Doe <jdoe@machine(comment).  example>",
     {{"John Doe", "jdoe@machine.example"}}},
    {"long route", "<@a.test,@b.test:c@d.test>", {{"", "c@d.test"}}},
    {"domain literal",
     "a@[192.0.2.1], <b@[IPv6:2001:db8::1]>",
     {{"", "a@[192.0.2.1]"}, {"", "b@[IPv6:2001:db8::1]"}}},
    {"quoted local part",
     "\"a b\"@x.test, \"plain\"@x.test, \"a@b\"@x.test",
     {{"", "\"a b\"@x.test"}, {"", "plain@x.test"}, {"", "\"a@b\"@x.test"}}},
    {"quoted pair in local part",
     "\"a\\\"b\"@x.test",
     {{"", "\"a\\\"b\"@x.test"}}},
    {"comment as name",
     "jdoe@x.test (John Doe)",
     {{"John Doe", "jdoe@x.test"}}},
    {"comment as name, angle",
     "<jdoe@x.test> (John Doe)",
     {{"John Doe", "jdoe@x.test"}}},
    {"comment behind a name names nobody",
     "One <one@c.test> (after), two@d.test, Three <t@e.test>(x),(y) f@g.test",
     {{"One", "one@c.test"},
      {"", "two@d.test"},
      {"Three", "t@e.test"},
      {"y", "f@g.test"}}},
    {"nested comment", "a@x.test (b (c) d)", {{"b (c) d", "a@x.test"}}},
    {"UTF-8",
     "\xc3\x9c <\xc3\xbc@\xc3\xa4.test>",
     {{"\xc3\x9c", "\xc3\xbc@\xc3\xa4.test"}}},
    {"encoded name",
     "=?utf-8?Q?=C3=9C?= <u@x.test>",
     {{"\xc3\x9c", "u@x.test"}}},
    {"encoded words in a name",
     "=?utf-8?Q?A?= =?utf-8?Q?B?= C <u@x.test>",
     {{"AB C", "u@x.test"}}},
    {"no domain", "root", {{"", "root"}}},
    {"no domain, twice",
     "root, postmaster",
     {{"", "root"}, {"", "postmaster"}}},
    {"nothing", "", {}},
    {"commas only", ", ,,", {}},
};

const Case kMended[] = {
    {"name is an address", "a@bank <b@evil>", {{"a@bank", "b@evil"}}, true},
    {"two angles", "J <a@x> <b@evil>", {{"J", "a@x"}, {"", "b@evil"}}, true},
    {"comma in a name", "Doe, John <j@x>", {{"Doe, John", "j@x"}}, true},
    {"semicolon between", "a@x; b@y", {{"", "a@x"}, {"", "b@y"}}, true},
    {"no >", "A <a@x", {{"A", "a@x"}}, true},
    {"no > before a comma",
     "A <a@x, B <b@y>",
     {{"A", "a@x"}, {"B", "b@y"}},
     true},
    {"no comma", "a@x b@y", {{"", "a@x"}, {"", "b@y"}}, true},
    {"no <", "A B a@x", {{"A B", "a@x"}}, true},
    {"mailto", "mailto:a@x", {{"", "a@x"}}, true},
    {"nested groups", "a: b: c@x;;", {{"", "c@x"}}, true},
    {"no ; ", "g: a@x", {{"", "a@x"}}, true},
    {"encoded address",
     "=?utf-8?Q?boss=40bank.test=3E?= <b@evil.test>",
     {{"boss@bank.test>", "b@evil.test"}}},
    {"encoded address alone",
     "=?utf-8?Q?boss=40bank.test?=",
     {{"", "=?utf-8?Q?boss=40bank.test?="}}},
    {"hidden NUL in the name",
     "=?utf-8?Q?boss=40bank.test=00?= <b@evil.test>",
     {{"boss@bank.test\xef\xbf\xbd", "b@evil.test"}}},
    {"empty angle", "A <>", {}, true},
    {"no host", "a@", {}, true},
    {"no local part", "@x", {}, true},
    {"host in quotes", "a@\"b c\"", {}, true},
    {"host with >", "a@>", {}, true},
    {"dots in the local part",
     "a..b@x.test, .a@x.test",
     {{"", "\"a..b\"@x.test"}, {"", "\".a\"@x.test"}}},
    {"raw Latin-1", "\xfc@x.test", {{"", "\xc3\xbc@x.test"}}, true},
    {"open quote", "\"abc", {{"", "abc"}}, true},
    {"open comment", "a@x (abc", {{"abc", "a@x"}}, true},
    {"open literal", "a@[1.2", {}, true},
};

void check(const Case& c) {
  const auto list = parse_address_list(c.value);
  EXPECT_EQ(list.mailboxes.size(), c.mailboxes.size()) << c.why;
  for (std::size_t i = 0;
       i < std::min(list.mailboxes.size(), c.mailboxes.size()); ++i) {
    EXPECT_EQ(list.mailboxes[i].name, c.mailboxes[i].name) << c.why;
    EXPECT_EQ(list.mailboxes[i].address, c.mailboxes[i].address) << c.why;
  }
  EXPECT_EQ(list.defective, c.defective) << c.why;
  const auto again = parse_address_list(to_header(list));
  EXPECT_EQ(again.mailboxes, list.mailboxes)
      << c.why << ": " << to_header(list);
  EXPECT_EQ(again.groups, list.groups) << c.why << ": " << to_header(list);
}

TEST(AddressList, LegalForms) {
  for (const auto& c : kLegal) check(c);
}

TEST(AddressList, MendedForms) {
  for (const auto& c : kMended) check(c);
}

TEST(AddressList, Groups) {
  const auto list = parse_address_list(
      "a@x, One: b@x, c@x;, \"T, w\": ;, d@x, =?utf-8?Q?=C3=9C?=: e@x");
  EXPECT_EQ(list.mailboxes.size(), 5u);
  EXPECT_EQ(list.groups,
            (std::vector<AddressGroup>{
                {"One", 1, 3}, {"T, w", 3, 3}, {"\xc3\x9c", 4, 5}}));
  EXPECT_EQ(to_header(list),
            "a@x, One: b@x, c@x;, \"T, w\":;, d@x, =?utf-8?B?w5w=?=: e@x;");
}

// What could be taken for the beginning of a name is put in brackets.
TEST(ToHeader, WordsWithoutDomain) {
  const AddressList list{{{"", "Root"},
                          {"John", "j@x.test"},
                          {"", "root"},
                          {"", "a.b"},
                          {"", "\"a b\""},
                          {"", "=?"},
                          {"", "=?u?q?x@y?="},
                          {"B", "b@x.test"}},
                         {}};
  EXPECT_EQ(to_header(list),
            "<Root>, John <j@x.test>, root, <a.b>, <\"a b\">, <=?>, "
            "<=?u?q?x@y?=>, B <b@x.test>");
  EXPECT_EQ(parse_address_list(to_header(list)).mailboxes, list.mailboxes);
}

TEST(ToHeader, Names) {
  struct {
    const char* name;
    const char* header;
  } const cases[] = {
      {"", "a@x"},
      {"John Doe", "John Doe <a@x>"},
      {"Doe, John", "\"Doe, John\" <a@x>"},
      {"J. \"X\" \\", "\"J. \\\"X\\\" \\\\\" <a@x>"},
      {"two  blanks", "\"two  blanks\" <a@x>"},
      {"\xc3\x9c", "=?utf-8?B?w5w=?= <a@x>"},
      {"=?x", "=?utf-8?B?PT94?= <a@x>"},
      {"a@bank", "\"a@bank\" <a@x>"},
  };
  for (const auto& c : cases) {
    const Address mailbox{c.name, "a@x"};
    EXPECT_EQ(to_header(mailbox), c.header);
    EXPECT_EQ(parse_address_list(to_header(mailbox)).mailboxes,
              Mailboxes{mailbox});
  }
  EXPECT_EQ(to_display({"\xc3\x9c, x", "a@x"}), "\xc3\x9c, x <a@x>");
  EXPECT_EQ(to_display({"", "a@x"}), "a@x");
}

TEST(ReadAddressList, TakesWhatIsRight) {
  for (const auto* text :
       {"a@x.test", "A <a@x.test>, b@y.test", "root", "\xc3\xbc@\xc3\xa4.test",
        "a@[192.0.2.1]", "g: a@x.test;"}) {
    EXPECT_TRUE(read_address_list(text, "--to")) << text;
  }
}

TEST(ReadAddressList, RefusesWhatIsNot) {
  for (const auto* text :
       {"", " ", "a@x.test\r\nBcc: b@y.test", "a@x.test\n", "a@bank <b@evil>",
        "a@", "a b@x", "a@x.test; b@y.test", "A <a@x", "a@b..c", "a@.b",
        "a@b c", "a@[]", "a@b!c", "\xfc@x.test", "a@x\x7f", "\"a",
        "Doe, John <j@x>"}) {
    const auto read = read_address_list(text, "--to");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, ErrorKind::usage);
    EXPECT_TRUE(read.error().what.starts_with("--to: ")) << read.error().what;
    EXPECT_EQ(read.error().what.find('\n'), std::string::npos);
  }
  EXPECT_FALSE(read_address_list(std::string_view("a\0@x", 4), "--to"));
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(AddressList, HostileValuesAreLinear) {
  EXPECT_EQ(
      parse_address_list(repeat("Ab Cd <a@x.test>, ", 80'000)).mailboxes.size(),
      80'000u);
  EXPECT_EQ(parse_address_list(repeat("a@x.test ", 80'000)).mailboxes.size(),
            80'000u);
  EXPECT_EQ(parse_address_list(repeat("<a@x>", 300'000)).mailboxes.size(),
            kMaxAddresses);
  EXPECT_EQ(
      parse_address_list(repeat("(", 50'000) + repeat(")", 50'000) + "a@x")
          .mailboxes.size(),
      1u);
  EXPECT_EQ(
      parse_address_list(repeat("g:", 50'000) + "a@x" + repeat(";", 50'000))
          .mailboxes.size(),
      1u);
  EXPECT_LE(parse_address_list(repeat(":", 4'000'000)).groups.size(),
            kMaxAddresses);
  for (const auto* text :
       {"Ab,", ",", "(", ")", "<", ">", "\"", "@", ".", "[", "]", ";", "\\",
        "a ", "a.", "a@", "<@a,", "(a)", "\xff"}) {
    const auto list = parse_address_list(repeat(text, 400'000));
    EXPECT_LE(list.mailboxes.size(), kMaxAddresses) << text;
    EXPECT_TRUE(list.defective || list.mailboxes.size() <= 1 ||
                std::string_view(text) == "Ab,")
        << text;
  }
  const auto words = parse_address_list(repeat("a ", 3'000'000));
  EXPECT_TRUE(words.defective);
}

}  // namespace
}  // namespace mailtool::mime
