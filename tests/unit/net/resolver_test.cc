#include "mailtool/net/resolver.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <fstream>

#include "fake_dns_server.h"
#include "mailtool/base/ascii.h"
#include "net/dns_query.h"
#include "support/temp_dir.h"

namespace mailtool::net {
namespace {

using test::address_data;
using test::DnsQuery;
using test::FakeDnsServer;
using test::mx_data;
using test::srv_data;
using test::u8;
using test::wire_name;

using Replies = std::vector<std::string>;

ResolverOptions asking(const FakeDnsServer& server) {
  ResolverOptions options;
  options.dns_server = server.endpoint();
  return options;
}

std::string texts(const std::vector<IpAddress>& addresses) {
  std::string all;
  for (const auto& one : addresses) all += one.to_string() + " ";
  return all;
}

TEST(Resolver, WhoseWordCounts) {
  mailtool::test::TempDir dir;
  const auto file = dir.path() / "resolv.conf";
  ResolverOptions options;
  options.resolv_conf = file.string();
  const auto asking_at = [&options](const char* server) {
    options.dns_server = Endpoint::parse(server, 53);
    return Resolver(options).trusted();
  };
  EXPECT_TRUE(asking_at("127.0.0.1"));
  EXPECT_TRUE(asking_at("127.0.0.53:5353"));
  EXPECT_TRUE(asking_at("[::1]:53"));
  EXPECT_FALSE(asking_at("192.0.2.1"));
  // What resolv.conf says is said of the servers that it names.
  std::ofstream(file) << "nameserver 192.0.2.1\noptions edns0 trust-ad\n";
  EXPECT_FALSE(asking_at("192.0.2.1"));
  options.dns_server.reset();
  const bool with = Resolver(options).trusted();
  std::ofstream(file) << "# options trust-ad\noptions trust-adx\n";
  const bool without = Resolver(options).trusted();
  EXPECT_TRUE(with);
  options.resolv_conf = (dir.path() / "none").string();
  EXPECT_EQ(Resolver(options).trusted(), without);
}

TEST(Resolver, AddressesOfBothFamiliesInOneLookUp) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    auto response = query.response();
    if (query.type == RecordType::a)
      response.answer(query.name, query.type, address_data("192.0.2.1"));
    else
      response.answer(query.name, query.type, address_data("2001:db8::1"));
    return {response.wire()};
  });
  const Resolver resolver(asking(server));
  const auto both = resolver.addresses("Bücher.Example.");
  ASSERT_TRUE(both) << both.error().what;
  EXPECT_EQ(texts(both->addresses), "2001:db8::1 192.0.2.1 ");
  EXPECT_FALSE(both->partial);
  const auto four = resolver.addresses("a.test", Family::ipv4);
  ASSERT_TRUE(four);
  EXPECT_EQ(texts(four->addresses), "192.0.2.1 ");
  const auto log = server.log();
  ASSERT_EQ(log.size(), 3u);
  EXPECT_NE(std::find(log.begin(), log.end(), "udp xn--bcher-kva.example 28"),
            log.end());
}

TEST(Resolver, LiteralsNeedNoServer) {
  const Resolver resolver{ResolverOptions{}};
  EXPECT_EQ(texts(resolver.addresses("192.0.2.1")->addresses), "192.0.2.1 ");
  EXPECT_EQ(texts(resolver.addresses("[::1]")->addresses), "::1 ");
  const auto wrong = resolver.addresses("192.0.2.1", Family::ipv6);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::no_host);
}

TEST(Resolver, HostsFileAndLocalhostComeFirst) {
  const mailtool::test::TempDir dir;
  ResolverOptions options;
  options.hosts_file = (dir.path() / "hosts").string();
  std::ofstream(options.hosts_file) << "192.0.2.7 mail.test\n"
                                       "192.0.2.8 localhost\n";
  const Resolver resolver(options);
  EXPECT_EQ(texts(resolver.addresses("MAIL.test")->addresses), "192.0.2.7 ");
  EXPECT_EQ(texts(resolver.addresses("localhost")->addresses),
            "::1 127.0.0.1 ");
  EXPECT_EQ(texts(resolver.addresses("a.localhost", Family::ipv4)->addresses),
            "127.0.0.1 ");
}

