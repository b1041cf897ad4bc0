#include "app/mx_grouping.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

net::Endpoint at(const char* text) { return *net::Endpoint::parse(text, 25); }

MxHost host(const char* name, std::uint16_t preference, const char* address,
            MxTlsRule rule = MxTlsRule::opportunistic) {
  return {name, preference, {at(address)}, {rule, "", {}}, {}};
}

MxRoute route(std::vector<MxHost> hosts) { return {std::move(hosts), {}, {}}; }

MxHost a(std::uint16_t preference = 10) { return host("a.mx", preference, "192.0.2.1"); }
MxHost b(std::uint16_t preference = 20) { return host("b.mx", preference, "192.0.2.2"); }

// Whether two domains with these routes share a group.
bool together(MxRoute one, MxRoute two) {
  const auto groups = group_by_exchangers(
      {"one.test", "two.test"}, {std::move(one), std::move(two)}, {0, 1});
  return groups.size() == 1;
}

MxHost anchored(const char* domain) {
  auto host = a();
  host.tls.rule = MxTlsRule::dane;
  host.tls.policy.name = "a.mx";
  host.tls.policy.associations = {{2, 0, 1, std::string(32, 'x')}};
  host.tls.policy.more_names = {domain};
  return host;
}

MxHost pinned(const char* domain) {
  auto host = anchored(domain);
  host.tls.policy.associations[0].usage = 3;
  return host;
}

TEST(Grouping, SameExchangersShareAGroup) {
  EXPECT_TRUE(together(route({a(), b()}), route({a(), b()})));
  EXPECT_TRUE(together(route({a(1), b(2)}), route({a(10), b(20)})));
  EXPECT_TRUE(together(route({a(5), b(5)}), route({b(7), a(7)})))
      << "the order inside a preference is chance";
  EXPECT_FALSE(together(route({a(1), b(2)}), route({b(1), a(2)})));
  EXPECT_FALSE(together(route({a(1), b(2)}), route({a(1), b(1)})));
  EXPECT_FALSE(together(route({a(), b()}), route({a()})));
  EXPECT_FALSE(together(route({a()}), route({host("a.mx", 10, "192.0.2.9")})));
}

TEST(Grouping, OtherRulesAreOtherGroups) {
  EXPECT_FALSE(together(route({a()}), route({host("a.mx", 10, "192.0.2.1", MxTlsRule::sts)})));
  auto skipped = a();
  skipped.skipped = Error{ErrorKind::deferred, "no"};
  EXPECT_FALSE(together(route({a(), b()}), route({skipped, b()})));
  // Under an anchor the certificate may be proved by the domain's name.
  EXPECT_FALSE(together(route({anchored("one.test")}), route({anchored("two.test")})));
  EXPECT_TRUE(together(route({anchored("one.test")}), route({anchored("one.test")})));
  EXPECT_TRUE(together(route({pinned("one.test")}), route({pinned("two.test")})));
}

TEST(Grouping, RecipientsAndNotesFollowTheirDomains) {
  auto noted = route({a()});
  noted.notes = {"a note"};
  MxRoute lost;
  lost.error = Error{ErrorKind::no_host, "no"};
  const auto groups = group_by_exchangers(
      {"x.test", "y.test", "z.test", "w.test"},
      {route({a()}), lost, noted, lost}, {1, 0, 2, SIZE_MAX, 0, 3});
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].recipients, (std::vector<std::size_t>{1, 2, 4}));
  EXPECT_EQ(groups[0].domains, (std::vector<std::string>{"x.test", "z.test"}));
  EXPECT_EQ(groups[0].notes, std::vector<std::string>{"a note"});
  EXPECT_EQ(groups[1].recipients, std::vector<std::size_t>{0});
  EXPECT_TRUE(groups[1].error);
  EXPECT_EQ(groups[2].recipients, std::vector<std::size_t>{5});
}

TEST(MailDomain, OfRecipients) {
  EXPECT_EQ(*mail_domain("bob@Example.ORG"), "example.org");
  EXPECT_EQ(*mail_domain("\"a@b\"@example.org"), "example.org");
  EXPECT_EQ(*mail_domain("bob@b\xc3\xbc" "cher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(*mail_domain("bob@[IPv6:2001:DB8::1]"), "[ipv6:2001:db8::1]");
  for (const char* text : {"bob", "bob@", "@example.org", "a b@example.org", ""})
    EXPECT_FALSE(mail_domain(text)) << text;
}

}  // namespace
}  // namespace mailtool::app
