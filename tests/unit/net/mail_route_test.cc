#include "mailtool/net/mail_route.h"

#include <gtest/gtest.h>

#include <map>

#include "fake_dns_server.h"
#include "mailtool/base/ascii.h"

namespace mailtool::net {
namespace {

using test::address_data;
using test::DnsQuery;
using test::FakeDnsServer;
using test::mx_data;
using test::wire_name;

using Replies = std::vector<std::string>;
using MxList = std::vector<std::pair<unsigned, std::string>>;

// A zone: MX lists and address lists by name; "!" as an address is SERVFAIL.
struct Zone {
  std::map<std::string, MxList> mx;
  std::map<std::string, std::vector<std::string>> addresses;
  std::map<std::string, std::string> aliases;
};

FakeDnsServer::Handler serving(Zone zone) {
  return [zone = std::move(zone)](const DnsQuery& query) -> Replies {
    auto response = query.response();
    std::string name = lower(query.name);
    if (const auto alias = zone.aliases.find(name);
        alias != zone.aliases.end()) {
      response.answer(query.name, RecordType::cname, wire_name(alias->second));
      name = alias->second;
    }
    const auto mx = zone.mx.find(name);
    const auto addresses = zone.addresses.find(name);
    if (mx == zone.mx.end() && addresses == zone.addresses.end())
      return {response.rcode(3).wire()};
    if (query.type == RecordType::mx && mx != zone.mx.end())
      for (const auto& [preference, host] : mx->second) {
        if (host == "!") return {response.rcode(2).wire()};
        response.answer(name, query.type, mx_data(preference, host));
      }
    if (query.type != RecordType::mx && addresses != zone.addresses.end())
      for (const auto& text : addresses->second) {
        if (text == "!") return {response.rcode(2).wire()};
        const auto address = IpAddress::parse(text);
        if (address->v6 == (query.type == RecordType::aaaa))
          response.answer(name, query.type, address_data(text));
      }
    return {response.wire()};
  };
}

std::uint32_t zero() { return 0; }

class Route {
 public:
  explicit Route(Zone zone) : server_(serving(std::move(zone))) {}

  Result<std::vector<MailHost>> to(std::string_view domain,
                                   const MailRouteOptions& options = {},
                                   const RandomSource& random = zero) {
    ResolverOptions settings;
    settings.dns_server = server_.endpoint();
    const Resolver resolver(settings);
    return mail_route(resolver, domain, random, options);
  }
  std::vector<std::string> log() { return server_.log(); }

