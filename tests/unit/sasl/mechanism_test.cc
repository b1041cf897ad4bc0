#include "mailtool/sasl/mechanism.h"

#include <gtest/gtest.h>

namespace mailtool::sasl {
namespace {

// The one mechanism of that name, over TLS.
std::unique_ptr<Mechanism> mechanism(const std::string& name,
                                     const Credentials& credentials) {
  Policy policy;
  policy.tls = TlsInfo{"TLSv1.3", "", {}, true};
  policy.only = {name};
  auto chosen = choose({name}, credentials, policy);
  if (!chosen) {
    ADD_FAILURE() << chosen.error().one_line();
    return nullptr;
  }
  return std::move(chosen->front());
}

Credentials with_password(std::string user, const Secret& password) {
  Credentials c;
  c.user = std::move(user);
  c.password = &password;
  return c;
}

// RFC 4616 section 4.
TEST(Plain, Examples) {
  const Secret password("tanstaaftanstaaf");
  const auto plain = mechanism("PLAIN", with_password("tim", password));
  EXPECT_TRUE(plain->client_first());
  EXPECT_EQ(*plain->respond(""), std::string("\0tim\0tanstaaftanstaaf", 21));
  EXPECT_TRUE(plain->finish());
  EXPECT_FALSE(plain->respond(""));

  const Secret other("xipj3plmq");
  auto c = with_password("Kurt", other);
  c.authzid = "Ursel";
  EXPECT_EQ(*mechanism("PLAIN", c)->respond(""),
            std::string("Ursel\0Kurt\0xipj3plmq", 20));
}

TEST(Plain, RefusesNul) {
  const Secret password(std::string("a\0b", 3));
  const auto refused =
      mechanism("PLAIN", with_password("tim", password))->respond("");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::no_auth);
}

// RFC 2195 section 2.
TEST(CramMd5, Example) {
  const Secret password("tanstaaftanstaaf");
  const auto cram = mechanism("CRAM-MD5", with_password("tim", password));
  EXPECT_FALSE(cram->client_first());
  EXPECT_EQ(*cram->respond("<1896.697170952@postoffice.reston.mci.net>"),
            "tim b913a602c7eda7a495b4e6e7334d3890");
  EXPECT_FALSE(cram->respond("again"));
}

TEST(CramMd5, RefusesAnEmptyChallenge) {
  const Secret password("x");
  const auto refused =
      mechanism("CRAM-MD5", with_password("tim", password))->respond("");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::protocol);
}

// RFC 1939 section 7.
TEST(Apop, Example) {
  EXPECT_EQ(apop_digest("<1896.697170952@dbc.mtview.ca.us>", Secret("tanstaaf")),
            "c4c9334bac560ecc979e58001b3e22fb");
}

TEST(Login, AnswersInOrderWhateverThePrompt) {
  const Secret password("secret");
  const auto login = mechanism("LOGIN", with_password("tim", password));
  EXPECT_FALSE(login->client_first());
  EXPECT_EQ(*login->respond("Username:"), "tim");
  EXPECT_EQ(*login->respond("Benutzer?"), "secret");
  EXPECT_FALSE(login->respond("more?"));
}

TEST(External, NamesTheIdentity) {
  Credentials c;
  EXPECT_EQ(*mechanism("EXTERNAL", c)->respond(""), "");
  c.user = "tim";
  EXPECT_EQ(*mechanism("EXTERNAL", c)->respond(""), "tim");
  c.authzid = "boss";
  EXPECT_EQ(*mechanism("EXTERNAL", c)->respond(""), "boss");
}

// RFC 7628 section 4.1.
TEST(OauthBearer, Example) {
  const Secret token("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
  Credentials c;
  c.user = "user@example.com";
  c.token = &token;
  c.host = "server.example.com";
  c.port = 143;
  const auto bearer = mechanism("OAUTHBEARER", c);
  EXPECT_EQ(*bearer->respond(""),
            "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
            "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01");
  EXPECT_TRUE(bearer->finish());
}

TEST(OauthBearer, AnswersTheErrorReport) {
  const Secret token("abc");
  Credentials c;
  c.token = &token;
  const auto bearer = mechanism("OAUTHBEARER", c);
  EXPECT_EQ(*bearer->respond(""),
            std::string("n,,\x01") + "auth=Bearer abc\x01\x01");
  EXPECT_EQ(*bearer->respond("{\"status\":\"invalid_token\"}"), "\x01");
  EXPECT_EQ(bearer->server_said(), "{\"status\":\"invalid_token\"}");
  EXPECT_FALSE(bearer->respond("{}"));
  EXPECT_FALSE(bearer->finish());
}

TEST(Xoauth2, MessageAndErrorReport) {
  const Secret token("ya29.vF9dft4");
  Credentials c;
  c.user = "someuser@example.com";
  c.token = &token;
  const auto x = mechanism("XOAUTH2", c);
  EXPECT_EQ(*x->respond(""),
            std::string("user=someuser@example.com\x01") +
                "auth=Bearer ya29.vF9dft4\x01\x01");
  EXPECT_EQ(*x->respond("{\"status\":\"401\"}"), "");
  EXPECT_EQ(x->server_said(), "{\"status\":\"401\"}");
}

TEST(Bearer, RefusesATokenThatIsNone) {
  for (const char* bad : {"", "a b", "a\x01" "b", "a\nb", "t\xc3\xa9"}) {
    const Secret token(bad);
    Credentials c;
    c.token = &token;
    const auto refused = mechanism("XOAUTH2", c)->respond("");
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().kind, ErrorKind::no_auth);
  }
}

}  // namespace
}  // namespace mailtool::sasl
