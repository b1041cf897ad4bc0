#include <gtest/gtest.h>

#include "mailtool/sasl/mechanism.h"

namespace mailtool::sasl {
namespace {

const Secret kPassword("secret");
const Secret kToken("token");

struct Case {
  const char* why;
  std::vector<std::string> offered;
  bool password;
  bool token;
  bool tls;
  bool binding;
  bool certificate;
  bool allow_clear_text;
  std::vector<std::string> only;
  std::vector<std::string> expected;  // empty: none may be used
};

// clang-format off
const Case kCases[] = {
  {"strongest first", {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"},
   true, false, true, false, false, false, {},
   {"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"}},
  {"any case", {"plain", "Scram-Sha-256"},
   true, false, true, false, false, false, {}, {"SCRAM-SHA-256", "PLAIN"}},
  {"binding", {"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"},
   true, false, true, true, false, false, {},
   {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"}},
  {"no binding here", {"SCRAM-SHA-256-PLUS"},
   true, false, true, false, false, false, {}, {}},
  {"certificate", {"PLAIN", "EXTERNAL"},
   true, false, true, false, true, false, {}, {"EXTERNAL", "PLAIN"}},
  {"no certificate", {"EXTERNAL"},
   true, false, true, false, false, false, {}, {}},
  {"token", {"PLAIN", "XOAUTH2", "OAUTHBEARER"},
   false, true, true, false, false, false, {}, {"OAUTHBEARER", "XOAUTH2"}},
  {"clear text: secrets stay here", {"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"},
   true, true, false, false, false, false, {}, {}},
  {"clear text: challenges may go", {"PLAIN", "CRAM-MD5", "SCRAM-SHA-1"},
   true, false, false, false, false, false, {}, {"SCRAM-SHA-1", "CRAM-MD5"}},
  {"clear text allowed", {"PLAIN"},
   true, false, false, false, false, true, {}, {"PLAIN"}},
  {"named, in the order named", {"PLAIN", "LOGIN", "SCRAM-SHA-256"},
   true, false, true, false, false, false, {"login", "PLAIN"}, {"LOGIN", "PLAIN"}},
  {"named, not offered", {"PLAIN"},
   true, false, true, false, false, false, {"SCRAM-SHA-256"}, {}},
  {"nothing offered", {}, true, false, true, false, false, false, {}, {}},
  {"unknown ones alone", {"GSSAPI", "DIGEST-MD5"},
   true, false, true, false, false, false, {}, {}},
  {"no secret at all", {"PLAIN", "XOAUTH2"},
   false, false, true, false, false, false, {}, {}},
};
// clang-format on

TEST(Choose, Table) {
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.why);
    Credentials credentials;
    credentials.user = "tim";
    if (c.password) credentials.password = &kPassword;
    if (c.token) credentials.token = &kToken;
    Policy policy;
    if (c.tls) policy.tls = TlsInfo{"TLSv1.3", "", {}, c.certificate};
    if (c.binding) policy.tls->bindings = {{"tls-exporter", "xyz"}};
    policy.allow_clear_text = c.allow_clear_text;
    policy.only = c.only;
    const auto chosen = choose(c.offered, credentials, policy);
    ASSERT_EQ(chosen.has_value(), !c.expected.empty());
    if (!chosen) {
      EXPECT_EQ(chosen.error().kind, ErrorKind::no_auth);
      continue;
    }
    std::vector<std::string> names;
    for (const auto& m : *chosen) names.emplace_back(m->name());
    EXPECT_EQ(names, c.expected);
  }
}

std::string first_message(const std::vector<std::string>& offered) {
  Credentials credentials;
  credentials.user = "tim";
  credentials.password = &kPassword;
  Policy policy;
  policy.tls = TlsInfo{"TLSv1.3", "", {{"tls-exporter", "xyz"}}, false};
  const auto chosen = choose(offered, credentials, policy);
  return chosen ? *chosen->front()->respond("") : "";
}

// RFC 5802 section 6: the server learns that someone took -PLUS away.
TEST(Choose, FlagsADowngrade) {
  EXPECT_TRUE(first_message({"SCRAM-SHA-256"}).starts_with("y,,n=tim,r="));
  EXPECT_TRUE(first_message({"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"})
                  .starts_with("p=tls-exporter,,n=tim,r="));
  // Offered for the other hash: then "n" is the truth.
  EXPECT_TRUE(first_message({"SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"})
                  .starts_with("n,,n=tim,r="));
}

TEST(Choose, SaysWhatStoodInTheWay) {
  Credentials credentials;
  credentials.password = &kPassword;
  const auto refused = choose({"PLAIN", "XOAUTH2"}, credentials, Policy{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what,
            "no mechanism may be used: the server offers PLAIN, XOAUTH2 "
            "(XOAUTH2: no access token given; PLAIN: would be readable without "
            "TLS)");
  EXPECT_FALSE(refused.error().hint.empty());
}

TEST(Choose, KnownMechanismsAreTheTen) {
  EXPECT_EQ(known_mechanisms().size(), 10u);
  EXPECT_EQ(known_mechanisms().front(), "EXTERNAL");
  EXPECT_EQ(known_mechanisms().back(), "LOGIN");
}

}  // namespace
}  // namespace mailtool::sasl
