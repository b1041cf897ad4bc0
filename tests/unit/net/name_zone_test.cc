// What the name server of a few domains answers, to questions good and bad.

#include "mailtool/net/name_zone.h"

#include <gtest/gtest.h>

#include "dns_message.h"
#include "mailtool/net/dns_answer.h"

namespace mailtool::net {
namespace {

using test::u16;
using test::wire_name;

constexpr unsigned kIn = 1;

std::string question(std::string_view name, unsigned type,
                     unsigned record_class = kIn, unsigned flags = 0x0100) {
  return u16(7) + u16(flags) + u16(1) + u16(0) + u16(0) + u16(0) +
         wire_name(name) + u16(type) + u16(record_class);
}

// With EDNS (RFC 6891) of a version, by an asker who takes so many octets.
std::string edns(std::string message, unsigned octets, unsigned version = 0) {
  message.replace(10, 2, u16(1));
  return message + std::string(1, '\0') + u16(41) + u16(octets) + u16(version) +
         u16(0) + u16(0);
}

class Zone : public testing::Test {
 protected:
  void SetUp() override {
    const auto add = [&](const char* domain, const char* mail) {
      EXPECT_TRUE(zone.add(domain, *IpAddress::parse(mail),
                           *IpAddress::parse("127.0.0.53")));
    };
    add("Crepes.example", "127.0.0.1");
    add("hamburger.example", "2001:db8::25");
  }
  DnsAnswer ask(std::string_view name, RecordType type) {
    const auto wire =
        zone.answer(question(name, static_cast<unsigned>(type)), true);
    EXPECT_TRUE(wire);
    auto answer = parse_dns_answer(wire.value_or(""), name, type);
    EXPECT_TRUE(answer) << answer.error().one_line();
    return answer ? *answer : DnsAnswer{};
  }
  // Rcode of the header.
  int code(const std::string& message) {
    const auto wire = zone.answer(message, true);
    return wire ? wire->at(3) & 15 : -1;
  }

