#include "mailtool/net/dns_answer.h"

#include <gtest/gtest.h>

#include "dns_message.h"

namespace mailtool::net {
namespace {

using test::address_data;
using test::DnsMessage;
using test::mx_data;
using test::srv_data;
using test::u16;
using test::u32;
using test::u8;
using test::wire_name;

// The question starts behind the header: a pointer to its name.
const std::string kToQuestion = u16(0xc00c);

IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }

TEST(DnsAnswer, AddressesOfTheNameAskedFor) {
  const auto answer = parse_dns_answer(
      DnsMessage("Mail.Example", RecordType::a)
          .answer("mail.example", RecordType::a, address_data("192.0.2.1"), 60)
          .answer("other.example", RecordType::a, address_data("192.0.2.99"))
          .raw_answer(kToQuestion, 1, address_data("192.0.2.2"), 4)
          .wire(),
      "mail.example", RecordType::a);
  ASSERT_TRUE(answer) << answer.error().what;
  ASSERT_EQ(answer->addresses.size(), 2u);
  EXPECT_EQ(answer->addresses[0], (AddressRecord{ip("192.0.2.1"), 60}));
  EXPECT_EQ(answer->addresses[1], (AddressRecord{ip("192.0.2.2"), 300}));
  EXPECT_EQ(answer->question, "Mail.Example");
  EXPECT_TRUE(answer->recursion_available);
  EXPECT_FALSE(answer->authenticated);
}

TEST(DnsAnswer, Ipv6Addresses) {
  const auto answer = parse_dns_answer(
      DnsMessage("a.test", RecordType::aaaa)
          .answer("a.test", RecordType::aaaa, address_data("2001:db8::1"))
          .wire(),
      "a.test", RecordType::aaaa);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->addresses.size(), 1u);
  EXPECT_EQ(answer->addresses[0].address.to_string(), "2001:db8::1");
}

TEST(DnsAnswer, MxRecordsInTheOrderOfTheAnswer) {
  const auto answer = parse_dns_answer(
      DnsMessage("a.test", RecordType::mx)
          .answer("a.test", RecordType::mx, mx_data(20, "B.test"))
          .answer("a.test", RecordType::mx, u16(10) + u8(1) + "x" + kToQuestion)
          .answer("a.test", RecordType::mx, mx_data(0, ""))
          .wire(),
      "a.test", RecordType::mx);
  ASSERT_TRUE(answer) << answer.error().what;
  const std::vector<MxRecord> expected = {
      {20, "b.test", 300}, {10, "x.a.test", 300}, {0, "", 300}};
  EXPECT_EQ(answer->mx, expected);
}

TEST(DnsAnswer, SrvTxtAndTlsaRecords) {
  const auto srv =
      parse_dns_answer(DnsMessage("_imaps._tcp.a.test", RecordType::srv)
                           .answer("_imaps._tcp.a.test", RecordType::srv,
                                   srv_data(0, 5, 993, "imap.a.test"))
                           .wire(),
                       "_imaps._tcp.a.test", RecordType::srv);
  ASSERT_TRUE(srv) << srv.error().what;
  EXPECT_EQ(srv->srv,
            (std::vector<SrvRecord>{{0, 5, 993, "imap.a.test", 300}}));

  const auto txt = parse_dns_answer(
      DnsMessage("a.test", RecordType::txt)
          .answer("a.test", RecordType::txt, u8(7) + "v=spf1 " + u8(4) + "-all")
          .answer("a.test", RecordType::txt, u8(0))
          .wire(),
      "a.test", RecordType::txt);
  ASSERT_TRUE(txt) << txt.error().what;
  EXPECT_EQ(txt->txt,
            (std::vector<TxtRecord>{{"v=spf1 -all", 300}, {"", 300}}));

  const auto tlsa = parse_dns_answer(
      DnsMessage("_25._tcp.a.test", RecordType::tlsa)
          .answer("_25._tcp.a.test", RecordType::tlsa,
                  u8(3) + u8(1) + u8(1) + std::string("\0\xff", 2))
          .wire(),
      "_25._tcp.a.test", RecordType::tlsa);
  ASSERT_TRUE(tlsa) << tlsa.error().what;
  EXPECT_EQ(
      tlsa->tlsa,
      (std::vector<TlsaRecord>{{3, 1, 1, std::string("\0\xff", 2), 300}}));
}

