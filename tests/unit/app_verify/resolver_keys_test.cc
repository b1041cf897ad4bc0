#include "app/resolver_keys.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"
#include "unit/net/fake_dns_server.h"

namespace mailtool::app {
namespace {

using net::RecordType;
using net::test::DnsQuery;
using net::test::FakeDnsServer;
using signing::KeyAnswer;
using Replies = std::vector<std::string>;

// Character strings as they stand in a TXT record.
std::string txt_data(const std::vector<std::string>& strings) {
  std::string data;
  for (const auto& text : strings)
    data += net::test::u8(static_cast<unsigned>(text.size())) + text;
  return data;
}

net::ResolverOptions asking(const FakeDnsServer& server) {
  net::ResolverOptions options;
  options.dns_server = server.endpoint();
  options.timeout = std::chrono::milliseconds(300);
  return options;
}

Replies serve(const DnsQuery& query) {
  auto response = query.response();
  // Resolvers mix the case of what they ask for.
  const auto name = lower(query.name);
  if (name.starts_with("two.")) {
    response.answer(query.name, RecordType::txt,
                    txt_data({"v=DKIM1; p=", std::string(200, 'A'), "B"}));
    response.answer(query.name, RecordType::txt, txt_data({"other"}));
  } else if (name.starts_with("many.")) {
    for (int i = 0; i < 1000; ++i)
      response.answer(query.name, RecordType::txt, txt_data({"x"}));
  } else if (name.starts_with("none.")) {
    response.rcode(3);
  } else if (name.starts_with("broken.")) {
    response.rcode(2);
  } else if (name.starts_with("silent.")) {
    return {};
  }
  auto wire = response.wire();
  if (!query.tcp && wire.size() > 1232)
    return {query.response().flag(0x0200).wire()};
  return {wire};
}

TEST(ResolverKeys, TellsTheAnswersApart) {
  const FakeDnsServer server(serve);
  ResolverKeys keys(asking(server));
  const auto two = keys.txt("two._domainkey.a.example");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->kind, KeyAnswer::Kind::found);
  EXPECT_EQ(two->records,
            (std::vector<std::string>{
                "v=DKIM1; p=" + std::string(200, 'A') + "B", "other"}));
  const auto kind_of = [&](const char* name) {
    const auto answer = keys.txt(name);
    EXPECT_TRUE(answer);
    return answer->kind;
  };
  EXPECT_EQ(kind_of("none._domainkey.a.example"), KeyAnswer::Kind::no_name);
  EXPECT_EQ(kind_of("empty._domainkey.a.example"), KeyAnswer::Kind::no_record);
  EXPECT_EQ(kind_of("broken._domainkey.a.example"), KeyAnswer::Kind::temporary);
  EXPECT_EQ(kind_of("silent._domainkey.a.example"), KeyAnswer::Kind::temporary);
}

TEST(ResolverKeys, HandsOnSoManyRecordsAndNoMore) {
  const FakeDnsServer server(serve);
  ResolverKeys keys(asking(server));
  const auto many = keys.txt("many._domainkey.a.example");
  ASSERT_TRUE(many);
  EXPECT_EQ(many->records.size(), ResolverKeys::kMaxRecords);
}

TEST(ResolverKeys, StopsWhenTheRunIsOver) {
  const FakeDnsServer server(serve);
  auto options = asking(server);
  options.run.expire_in(std::chrono::milliseconds(0));
  ResolverKeys keys(options);
  const auto late = keys.txt("two._domainkey.a.example");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::timed_out);
}

}  // namespace
}  // namespace mailtool::app
