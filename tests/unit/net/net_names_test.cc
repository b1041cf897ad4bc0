// Names and addresses: idn.h, ip_address.h, resolve_override.h, hosts_file.h.

#include <gtest/gtest.h>

#include <fstream>

#include "mailtool/net/dialer.h"
#include "mailtool/net/idn.h"
#include "mailtool/net/ip_address.h"
#include "mailtool/net/resolve_override.h"
#include "mailtool/net/resolver.h"
#include "net/hosts_file.h"
#include "support/temp_dir.h"

namespace mailtool::net {
namespace {

struct Name {
  const char* why;
  std::string name;
  const char* host;   // nullptr: refused
  const char* owner;  // as to_ascii_owner gives it
};

// clang-format off
const Name kNames[] = {
  {"plain",               "mail.example",        "mail.example",        "mail.example"},
  {"case and final dot",  "Mail.EXAMPLE.",       "mail.example",        "mail.example"},
  {"one label",           "localhost",           "localhost",           "localhost"},
  {"digits in front",     "3com.example",        "3com.example",        "3com.example"},
  {"U-label",             "bücher.example",      "xn--bcher-kva.example", "xn--bcher-kva.example"},
  {"U-label, case",       "BÜCHER.example",      "xn--bcher-kva.example", "xn--bcher-kva.example"},
  {"sharp s stays",       "straße.example",      "xn--strae-oqa.example", "xn--strae-oqa.example"},
  {"ideographic dot",     "例え。テスト",          "xn--r8jz45g.xn--zckzah", "xn--r8jz45g.xn--zckzah"},
  {"underscore",          "_imaps._tcp.a.test",  nullptr,               "_imaps._tcp.a.test"},
  {"underscore, U-label", "_dmarc.bücher.test",  nullptr,               "_dmarc.xn--bcher-kva.test"},
  {"empty",               "",                    nullptr,               nullptr},
  {"root",                ".",                   nullptr,               nullptr},
  {"empty label",         "a..b",                nullptr,               nullptr},
  {"two final dots",      "a.b..",               nullptr,               nullptr},
  {"leading dot",         ".a",                  nullptr,               nullptr},
  {"hyphen in front",     "-a.test",             nullptr,               nullptr},
  {"hyphen at the end",   "a-.test",             nullptr,               nullptr},
  {"space",               "a b.test",            nullptr,               nullptr},
  {"line end",            "a.test\r\n",          nullptr,               nullptr},
  {"NUL",                 std::string("a\0b", 3), nullptr,              nullptr},
  {"escape",              "a\x1b.test",          nullptr,               nullptr},
  {"no UTF-8",            "a\xff.test",          nullptr,               nullptr},
  {"an address",          "127.0.0.1",           nullptr,               nullptr},
  {"address, final dot",  "127.0.0.1.",          nullptr,               nullptr},
  {"IPv6",                "::1",                 nullptr,               nullptr},
  {"label of 63",         std::string(63, 'a') + ".b", "",              ""},
  {"label of 64",         std::string(64, 'a') + ".b", nullptr,         nullptr},
  {"254 octets",          std::string(60, 'a') + "." + std::string(60, 'a') + "." + std::string(60, 'a') + "." + std::string(60, 'a') + ".aaaaaaaaaa", nullptr, nullptr},
};
// clang-format on

TEST(HostName, ToAscii) {
  for (const auto& item : kNames) {
    const auto host = to_ascii_host(item.name);
    ASSERT_EQ(host.has_value(), item.host != nullptr) << item.why;
    if (host && *item.host != '\0') {
      EXPECT_EQ(*host, item.host) << item.why;
    }
    if (!host) {
      EXPECT_EQ(host.error().kind, ErrorKind::no_host) << item.why;
    }
    const auto owner = to_ascii_owner(item.name);
    ASSERT_EQ(owner.has_value(), item.owner != nullptr) << item.why;
    if (owner && *item.owner != '\0') {
      EXPECT_EQ(*owner, item.owner) << item.why;
    }
  }
}

TEST(HostName, ErrorsAreFitToBeShown) {
  const auto host = to_ascii_host("a\x1b[31m\n.test");
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().what, "'a\\x1b[31m\\x0a.test' is not a host name");
}

TEST(HostName, IpLiterals) {
  for (const char* text : {"192.0.2.1", "::1", "[::1]", "[192.0.2.1]"})
    EXPECT_TRUE(is_ip_literal(text)) << text;
  for (const char* text : {"", "[]", "a.test", "1.2.3", "[::1", "1.2.3.4.5"})
    EXPECT_FALSE(is_ip_literal(text)) << text;
}

TEST(IpAddress, RoundTrip) {
  for (const char* text : {"0.0.0.0", "192.0.2.1", "::", "::1", "2001:db8::1",
                           "::ffff:192.0.2.1", "fe80::1%7"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  for (const char* text :
       {"", "1.2.3", "01.2.3.4", "0x7f.1", "256.1.1.1", ":", "1::2::3", "::g",
        "192.0.2.1%1", "fe80::1%", "fe80::1%no-such-interface", "1.2.3.4 "})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, Loopback) {
  for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(IpAddress::parse(text)->is_loopback()) << text;
  for (const char* text : {"128.0.0.1", "::2", "::", "0.0.0.0", "1::1"})
    EXPECT_FALSE(IpAddress::parse(text)->is_loopback()) << text;
}

TEST(Endpoint, Parse) {
  EXPECT_EQ(Endpoint::parse("192.0.2.1:25")->to_string(), "192.0.2.1:25");
  EXPECT_EQ(Endpoint::parse("[::1]:53")->to_string(), "[::1]:53");
  EXPECT_EQ(Endpoint::parse("[::1]", 53)->to_string(), "[::1]:53");
  EXPECT_EQ(Endpoint::parse("::1", 53)->to_string(), "[::1]:53");
  for (const char* text :
       {"", "a.test:53", "192.0.2.1", "192.0.2.1:0", "192.0.2.1:65536",
        "192.0.2.1:", "[::1]53", "[::1", "[192.0.2.1]:5", "1.2.3.4:5:6"})
    EXPECT_FALSE(Endpoint::parse(text)) << text;
}

TEST(DnsServer, IsAnAddress) {
  EXPECT_EQ(parse_dns_server("192.0.2.53")->to_string(), "192.0.2.53:53");
  EXPECT_EQ(parse_dns_server("[::1]:5353")->to_string(), "[::1]:5353");
  const auto named = parse_dns_server("dns.example");
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().kind, ErrorKind::usage);
}

TEST(ResolveOverride, ParseAndUse) {
  std::vector<ResolveOverride> overrides;
  for (const char* text :
       {"mail.test:25:192.0.2.1", "mail.test:25:192.0.2.2:2525",
        "mail.test:465:[2001:db8::1]", "bücher.test:25:[2001:db8::1]:26",
        "*:110:127.0.0.1:1110", "[::1]:25:127.0.0.1"}) {
    auto parsed = parse_resolve_override(text);
    ASSERT_TRUE(parsed) << text << parsed.error().what;
    overrides.push_back(*parsed);
  }
  const auto texts = [&overrides](std::string_view host, std::uint16_t port) {
    std::string all;
    for (const auto& to : overridden(overrides, host, port))
      all += to.to_string() + " ";
    return all;
  };
  EXPECT_EQ(texts("Mail.Test.", 25), "192.0.2.1:25 192.0.2.2:2525 ");
  EXPECT_EQ(texts("mail.test", 465), "[2001:db8::1]:465 ");
  EXPECT_EQ(texts("xn--bcher-kva.test", 25), "[2001:db8::1]:26 ");
  EXPECT_EQ(texts("any.test", 110), "127.0.0.1:1110 ");
  EXPECT_EQ(texts("::1", 25), "127.0.0.1:25 ");
  EXPECT_EQ(texts("other.test", 25), "");
}

TEST(ResolveOverride, RefusesNonsense) {
  for (const char* text :
       {"", "a.test", "a.test:25", "a.test:25:", "a.test:0:192.0.2.1",
        "a.test:25:b.test", "a.test:25:192.0.2.1:0", "a..b:25:192.0.2.1",
        ":25:192.0.2.1", "[::1:25:192.0.2.1"}) {
    const auto parsed = parse_resolve_override(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage) << text;
  }
}

TEST(SocksProxy, Parse) {
  EXPECT_EQ(parse_socks_proxy("socks5://Proxy.test")->host, "proxy.test");
  EXPECT_EQ(parse_socks_proxy("socks5://proxy.test")->port, 1080);
  EXPECT_EQ(parse_socks_proxy("socks5://127.0.0.1:9050/")->port, 9050);
  EXPECT_EQ(parse_socks_proxy("socks5://[::1]:9050")->host, "::1");
  for (const char* text :
       {"", "proxy.test", "http://proxy.test", "socks5://",
        "socks5://bob@proxy.test", "socks5://proxy.test:0", "socks5://a..b"})
    EXPECT_FALSE(parse_socks_proxy(text)) << text;
}

TEST(HostsFile, FindsAddressesOfBothFamilies) {
  const mailtool::test::TempDir dir;
  const auto path = (dir.path() / "hosts").string();
  std::ofstream(path) << "# comment mail.test\n"
                         "127.0.0.1\tlocalhost\n"
                         "192.0.2.1  Mail.TEST mail # the old one\n"
                         "2001:db8::1 mail.test\r\n"
                         "not-an-address mail.test\n"
                         "192.0.2.1 mail.test\n"
                         "192.0.2.9 hail.test #mail.test";
  const auto texts = [&path](const char* host, Family family) {
    std::string all;
    for (const auto& one : hosts_file_addresses(path, host, family))
      all += one.to_string() + " ";
    return all;
  };
  EXPECT_EQ(texts("mail.test", Family::any), "2001:db8::1 192.0.2.1 ");
  EXPECT_EQ(texts("mail.test", Family::ipv4), "192.0.2.1 ");
  EXPECT_EQ(texts("mail", Family::any), "192.0.2.1 ");
  EXPECT_EQ(texts("test", Family::any), "");
  EXPECT_EQ(texts("hail.test", Family::ipv6), "");
  EXPECT_TRUE(
      hosts_file_addresses(path + ".absent", "mail", Family::any).empty());
}

TEST(RunLimits, DurationsReadWell) {
  using std::chrono::milliseconds;
  EXPECT_EQ(duration_text(milliseconds(250)), "250 ms");
  EXPECT_EQ(duration_text(milliseconds(60'000)), "60 s");
  EXPECT_EQ(duration_text(milliseconds(90'000)), "90 s");
  EXPECT_EQ(duration_text(milliseconds(300'000)), "5 min");
  EXPECT_EQ(duration_text(milliseconds(7'200'000)), "2 h");
}

}  // namespace
}  // namespace mailtool::net