// With --dns-server, it alone is asked: also for what the hosts file knows.
TEST(Resolver, NamedServerReplacesTheHostsFile) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    return {query.response()
                .answer(query.name, query.type, address_data("192.0.2.1"))
                .wire()};
  });
  const mailtool::test::TempDir dir;
  auto options = asking(server);
  options.hosts_file = (dir.path() / "hosts").string();
  std::ofstream(options.hosts_file) << "192.0.2.7 mail.test\n";
  const auto found = Resolver(options).addresses("mail.test", Family::ipv4);
  ASSERT_TRUE(found);
  EXPECT_EQ(texts(found->addresses), "192.0.2.1 ");
}

TEST(Resolver, RecordsOfEveryType) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    auto response = query.response().flag(0x0020);
    switch (query.type) {
      case RecordType::mx:
        response.answer(query.name, query.type, mx_data(20, "b.test"))
            .answer(query.name, query.type, mx_data(10, "a.test"));
        break;
      case RecordType::srv:
        response.answer(query.name, query.type, srv_data(1, 2, 993, "i.test"));
        break;
      case RecordType::txt:
        response.answer(query.name, query.type, u8(2) + "ab" + u8(1) + "c");
        break;
      case RecordType::tlsa:
        response.answer(query.name, query.type, u8(3) + u8(1) + u8(1) + "xyz");
        break;
      default: break;
    }
    return {response.wire()};
  });
  const Resolver resolver(asking(server));
  const auto mx = resolver.mx("a.test");
  ASSERT_TRUE(mx) << mx.error().what;
  EXPECT_EQ(mx->records,
            (std::vector<MxRecord>{{20, "b.test", 300}, {10, "a.test", 300}}));
  EXPECT_TRUE(mx->authenticated);
  EXPECT_EQ(resolver.srv("_imaps._tcp.a.test")->records[0].target, "i.test");
  EXPECT_EQ(resolver.txt("_dmarc.a.test")->records[0].text, "abc");
  EXPECT_EQ(resolver.tlsa("_25._tcp.a.test")->records[0].data, "xyz");
}

struct Failure {
  const char* why;
  std::function<Replies(const DnsQuery&)> handler;
  ErrorKind kind;
  const char* says;
};

// clang-format off
const Failure kFailures[] = {
  {"NXDOMAIN", [](const DnsQuery& q) -> Replies { return {q.response().rcode(3).wire()}; },
   ErrorKind::no_host, "does not exist"},
  {"SERVFAIL", [](const DnsQuery& q) -> Replies { return {q.response().rcode(2).wire()}; },
   ErrorKind::unresolved, "SERVFAIL"},
  {"REFUSED", [](const DnsQuery& q) -> Replies { return {q.response().rcode(5).wire()}; },
   ErrorKind::unresolved, "REFUSED"},
  {"silence", [](const DnsQuery&) -> Replies { return {}; },
   ErrorKind::unresolved, "no answer"},
  {"truncated, and TCP stays silent", [](const DnsQuery& q) -> Replies {
     if (q.tcp) return {};
     return {q.response().flag(0x0200).wire()};
   }, ErrorKind::unresolved, ""},
  {"alias loop", [](const DnsQuery& q) -> Replies {
     return {q.response().answer(q.name, RecordType::cname, wire_name("x.test"))
                 .answer("x.test", RecordType::cname, wire_name(q.name)).wire()};
   }, ErrorKind::unresolved, "CNAME loop"},
  {"alias loop over many answers", [](const DnsQuery& q) -> Replies {
     const std::string next = mailtool::lower(q.name) == "a.test" ? "b.test" : "a.test";
     return {q.response().flag(0x0080).answer(q.name, RecordType::cname, wire_name(next)).wire()};
   }, ErrorKind::unresolved, "too many aliases"},
  {"bad record", [](const DnsQuery& q) -> Replies {
     return {q.response().answer(q.name, RecordType::mx, "x").wire()};
   }, ErrorKind::unresolved, "malformed"},
  {"wrong id", [](const DnsQuery& q) -> Replies {
     return {test::DnsMessage(q.name, q.type, std::string{static_cast<char>(~q.octets[0]), q.octets[1]}).wire()};
   }, ErrorKind::unresolved, "no answer"},
  {"garbage", [](const DnsQuery&) -> Replies { return {"x", "", std::string(600, '\xc0')}; },
   ErrorKind::unresolved, "no answer"},
};
// clang-format on

