// What clients are told of the ports.

#include "app/serve_doors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

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

Error refused(const char* endpoint) {
  ServeDoor door;
  door.name = "imap";
  door.endpoint = *net::Endpoint::parse(endpoint, 1);
  door.fixed = true;
  ServeOptions options;
  options.doors = {door};
  const auto open = open_doors(options);
  EXPECT_FALSE(open) << endpoint;
  return open ? Error{ErrorKind::internal, ""} : open.error();
}

TEST(ServeDoors, WhatToDo) {
  const auto taken = net::Listener::open({*net::IpAddress::parse("127.0.0.1"), 0});
  ASSERT_TRUE(taken);
  const auto port =
      refused(("127.0.0.1:" + std::to_string(taken->port())).c_str());
  EXPECT_EQ(port.kind, ErrorKind::busy);
  EXPECT_EQ(port.hint, "another port: --imap ADDR:PORT");
  // RFC 5737: nobody's.
  const auto address = refused("192.0.2.1:2143");
  EXPECT_EQ(address.kind, ErrorKind::unreachable);
  EXPECT_EQ(address.hint, "an address of this machine: --imap ADDR:PORT");

  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto descriptors = refused("127.0.0.1:2143");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(descriptors.kind, ErrorKind::system);
  EXPECT_EQ(descriptors.hint, "");
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