 private:
  FakeDnsServer server_;
};

std::string text_of(const Result<std::vector<MailHost>>& route) {
  if (!route) return "error: " + route.error().what;
  std::string text;
  for (const auto& host : *route) {
    text += std::to_string(host.preference) + " " + host.host;
    for (const auto& endpoint : host.endpoints)
      text += " " + endpoint.to_string();
    if (host.unresolved) text += " ?";
    text += "; ";
  }
  return text;
}

TEST(MailRoute, PreferencesAscending) {
  Route route({{{"a.test", {{30, "c.test"}, {10, "m.test"}, {20, "b.test"}}}},
               {{"m.test", {"192.0.2.1", "2001:db8::1", "192.0.2.2"}},
                {"b.test", {"192.0.2.3", "192.0.2.4", "192.0.2.5"}},
                {"c.test", {"2001:db8::2"}}},
               {}});
  EXPECT_EQ(text_of(route.to("a.test")),
            "10 m.test [2001:db8::1]:25 192.0.2.1:25; "
            "20 b.test 192.0.2.3:25 192.0.2.4:25; "
            "30 c.test [2001:db8::2]:25; ");
}

TEST(MailRoute, EqualPreferencesAreShuffled) {
  Route route({{{"a.test", {{10, "x.test"}, {10, "y.test"}, {5, "w.test"}}}},
               {{"x.test", {"192.0.2.1"}},
                {"y.test", {"192.0.2.2"}},
                {"w.test", {"192.0.2.3"}}},
               {}});
  std::map<std::string, int> seen;
  for (int i = 0; i < 40; ++i) {
    const auto hosts = route.to("a.test", {}, random_bits);
    ASSERT_TRUE(hosts);
    ASSERT_EQ(hosts->size(), 3u);
    EXPECT_EQ((*hosts)[0].host, "w.test");
    ++seen[(*hosts)[1].host];
  }
  EXPECT_EQ(seen.size(), 2u) << "forty times the same order";
}

TEST(MailRoute, NoMxMeansTheDomainItself) {
  Route route({{}, {{"a.test", {"192.0.2.1"}}}, {}});
  EXPECT_EQ(text_of(route.to("A.Test.")), "0 a.test 192.0.2.1:25; ");
}

TEST(MailRoute, NullMxTakesNoMail) {
  Route route({{{"a.test", {{0, ""}}}}, {{"a.test", {"192.0.2.1"}}}, {}});
  const auto hosts = route.to("a.test");
  ASSERT_FALSE(hosts);
  EXPECT_EQ(hosts.error().kind, ErrorKind::no_host);
  EXPECT_EQ(hosts.error().what, "a.test takes no mail (null MX)");
  EXPECT_EQ(route.log().size(), 1u) << "the address must not be asked for";
}

TEST(MailRoute, NullMxBesideOthersIsPassedOver) {
  Route route({{{"a.test", {{0, ""}, {5, "m.test"}}}},
               {{"m.test", {"192.0.2.1"}}},
               {}});
  EXPECT_EQ(text_of(route.to("a.test")), "5 m.test 192.0.2.1:25; ");
}

struct Failure {
  const char* why;
  Zone zone;
  ErrorKind kind;
};

// clang-format off
const Failure kFailures[] = {
  {"no such domain",           {},                                                       ErrorKind::no_host},
  {"neither MX nor address",   {{{"a.test", {}}}, {}, {}},                               ErrorKind::no_host},
  {"SERVFAIL is not 'no MX'",  {{{"a.test", {{0, "!"}}}}, {{"a.test", {"192.0.2.1"}}}, {}}, ErrorKind::unresolved},
  {"no MX and SERVFAIL",       {{}, {{"a.test", {"!"}}}, {}},                            ErrorKind::unresolved},
  {"no MX host exists",        {{{"a.test", {{1, "x.test"}, {2, "y.test"}}}}, {{"a.test", {"192.0.2.1"}}}, {}}, ErrorKind::no_host},
  {"one MX host may exist",    {{{"a.test", {{1, "x.test"}, {2, "y.test"}}}}, {{"y.test", {"!"}}}, {}}, ErrorKind::unresolved},
  {"the same, order reversed", {{{"a.test", {{1, "y.test"}, {2, "x.test"}}}}, {{"y.test", {"!"}}}, {}}, ErrorKind::unresolved},
  {"MX names are no hosts",    {{{"a.test", {{1, "127.0.0.1"}, {2, "\x1b.test"}, {3, "x_y.test"}, {4, "-a"}}}}, {{"a.test", {"192.0.2.1"}}}, {}}, ErrorKind::no_host},
};
// clang-format on

TEST(MailRoute, FailuresAreToldApart) {
  for (const auto& item : kFailures) {
    Route route(item.zone);
    const auto hosts = route.to("a.test");
    ASSERT_FALSE(hosts) << item.why << text_of(hosts);
    EXPECT_EQ(hosts.error().kind, item.kind)
        << item.why << ": " << hosts.error().what;
  }
}

TEST(MailRoute, DeadHostsDropOut) {
  Route route({{{"a.test", {{1, "gone.test"}, {2, "bad.test"}, {3, "m.test"}}}},
               {{"m.test", {"192.0.2.1"}}, {"bad.test", {"!"}}},
               {}});
  EXPECT_EQ(text_of(route.to("a.test")),
            "2 bad.test ?; 3 m.test 192.0.2.1:25; ");
}

TEST(MailRoute, ManyMxAndDuplicatesAreBounded) {
  Zone zone;
  for (unsigned i = 0; i < 500; ++i) {
    const std::string host = "m" + std::to_string(i / 2) + ".test";
    zone.mx["a.test"].emplace_back(i, host);
    zone.addresses[host] = {"192.0.2.1"};
  }
  Route route(zone);
  const auto hosts = route.to("a.test");
  ASSERT_TRUE(hosts) << hosts.error().what;
  ASSERT_EQ(hosts->size(), kMailAddresses);
  EXPECT_EQ(hosts->back().host, "m4.test");
}

// Two addresses each, and what is left to the most preferred: a long list does
// not hide the hosts behind it.
TEST(MailRoute, AddressesAreSharedOut) {
  Route route({{{"a.test", {{1, "m.test"}, {2, "n.test"}}},
                {"b.test", {{1, "m.test"}}}},
               {{"m.test",
                 {"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1",
                  "2001:db8::2", "192.0.2.4"}},
                {"n.test", {"192.0.2.9"}}},
               {}});
  EXPECT_EQ(text_of(route.to("a.test")),
            "1 m.test [2001:db8::1]:25 192.0.2.1:25 [2001:db8::2]:25 "
            "192.0.2.2:25; 2 n.test 192.0.2.9:25; ");
  EXPECT_EQ(text_of(route.to("b.test")),
            "1 m.test [2001:db8::1]:25 192.0.2.1:25 [2001:db8::2]:25 "
            "192.0.2.2:25 192.0.2.3:25; ");
}

MailRouteOptions this_is(std::vector<std::string> names,
                         std::vector<std::string> addresses = {}) {
  MailRouteOptions options;
  options.own.names = std::move(names);
  for (const auto& text : addresses)
    options.own.addresses.push_back(*IpAddress::parse(text));
  return options;
}

Zone backup_zone() {
  return {{{"a.test", {{10, "m.test"}, {20, "us.test"}, {20, "n.test"},
                       {30, "o.test"}}}},
          {{"m.test", {"192.0.2.1"}},
           {"us.test", {"192.0.2.2"}},
           {"n.test", {"192.0.2.3"}},
           {"o.test", {"192.0.2.4"}}},
          {}};
}

TEST(MailRoute, HostsBehindThisMachineAreLeftOut) {
  Route route(backup_zone());
  EXPECT_EQ(text_of(route.to("a.test", this_is({"us.test"}))),
            "10 m.test 192.0.2.1:25; ");
  EXPECT_EQ(text_of(route.to("a.test", this_is({}, {"192.0.2.2"}))),
            "10 m.test 192.0.2.1:25; ");
  EXPECT_EQ(text_of(route.to("a.test", this_is({"elsewhere.test"},
                                               {"192.0.2.77"}))),
            text_of(route.to("a.test")));
}

TEST(MailRoute, ThisMachineMayHaveNoAddressInDns) {
  Zone zone = backup_zone();
  zone.addresses.erase("us.test");
  Route route(zone);
  EXPECT_EQ(text_of(route.to("a.test", this_is({"us.test"}))),
            "10 m.test 192.0.2.1:25; ");
}

TEST(MailRoute, MailForThisMachineLoopsBack) {
  Route route(backup_zone());
  for (const auto& own : {this_is({"m.test"}), this_is({}, {"192.0.2.1"})}) {
    const auto hosts = route.to("a.test", own);
    ASSERT_FALSE(hosts) << text_of(hosts);
    EXPECT_EQ(hosts.error().kind, ErrorKind::config);
    EXPECT_NE(hosts.error().what.find("loops back"), std::string::npos);
  }
  // A domain without MX is its own exchanger, and may be us.
  Route bare({{}, {{"a.test", {"192.0.2.1"}}}, {}});
  EXPECT_EQ(bare.to("a.test", this_is({}, {"192.0.2.1"})).error().kind,
            ErrorKind::config);
}

TEST(MailRoute, AliasesAreKnownByBothNames) {
  Route route({{{"b.test", {{1, "alias.test"}}}},
               {{"m.test", {"192.0.2.1"}}},
               {{"a.test", "b.test"}, {"alias.test", "m.test"}}});
  const auto hosts = route.to("a.test");
  ASSERT_TRUE(hosts) << hosts.error().what;
  EXPECT_EQ((*hosts)[0].host, "alias.test");
  EXPECT_EQ((*hosts)[0].canonical, "m.test");
  EXPECT_EQ((*hosts)[0].domain, "b.test");
}

TEST(MailRoute, DomainThatIsAnAlias) {
  Route route({{{"b.test", {{1, "m.test"}}}},
               {{"m.test", {"192.0.2.1"}}},
               {{"a.test", "b.test"}}});
  EXPECT_EQ(text_of(route.to("a.test")), "1 m.test 192.0.2.1:25; ");
}

TEST(MailRoute, AddressLiterals) {
  Route route({});
  EXPECT_EQ(text_of(route.to("[192.0.2.1]")), "0 192.0.2.1 192.0.2.1:25; ");
  EXPECT_EQ(text_of(route.to("[IPv6:2001:db8::1]", {.port = 26})),
            "0 2001:db8::1 [2001:db8::1]:26; ");
  for (const char* domain :
       {"[]", "[a.test]", "[2001:db8::1]", "[IPv6:192.0.2.1]", "[192.0.2.1"})
    EXPECT_EQ(route.to(domain).error().kind, ErrorKind::no_host) << domain;
  EXPECT_EQ(route.to("[192.0.2.1]", {.family = Family::ipv6}).error().kind,
            ErrorKind::no_host);
}

TEST(MailRoute, OverridesAndFamily) {
  Route route({{{"a.test", {{1, "m.test"}, {2, "n.test"}}}},
               {{"n.test", {"192.0.2.1", "2001:db8::1"}}},
               {}});
  MailRouteOptions options;
  options.family = Family::ipv6;
  options.overrides = {*parse_resolve_override("m.test:25:127.0.0.1:2525")};
  EXPECT_EQ(text_of(route.to("a.test", options)),
            "1 m.test 127.0.0.1:2525; 2 n.test [2001:db8::1]:25; ");
}

}  // namespace
}  // namespace mailtool::net