TEST(Resolver, FailuresAreToldApart) {
  for (const auto& item : kFailures) {
    FakeDnsServer server(item.handler);
    auto options = asking(server);
    // Only where nothing comes has the test to wait for the end of it.
    const bool silent = std::string_view(item.says) == "no answer";
    options.timeout = std::chrono::milliseconds(silent ? 100 : 5000);
    const auto mx = Resolver(options).mx("a.test");
    ASSERT_FALSE(mx) << item.why;
    EXPECT_EQ(mx.error().kind, item.kind) << item.why << mx.error().what;
    EXPECT_NE(mx.error().what.find(item.says), std::string::npos)
        << item.why << ": " << mx.error().what;
  }
}

TEST(Resolver, NoServerAtThatPort) {
  ResolverOptions options;
  {
    const FakeDnsServer gone([](const DnsQuery&) -> Replies { return {}; });
    options.dns_server = gone.endpoint();
  }
  const auto mx = Resolver(options).mx("a.test");
  ASSERT_FALSE(mx);
  EXPECT_EQ(mx.error().kind, ErrorKind::unresolved);
  EXPECT_EQ(mx.error().what,
            "cannot look up a.test: no name server can be reached");
}

TEST(Resolver, EmptyAnswerIsAnAnswerForRecordsAndNoHostForAddresses) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    return {query.response().wire()};
  });
  const Resolver resolver(asking(server));
  const auto mx = resolver.mx("a.test");
  ASSERT_TRUE(mx);
  EXPECT_TRUE(mx->records.empty());
  const auto addresses = resolver.addresses("a.test");
  ASSERT_FALSE(addresses);
  EXPECT_EQ(addresses.error().kind, ErrorKind::no_host);
  EXPECT_EQ(addresses.error().what, "a.test has no address");
}

TEST(Resolver, TruncatedAnswerComesOverTcp) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    if (!query.tcp) return {query.response().flag(0x0200).wire()};
    return {query.response()
                .answer(query.name, query.type, mx_data(1, "m.test"))
                .wire()};
  });
  const auto mx = Resolver(asking(server)).mx("a.test");
  ASSERT_TRUE(mx) << mx.error().what;
  EXPECT_EQ(mx->records[0].host, "m.test");
  EXPECT_EQ(server.log(),
            (std::vector<std::string>{"udp a.test 15", "tcp a.test 15"}));
}

// A forger from aside knows neither id nor case; the true answer still counts.
TEST(Resolver, ForgedAnswersAreIgnored) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    const std::string other_id{static_cast<char>(~query.octets[0]),
                               query.octets[1]};
    return {test::DnsMessage(query.name, query.type, other_id)
                .answer(query.name, query.type, mx_data(1, "evil.test"))
                .wire(),
            test::DnsMessage("other.test", query.type, query.id())
                .answer("other.test", query.type, mx_data(1, "evil.test"))
                .wire(),
            query.response()
                .answer(query.name, query.type, mx_data(1, "true.test"))
                .wire()};
  });
  const auto mx = Resolver(asking(server)).mx("a.test");
  ASSERT_TRUE(mx) << mx.error().what;
  EXPECT_EQ(mx->records[0].host, "true.test");
}

TEST(Resolver, AnswerInAnotherCaseIsAskedForOverTcp) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    std::string swapped = query.name;
    for (char& c : swapped) c = c == to_lower(c) ? to_upper(c) : to_lower(c);
    const bool honest = query.tcp;
    return {test::DnsMessage(honest ? lower(query.name) : swapped, query.type,
                             query.id())
                .answer(query.name, query.type,
                        mx_data(1, honest ? "true.test" : "evil.test"))
                .wire()};
  });
  const auto mx = Resolver(asking(server)).mx("a.test");
  ASSERT_TRUE(mx) << mx.error().what;
  EXPECT_EQ(mx->records[0].host, "true.test");
}

TEST(Resolver, ServerWithoutEdnsIsAskedWithoutIt) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    if (query.octets[11] != 0) return {query.response().rcode(1).wire()};
    return {query.response()
                .answer(query.name, query.type, mx_data(1, "m.test"))
                .wire()};
  });
  const auto mx = Resolver(asking(server)).mx("a.test");
  ASSERT_TRUE(mx) << mx.error().what;
  EXPECT_EQ(mx->records.size(), 1u);
}

