// SCRAM, the server's side: the RFCs' examples, our own client, and clients
// that mean no good.

#include "mailtool/sasl/scram_server.h"

#include <gtest/gtest.h>

#include <memory>

#include "mailtool/base/base64.h"

namespace mailtool::sasl {
namespace {

// RFC 7677 section 3.
constexpr const char* kNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr const char* kClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr const char* kClientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

ScramKeys keys(ScramHash hash = ScramHash::sha256,
               std::string_view password = "pencil") {
  return *derive_scram_keys(hash, Secret(std::string(password)),
                            *base64_decode("W22ZaJ0SNY7soEsUEjb6gQ=="));
}

TEST(ScramServer, Rfc7677) {
  ScramServer server({.nonce = kNonce});
  ASSERT_TRUE(server.begin(kClientFirst));
  EXPECT_EQ(server.name(), "user");
  EXPECT_EQ(server.challenge(keys()),
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  const auto last = server.finish(kClientFinal);
  ASSERT_TRUE(last) << last.error().one_line();
  EXPECT_EQ(*last, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

// RFC 5802 section 5.
TEST(ScramServer, Rfc5802) {
  ScramServer server({.hash = ScramHash::sha1, .nonce = "3rfcNHYJY1ZVvWVs7j"});
  ASSERT_TRUE(server.begin("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"));
  const auto salted = derive_scram_keys(ScramHash::sha1, Secret("pencil"),
                                        *base64_decode("QSXCR+Q6sek8bf92"));
  EXPECT_EQ(server.challenge(*salted),
            "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,"
            "i=4096");
  const auto last = server.finish(
      "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
      "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  ASSERT_TRUE(last) << last.error().one_line();
  EXPECT_EQ(*last, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
}

// Our own client, with a name that has to be quoted, and each way to bind.
TEST(ScramServer, OurClient) {
  const ChannelBinding binding{"tls-exporter", "unique"};
  for (const auto flag :
       {BindingFlag::none, BindingFlag::not_offered, BindingFlag::bound}) {
    const bool plus = flag == BindingFlag::bound;
    for (const std::string password : {"pencil", "pen"}) {
      const Secret secret{std::string(password)};
      ScramParameters parameters;
      parameters.user = "a,b=c";
      parameters.authzid = "d,";
      parameters.password = &secret;
      parameters.flag = flag;
      parameters.binding = binding;
      const auto client = make_scram(parameters);
      ScramServer server(
          {.plus = plus,
           .offers_plus = plus,
           .bindings = {{"tls-server-end-point", "x"}, binding}});
      ASSERT_TRUE(server.begin(*client->respond("")));
      EXPECT_EQ(server.name(), "a,b=c");
      EXPECT_EQ(server.authzid(), "d,");
      const auto last =
          server.finish(*client->respond(server.challenge(keys())));
      ASSERT_EQ(static_cast<bool>(last), password == "pencil");
      if (!last) {
        EXPECT_EQ(last.error().kind, ErrorKind::no_auth);
        continue;
      }
      EXPECT_TRUE(client->respond(*last));
      EXPECT_TRUE(client->finish());
    }
  }
}

struct First {
  const char* why;
  const char* message;
  bool plus;
  bool offers_plus;
  std::optional<ErrorKind> error;
};

// clang-format off
const First kFirsts[] = {
  {"plain",                "n,,n=a,r=x",                false, true,  {}},
  {"extension",            "n,,n=a,r=x,z=1",            false, false, {}},
  {"binding not offered",  "y,,n=a,r=x",                false, false, {}},
  {"binding taken away",   "y,,n=a,r=x",                false, true,  ErrorKind::insecure},
  {"bound",                "p=tls-exporter,,n=a,r=x",   true,  true,  {}},
  {"no such binding",      "p=tls-unique,,n=a,r=x",     true,  true,  ErrorKind::insecure},
  {"binds, not -PLUS",     "p=tls-exporter,,n=a,r=x",   false, true,  ErrorKind::protocol},
  {"-PLUS, binds not",     "n,,n=a,r=x",                true,  true,  ErrorKind::protocol},
  {"empty",                "",                          false, false, ErrorKind::protocol},
  {"one comma",            "n,",                        false, false, ErrorKind::protocol},
  {"no flag",              ",,n=a,r=x",                 false, false, ErrorKind::protocol},
  {"no authzid",           "n,b=x,n=a,r=x",             false, false, ErrorKind::protocol},
  {"mandatory extension",  "n,,m=x,n=a,r=x",            false, false, ErrorKind::protocol},
  {"no name",              "n,,n=,r=x",                 false, false, ErrorKind::protocol},
  {"bad quoting",          "n,,n=a=2,r=x",              false, false, ErrorKind::protocol},
  {"control in the name",  "n,,n=a\x01,r=x",            false, false, ErrorKind::protocol},
  {"no nonce",             "n,,n=a",                    false, false, ErrorKind::protocol},
  {"empty nonce",          "n,,n=a,r=",                 false, false, ErrorKind::protocol},
  {"blank in the nonce",   "n,,n=a,r=x y",              false, false, ErrorKind::protocol},
};
// clang-format on

TEST(ScramServer, FirstMessages) {
  for (const auto& one : kFirsts) {
    SCOPED_TRACE(one.why);
    ScramServer server({.plus = one.plus,
                        .offers_plus = one.offers_plus,
                        .bindings = {{"tls-exporter", "octets"}}});
    const auto begun = server.begin(one.message);
    ASSERT_EQ(static_cast<bool>(begun), !one.error.has_value());
    if (!begun) {
      EXPECT_EQ(begun.error().kind, *one.error);
    }
  }
}

TEST(ScramServer, FinalMessages) {
  const std::string good = kClientFinal;
  const auto with = [&](std::string_view from, std::string_view to) {
    auto text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const auto& message :
       {std::string(), std::string("c=biws"), good.substr(0, good.size() - 4),
        with("biws", "eSws"), with("%hv", "%hw"), with("p=dH", "p=dI"),
        with("c=biws,", ""), with("p=dHzb", "p=!"), with(",p=", ",q="),
        "c=,r=,p=" + std::string(10'000, ',')}) {
    ScramServer server({.nonce = kNonce});
    ASSERT_TRUE(server.begin(kClientFirst));
    (void)server.challenge(keys());
    EXPECT_FALSE(server.finish(message)) << message;
  }
}

// What others see of a name that nobody has does not tell that.
TEST(ScramServer, DecoysLookLikeKeys) {
  const auto one = decoy_scram_keys(ScramHash::sha256, "secret", "nobody");
  const auto again = decoy_scram_keys(ScramHash::sha256, "secret", "nobody");
  const auto other = decoy_scram_keys(ScramHash::sha256, "secret", "somebody");
  EXPECT_EQ(one.salt, again.salt);
  EXPECT_NE(one.salt, other.salt);
  EXPECT_EQ(one.salt.size(), keys().salt.size());
  EXPECT_EQ(one.iterations, keys().iterations);
  EXPECT_EQ(one.stored_key.size(), keys().stored_key.size());
  ScramServer server({.nonce = kNonce});
  ASSERT_TRUE(server.begin(kClientFirst));
  (void)server.challenge(one);
  EXPECT_FALSE(server.finish(kClientFinal));
}

TEST(ScramServer, PasswordThatIsNone) {
  EXPECT_FALSE(derive_scram_keys(ScramHash::sha1, Secret("a\x01"), "salt"));
}

}  // namespace
}  // namespace mailtool::sasl