  NameZone zone;
};

TEST_F(Zone, MailExchangers) {
  const auto mx = ask("crepes.example", RecordType::mx);
  ASSERT_EQ(mx.mx.size(), 1u);
  EXPECT_EQ(mx.mx[0].host, "mx.crepes.example");
  EXPECT_EQ(mx.mx[0].preference, 10);
  const auto host = ask("mx.crepes.example", RecordType::a);
  ASSERT_EQ(host.addresses.size(), 1u);
  EXPECT_EQ(host.addresses[0].address.to_string(), "127.0.0.1");
  const auto other = ask("mx.hamburger.example", RecordType::aaaa);
  ASSERT_EQ(other.addresses.size(), 1u);
  EXPECT_EQ(other.addresses[0].address.to_string(), "2001:db8::25");
}

TEST_F(Zone, HostsAndNameServers) {
  EXPECT_EQ(ask("crepes.example", RecordType::a).addresses.size(), 1u);
  EXPECT_EQ(ask("ns.crepes.example", RecordType::a)
                .addresses.at(0)
                .address.to_string(),
            "127.0.0.53");
  // NS and SOA, whose names are not compressed.
  const auto ns = zone.answer(question("crepes.example", 2), true);
  EXPECT_TRUE(ns->ends_with(wire_name("ns.crepes.example")));
  const auto soa = zone.answer(question("crepes.example", 6), true);
  EXPECT_NE(soa->find(wire_name("ns.crepes.example") +
                      wire_name("postmaster.crepes.example")),
            soa->npos);
}

// RFC 2308: what is not there is told with a SOA, which says for how long.
TEST_F(Zone, WhatIsNotThere) {
  const auto none = ask("crepes.example", RecordType::aaaa);
  EXPECT_EQ(none.rcode, Rcode::no_error);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(ask("nosuch.crepes.example", RecordType::a).rcode,
            Rcode::name_error);
  EXPECT_EQ(ask("_25._tcp.mx.crepes.example", RecordType::tlsa).rcode,
            Rcode::name_error);
  EXPECT_EQ(ask("elsewhere.example", RecordType::mx).rcode, Rcode::name_error);
  EXPECT_EQ(zone.answer(question("x.example", 15), true)->substr(8, 2), u16(1));
}

// The question comes back as it was asked: askers vary its case.
TEST_F(Zone, CaseIsKeptAndMakesNoDifference) {
  const auto wire = zone.answer(question("cRePeS.eXaMpLe", 15), true);
  ASSERT_TRUE(wire);
  EXPECT_EQ(wire->substr(12, 16), wire_name("cRePeS.eXaMpLe"));
  EXPECT_EQ(wire->substr(6, 2), u16(1));
}

TEST_F(Zone, Edns) {
  const auto wire =
      zone.answer(edns(question("crepes.example", 15), 4096), true);
  ASSERT_TRUE(wire);
  EXPECT_EQ(wire->substr(10, 2), u16(1));
  EXPECT_TRUE(wire->ends_with(u16(41) + u16(1232) + u16(0) + u16(0) + u16(0)));
  // BADVERS is 16: its upper part is in the record.
  const auto odd =
      zone.answer(edns(question("crepes.example", 15), 4096, 0x0001), true);
  EXPECT_EQ(odd->at(3) & 15, 0);
  EXPECT_TRUE(odd->ends_with(u16(0x0100) + u16(0) + u16(0)));
}

// Over UDP an answer that does not fit is cut; over TCP it is whole.
TEST_F(Zone, LongNames) {
  std::string name;
  while (name.size() < 230)
    name += std::string(name.empty() ? 19 : 20, 'x') + ".";
  name += "example";
  ASSERT_TRUE(zone.add(name.substr(name.size() - 230), *IpAddress::parse("::1"),
                       *IpAddress::parse("::1")));
  name = name.substr(name.size() - 230);
  const auto cut = zone.answer(question(name, 6), true);
  ASSERT_TRUE(cut);
  EXPECT_LE(cut->size(), NameZone::kPlainOctets);
  EXPECT_NE(cut->at(2) & 0x02, 0);
  const auto whole = zone.answer(question(name, 6), false);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->at(2) & 0x02, 0);
  EXPECT_GT(whole->size(), NameZone::kPlainOctets);
  EXPECT_LE(zone.answer(edns(question(name, 6), 65535), true)->size(),
            NameZone::kUdpOctets);
}

TEST_F(Zone, WhatIsNoQuestion) {
  const auto good = question("crepes.example", 15);
  EXPECT_FALSE(zone.answer("", true));
  EXPECT_FALSE(zone.answer(good.substr(0, 11), true));
  // An answer: two servers must not talk to each other for ever.
  EXPECT_FALSE(zone.answer(question("crepes.example", 15, kIn, 0x8100), true));
  // Every other beginning of a question is malformed.
  for (std::size_t i = 12; i < good.size(); ++i) {
    EXPECT_EQ(code(good.substr(0, i)), 1) << i;
  }
  EXPECT_EQ(code(question("crepes.example", 15, kIn, 0x2900)), 4);
  EXPECT_EQ(code(question("crepes.example", 15, 3)), 5);
  auto two = good;
  two.replace(4, 2, u16(2));
  EXPECT_EQ(code(two), 1);
  // A pointer to itself, a label that is longer than what follows.
  EXPECT_EQ(code(good.substr(0, 12) + "\xc0\x0c" + u16(15) + u16(kIn)), 1);
  EXPECT_EQ(code(good.substr(0, 12) + "\x3f" + "abc"), 1);
  EXPECT_EQ(code(good.substr(0, 12) + "\x40" + std::string(64, 'a')), 1);
  // 256 octets of name.
  std::string many;
  for (int i = 0; i < 128; ++i) many += "\x01x";
  EXPECT_EQ(code(good.substr(0, 12) + many + std::string(1, '\0') + u16(15) +
                 u16(kIn)),
            1);
}

// A dot within a label is not one between two.
TEST_F(Zone, DotsWithinLabels) {
  const auto header = question("", 15).substr(0, 12);
  EXPECT_EQ(code(header + "\x0e" + "crepes.example" + std::string(1, '\0') +
                 u16(15) + u16(kIn)),
            3);
}

TEST(NameZone, TakesHostNamesAlone) {
  NameZone zone;
  const auto here = *IpAddress::parse("127.0.0.1");
  for (const auto& domain :
       {std::string(), std::string("a..b"), std::string("a b"),
        std::string("a.b."), std::string(64, 'x'), std::string(1000, 'x')}) {
    EXPECT_FALSE(zone.add(domain, here, here)) << domain;
  }
}

}  // namespace
}  // namespace mailtool::net