// What only an authoritative server does: the alias, and no more.
TEST(Resolver, AliasIsFollowedWithAnotherQuestion) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    auto response = query.response().flag(0x0080);
    if (iequals(query.name, "www.test"))
      response.answer(query.name, RecordType::cname, wire_name("host.test"));
    else
      response.answer(query.name, query.type, address_data("192.0.2.1"));
    return {response.wire()};
  });
  const auto found =
      Resolver(asking(server)).addresses("www.test", Family::ipv4);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(texts(found->addresses), "192.0.2.1 ");
}

TEST(Resolver, OneFamilyThatFailsDoesNotSpoilTheOther) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    if (query.type == RecordType::aaaa)
      return {query.response().rcode(2).wire()};
    return {query.response()
                .answer(query.name, query.type, address_data("192.0.2.1"))
                .wire()};
  });
  const auto found = Resolver(asking(server)).addresses("a.test");
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(texts(found->addresses), "192.0.2.1 ");
}

TEST(Resolver, EmptyFamilyDoesNotHideThatTheOtherFailed) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    if (query.type == RecordType::aaaa) return {query.response().wire()};
    return {query.response().rcode(2).wire()};
  });
  const auto found = Resolver(asking(server)).addresses("a.test");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::unresolved);
}

TEST(Resolver, SlowFamilyIsNotWaitedFor) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    if (query.type == RecordType::aaaa) return {};
    return {query.response()
                .answer(query.name, query.type, address_data("192.0.2.1"))
                .wire()};
  });
  const auto found = Resolver(asking(server)).addresses_soon("a.test");
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(texts(found->addresses), "192.0.2.1 ");
  EXPECT_TRUE(found->partial);
}

TEST(Resolver, ManyHostsAtOnce) {
  FakeDnsServer server([](const DnsQuery& query) -> Replies {
    if (iequals(query.name, "gone.test"))
      return {query.response().rcode(3).wire()};
    if (query.type == RecordType::aaaa) return {query.response().wire()};
    return {query.response()
                .answer(query.name, query.type, address_data("192.0.2.1"))
                .wire()};
  });
  const auto found =
      Resolver(asking(server))
          .addresses_of({"a.test", "gone.test", "192.0.2.5", "b.test"});
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(texts(found[0]->addresses), "192.0.2.1 ");
  EXPECT_EQ(found[1].error().kind, ErrorKind::no_host);
  EXPECT_EQ(texts(found[2]->addresses), "192.0.2.5 ");
  EXPECT_EQ(texts(found[3]->addresses), "192.0.2.1 ");
}

TEST(Resolver, LimitsOfTheRunHold) {
  FakeDnsServer server([](const DnsQuery&) -> Replies { return {}; });
  auto options = asking(server);
  options.run.expire_in(std::chrono::milliseconds(50));
  const auto late = Resolver(options).mx("a.test");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::timed_out);
  EXPECT_EQ(late.error().what, "the deadline of 50 ms passed");

  options = asking(server);
  options.run.interrupt_fd = ::eventfd(1, EFD_CLOEXEC);
  const auto stopped = Resolver(options).addresses("a.test");
  ::close(options.run.interrupt_fd);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
}

TEST(Resolver, RefusesWhatIsNoName) {
  const Resolver resolver{ResolverOptions{}};
  for (const char* name : {"", "a..b", "-a", "a b", "_25._tcp.a.test"}) {
    EXPECT_EQ(resolver.addresses(name).error().kind, ErrorKind::no_host);
    EXPECT_EQ(resolver.mx(name).error().kind, ErrorKind::no_host);
  }
}

TEST(DnsQuery, SearchDomainsAreThoseOfTheSystem) {
  ASSERT_EQ(::setenv("LOCALDOMAIN", "corp.test example.test", 1), 0);
  const auto domains = search_domains();
  ::unsetenv("LOCALDOMAIN");
  EXPECT_EQ(domains, (std::vector<std::string>{"corp.test", "example.test"}));
}

TEST(DnsQuery, WireForm) {
  const auto query = to_wire({"ab.test", RecordType::mx}, 0x1234,
                             std::string_view("\1\0\0\0\0\0\1", 7), true);
  EXPECT_EQ(query.owner, "Ab.tesT");
  EXPECT_EQ(query.octets, std::string("\x12\x34\x01\x20\0\1\0\0\0\0\0\1", 12) +
                              std::string("\2Ab\4tesT\0\0\x0f\0\1", 13) +
                              std::string("\0\0\x29\x04\xd0\0\0\0\0\0\0", 11));
}

}  // namespace
}  // namespace mailtool::net