TEST(DnsAnswer, FollowsAliases) {
  const auto answer = parse_dns_answer(
      DnsMessage("a.test", RecordType::a)
          .answer("c.test", RecordType::a, address_data("192.0.2.3"))
          .answer("A.test", RecordType::cname, wire_name("B.test"))
          .answer("b.test", RecordType::cname, wire_name("c.test"))
          .answer("a.test", RecordType::a, address_data("192.0.2.99"))
          .wire(),
      "a.test", RecordType::a);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->canonical, "c.test");
  ASSERT_EQ(answer->addresses.size(), 1u);
  EXPECT_EQ(answer->addresses[0].address, ip("192.0.2.3"));
}

TEST(DnsAnswer, ResponseCodesAndFlags) {
  const auto none = parse_dns_answer(
      DnsMessage("a.test", RecordType::a).rcode(3).flag(0x0020).wire(),
      "a.test", RecordType::a);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->rcode, Rcode::name_error);
  EXPECT_TRUE(none->authenticated);
  const auto failed =
      parse_dns_answer(DnsMessage("a.test", RecordType::a).rcode(2).wire(),
                       "a.test", RecordType::a);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->rcode, Rcode::server_failure);
  const auto cut =
      parse_dns_answer(DnsMessage("a.test", RecordType::a).flag(0x0200).wire(),
                       "a.test", RecordType::a);
  ASSERT_TRUE(cut);
  EXPECT_TRUE(cut->truncated);
  EXPECT_TRUE(cut->empty());
}

// BADVERS is 16: its lower four bits look like "no error, no records".
TEST(DnsAnswer, ExtendedResponseCodeIsNoEmptyAnswer) {
  const auto answer = parse_dns_answer(
      DnsMessage("a.test", RecordType::mx)
          .additional(u8(0) + u16(41) + u16(1232) + u32(0x01000000) + u16(0))
          .wire(),
      "a.test", RecordType::mx);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->rcode, Rcode::other);
}

TEST(DnsAnswer, OddOctetsInALabelAreEscaped) {
  const auto answer = parse_dns_answer(
      DnsMessage("a.test", RecordType::mx)
          .answer("a.test", RecordType::mx,
                  u16(1) + u8(4) + "a.\x1b" + std::string("\0", 1) + u8(0))
          .wire(),
      "a.test", RecordType::mx);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->mx[0].host, "a\\046\\027\\000");
}

TEST(DnsAnswer, NonsenseTtlIsZero) {
  const auto answer =
      parse_dns_answer(DnsMessage("a.test", RecordType::a)
                           .answer("a.test", RecordType::a,
                                   address_data("192.0.2.1"), 0x80000000)
                           .wire(),
                       "a.test", RecordType::a);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->addresses[0].ttl, 0u);
}

struct Malformed {
  const char* why;
  std::string message;
  RecordType type;
};

DnsMessage base(RecordType type) { return DnsMessage("a.test", type); }

std::string long_name(int labels) {
  std::string octets;
  for (int i = 0; i < labels; ++i) octets += u8(63) + std::string(63, 'a');
  return octets + u8(0);
}

DnsMessage many_aliases(int count) {
  auto message = base(RecordType::a);
  std::string from = "a.test";
  for (int i = 0; i < count; ++i) {
    const std::string to = "n" + std::to_string(i) + ".test";
    message.answer(from, RecordType::cname, wire_name(to));
    from = to;
  }
  return message;
}

