// By which options of send what a server queues goes.

#include "app/serve_way.h"

#include <gtest/gtest.h>

#include "app/serve_zone.h"

namespace mailtool::app {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

TEST(ServeWay, ByTheRecordsOfItsNameServer) {
  const ServeWay way{
      "mx.crepes.test", *net::Endpoint::parse("127.0.0.1:2053"), 2525};
  EXPECT_EQ(served_way(way).options, (Options{{"mx", ""},
                                              {"mx-port", "2525"},
                                              {"mx-tls-policy", "none"},
                                              {"dns-server", "127.0.0.1:2053"},
                                              {"helo", "mx.crepes.test"}}));
}

TEST(ServeWay, ServersAtPortsOfTheirOwn) {
  ServeWay way{"mx.crepes.test", *net::Endpoint::parse("[::1]:2053"), 2525};
  way.servers = {{"crepes.test", *net::Endpoint::parse("127.0.0.1:4025")},
                 {"xn--bcher-kva.test", *net::Endpoint::parse("[::1]:25")}};
  const auto options = served_way(way).options;
  ASSERT_EQ(options.size(), 7u);
  EXPECT_EQ(options[5], (Options::value_type{
                            "resolve", "mx.crepes.test:2525:127.0.0.1:4025"}));
  EXPECT_EQ(options[6], (Options::value_type{
                            "resolve", "mx.xn--bcher-kva.test:2525:[::1]:25"}));
}

// Reports to our own users went to 127.0.0.1:25, or nowhere, where the name
// server did not know the domain.
TEST(ServeWay, OwnDomainsNeedNoRecords) {
  ServeOptions options;
  options.domains = {"crepes.test", "xn--bcher-kva.test"};
  options.dns_server = net::Endpoint::parse("192.0.2.53:53");
  const net::Endpoint any{*net::IpAddress::parse("127.0.0.1"), 0};
  options.doors = {{ServeProtocol::submission, "submission", "smtp", any}};
  const auto alone = open_doors(options);
  ASSERT_TRUE(alone) << alone.error().one_line();
  EXPECT_FALSE(way_out(options, *alone)) << "reports would have no place";
  options.doors.push_back({ServeProtocol::smtp, "smtp", "smtp", any});
  const auto doors = open_doors(options);
  ASSERT_TRUE(doors) << doors.error().one_line();
  const auto& smtp = doors->back().door.endpoint;
  const auto way = way_out(options, *doors);
  ASSERT_TRUE(way);
  EXPECT_EQ(way->mx_port, smtp.port);
  EXPECT_EQ(way->dns_server, *options.dns_server);
  EXPECT_EQ(served_way(*way).own,
            (std::vector<OwnDomain>{{"crepes.test", smtp},
                                    {"localhost", smtp},
                                    {"xn--bcher-kva.test", smtp}}));
}

// The way was the same, and what waited for the server at the old address waited
// on, though the zone had the new one.
TEST(ServeWay, AnotherAddressIsAnotherWay) {
  ServeOptions options;
  options.domains = {"crepes.test"};
  const net::Endpoint any{*net::IpAddress::parse("127.0.0.1"), 0};
  options.doors = {{ServeProtocol::smtp, "smtp", "smtp", any},
                   {ServeProtocol::dns, "dns", "dns", any}};
  const auto doors = open_doors(options);
  ASSERT_TRUE(doors) << doors.error().one_line();
  const auto to = [&](const char* address) {
    options.neighbours = {
        {"hamburger.test", {*net::IpAddress::parse(address), 0}}};
    return served_way(*way_out(options, *doors)).options;
  };
  const auto before = to("127.0.0.3");
  EXPECT_NE(to("127.0.0.4"), before);
  EXPECT_EQ(to("127.0.0.3"), before);
  const auto port = std::to_string(doors->front().door.endpoint.port);
  EXPECT_EQ(before.back(),
            (Options::value_type{"resolve", "mx.hamburger.test:" + port +
                                                ":127.0.0.3:" + port}));
  // Where another name server is asked, it says where that is.
  options.dns_server = net::Endpoint::parse("192.0.2.53:53");
  EXPECT_EQ(to("127.0.0.4"), to("127.0.0.3"));
}

}  // namespace
}  // namespace mailtool::app
