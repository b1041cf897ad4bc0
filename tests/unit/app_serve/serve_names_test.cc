// Questions for names over TCP, in any portions.

#include "app/serve_names.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

using serve::Wait;

std::string framed(const std::string& message) {
  return std::string{static_cast<char>(message.size() >> 8U),
                     static_cast<char>(message.size() & 0xffU)} +
         message;
}

class Names : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(zone.add("a.test", *net::IpAddress::parse("127.0.0.1"),
                         *net::IpAddress::parse("127.0.0.1")));
  }
  // "7" asks for the A record of a.test.
  static std::string question() {
    using namespace std::string_literals;
    return "\0\7\1\0\0\1\0\0\0\0\0\0\1a\4test\0\0\1\0\1"s;
  }
  std::string say(const std::string& octets) {
    std::string out;
    for (std::size_t at = 0;
         at < octets.size() && session->wait() == Wait::octets;) {
      at += session->feed(std::string_view(octets).substr(at, GetParam()), out);
    }
    return out;
  }
  net::NameZone zone;
  std::unique_ptr<serve::Session> session = make_name_session(zone);
};
INSTANTIATE_TEST_SUITE_P(Portion, Names, testing::Values(4096, 7, 1));

TEST_P(Names, OneAfterTheOther) {
  const auto answer = framed(*zone.answer(question(), false));
  EXPECT_EQ(say(framed(question()) + framed(question())), answer + answer);
  EXPECT_EQ(session->wait(), Wait::octets);
}

TEST_P(Names, WhatIsNoQuestionEndsIt) {
  EXPECT_EQ(say(framed("x")), "");
  EXPECT_EQ(session->wait(), Wait::close);
}

TEST_P(Names, NothingIsNoQuestion) {
  EXPECT_EQ(say(std::string(2, '\0')), "");
  EXPECT_EQ(session->wait(), Wait::close);
}

TEST(Neighbours, DomainAndAddress) {
  OptionValues options;
  options.add("dns-domain", {"Hamburger.test=127.0.0.2", "command line"});
  const auto all = read_neighbours(options);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->at(0).first, "hamburger.test");
  EXPECT_EQ(all->at(0).second, (net::Endpoint{
                                   *net::IpAddress::parse("127.0.0.2"), 0}));
  for (const auto* text : {"127.0.0.2:2526", "[::1]:2526"}) {
    OptionValues with_port;
    with_port.add("dns-domain", {"a.test=" + std::string(text), "command line"});
    const auto one = read_neighbours(with_port);
    ASSERT_TRUE(one) << text;
    EXPECT_EQ(one->at(0).second.to_string(), text);
  }
  for (const auto* text : {"a.test", "a.test=", "=127.0.0.1", "a b=127.0.0.1",
                           "a.test=host.test", "a.test=127.0.0.1:0",
                           "a.test=127.0.0.1:65536", "a.test=127.0.0.1:"}) {
    OptionValues wrong;
    wrong.add("dns-domain", {text, "command line"});
    EXPECT_FALSE(read_neighbours(wrong)) << text;
  }
}

}  // namespace
}  // namespace mailtool::app