// clang-format off
const std::string kHeaderOnly = base(RecordType::a).wire().substr(0, 11);
const Malformed kMalformed[] = {
  {"empty",                       "",                                                   RecordType::a},
  {"short header",                kHeaderOnly,                                          RecordType::a},
  {"a query",                     base(RecordType::a).flag(0x8000).wire(),              RecordType::a},
  {"another opcode",              base(RecordType::a).flag(0x0800).wire(),              RecordType::a},
  {"another name",                DnsMessage("b.test", RecordType::a).wire(),           RecordType::a},
  {"another type",                base(RecordType::mx).wire(),                          RecordType::a},
  {"no question",                 base(RecordType::a).question_octets("").wire(),       RecordType::a},
  {"question cut",                base(RecordType::a).question_octets(u8(9) + "a").wire(), RecordType::a},
  {"answer count lies",           base(RecordType::a).answer_count(1).wire(),           RecordType::a},
  {"answer count huge",           base(RecordType::a).answer_count(65535).wire(),       RecordType::a},
  {"data length lies",            base(RecordType::a).raw_answer(kToQuestion, 1, "abcd", 65535).wire(), RecordType::a},
  {"address of three octets",     base(RecordType::a).answer("a.test", RecordType::a, "abc").wire(), RecordType::a},
  {"address of five octets",      base(RecordType::a).answer("a.test", RecordType::a, "abcde").wire(), RecordType::a},
  {"IPv6 address of four octets", base(RecordType::aaaa).answer("a.test", RecordType::aaaa, "abcd").wire(), RecordType::aaaa},
  {"MX without host",             base(RecordType::mx).answer("a.test", RecordType::mx, u16(1)).wire(), RecordType::mx},
  {"MX with octets behind",       base(RecordType::mx).answer("a.test", RecordType::mx, mx_data(1, "b") + "x").wire(), RecordType::mx},
  {"SRV cut",                     base(RecordType::srv).answer("a.test", RecordType::srv, u16(1) + u16(2)).wire(), RecordType::srv},
  {"TXT string longer than data", base(RecordType::txt).answer("a.test", RecordType::txt, u8(9) + "abc").wire(), RecordType::txt},
  {"TXT without string",          base(RecordType::txt).answer("a.test", RecordType::txt, "").wire(), RecordType::txt},
  {"TLSA without data",           base(RecordType::tlsa).answer("a.test", RecordType::tlsa, "\1\1\1").wire(), RecordType::tlsa},
  {"pointer to itself",           base(RecordType::a).raw_answer(u16(0xc000 + 24), 1, "abcd", 4).wire(), RecordType::a},
  {"pointer ahead",               base(RecordType::a).raw_answer(u16(0xc0ff), 1, "abcd", 4).wire(), RecordType::a},
  {"pointer cut",                 base(RecordType::a).answer_count(1).additional(u8(0xc0)).wire(), RecordType::a},
  {"reserved label type",         base(RecordType::a).raw_answer(u8(0x80) + u8(0), 1, "abcd", 4).wire(), RecordType::a},
  {"name over 255 octets",        base(RecordType::mx).answer("a.test", RecordType::mx, u16(1) + long_name(4)).wire(), RecordType::mx},
  {"alias loop",                  base(RecordType::a).answer("a.test", RecordType::cname, wire_name("b.test")).answer("b.test", RecordType::cname, wire_name("a.test")).wire(), RecordType::a},
  {"alias to itself",             base(RecordType::a).answer("a.test", RecordType::cname, wire_name("a.test")).wire(), RecordType::a},
  {"aliases without end",         many_aliases(17).wire(),                              RecordType::a},
  {"alias cut",                   base(RecordType::a).answer("a.test", RecordType::cname, u8(5) + "ab").wire(), RecordType::a},
  {"too long",                    std::string(65536, '\0'),                             RecordType::a},
};
// clang-format on

TEST(DnsAnswer, RefusesWhatIsMalformed) {
  for (const auto& item : kMalformed) {
    const auto answer = parse_dns_answer(item.message, "a.test", item.type);
    ASSERT_FALSE(answer) << item.why;
    EXPECT_EQ(answer.error().kind, ErrorKind::unresolved) << item.why;
  }
}

TEST(DnsAnswer, SixteenAliasesAreFollowed) {
  const auto answer =
      parse_dns_answer(many_aliases(16).wire(), "a.test", RecordType::a);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->canonical, "n15.test");
}

TEST(DnsAnswer, EveryPrefixIsRefused) {
  const std::string whole =
      base(RecordType::mx)
          .answer("a.test", RecordType::mx, mx_data(1, "b.test"))
          .raw_answer(kToQuestion, 15, u16(2) + kToQuestion, 4)
          .wire();
  ASSERT_TRUE(parse_dns_answer(whole, "a.test", RecordType::mx));
  for (std::size_t octets = 0; octets < whole.size(); ++octets)
    EXPECT_FALSE(
        parse_dns_answer(whole.substr(0, octets), "a.test", RecordType::mx))
        << octets;
}

// Pointers that each lead to the one before: all legal, and of no use but to
// make the reading of each name long.
TEST(DnsAnswer, ChainsOfPointersAreBounded) {
  constexpr unsigned data_at = 12 + 12 + 12;  // header, question, record
  for (const unsigned length : {1u, 100u, 200u, 5000u}) {
    std::string chain = kToQuestion;
    for (unsigned i = 1; i < length; ++i)
      chain += u16(0xc000 + data_at + 2 * (i - 1));
    const auto answer = parse_dns_answer(
        base(RecordType::a)
            .raw_answer(kToQuestion, 99, chain, 2 * length)
            .raw_answer(u16(0xc000 + data_at + 2 * (length - 1)), 1, "abcd", 4)
            .wire(),
        "a.test", RecordType::a);
    EXPECT_EQ(answer.has_value(), length <= 100) << length;
  }
}

}  // namespace
}  // namespace mailtool::net
