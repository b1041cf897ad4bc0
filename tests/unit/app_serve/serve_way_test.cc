// By which options of send what a server queues goes.

#include "app/serve_way.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

TEST(ServeWay, ByTheRecordsOfItsNameServer) {
  const ServeWay way{
      "mx.crepes.test", *net::Endpoint::parse("127.0.0.1:2053"), 2525};
  EXPECT_EQ(way_options(way), (Options{{"mx", ""},
                                       {"mx-port", "2525"},
                                       {"mx-tls-policy", "none"},
                                       {"dns-server", "127.0.0.1:2053"},
                                       {"helo", "mx.crepes.test"}}));
}

TEST(ServeWay, ServersAtPortsOfTheirOwn) {
  ServeWay way{"mx.crepes.test", *net::Endpoint::parse("[::1]:2053"), 2525};
  way.servers = {{"crepes.test", *net::Endpoint::parse("127.0.0.1:4025")},
                 {"xn--bcher-kva.test", *net::Endpoint::parse("[::1]:25")}};
  const auto options = way_options(way);
  ASSERT_EQ(options.size(), 7u);
  EXPECT_EQ(options[5], (Options::value_type{
                            "resolve", "mx.crepes.test:2525:127.0.0.1:4025"}));
  EXPECT_EQ(options[6], (Options::value_type{
                            "resolve", "mx.xn--bcher-kva.test:2525:[::1]:25"}));
}

}  // namespace
}  // namespace mailtool::app
