// What clients are told of the ports.

#include "app/serve_doors.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mailtool/net/local_addresses.h"

namespace mailtool::app {
namespace {

TEST(ServeDoors, AddressesThatAClientCanUse) {
  for (const auto* text : {"127.0.0.1", "::1", "192.0.2.1", "2001:db8::1"}) {
    const auto address = *net::IpAddress::parse(text);
    EXPECT_EQ(reachable(address), address) << text;
  }
  for (const auto* text : {"0.0.0.0", "::"}) {
    const auto all = *net::IpAddress::parse(text);
    const auto one = reachable(all);
    EXPECT_EQ(one.v6, all.v6);
    EXPECT_NE(one, all);
    const auto own = net::local_addresses();
    const bool known = std::find(own.begin(), own.end(), one) != own.end();
    EXPECT_TRUE(known || one.is_loopback()) << one.to_string();
  }
}

TEST(ServeDoors, Urls) {
  ServeDoor door;
  door.name = "imap";
  door.scheme = "imap";
  door.endpoint = {*net::IpAddress::parse("0.0.0.0"), 0};
  door.fixed = false;
  ServeOptions options;
  options.doors = {door};
  const auto open = open_doors(options);
  ASSERT_TRUE(open) << open.error().one_line();
  const auto url = open->front().url();
  EXPECT_EQ(url, "imap://" + reachable(door.endpoint.address).to_string() +
                     ":" + std::to_string(open->front().door.endpoint.port));
}

}  // namespace
}  // namespace mailtool::app
