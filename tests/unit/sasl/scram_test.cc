#include "mailtool/sasl/scram.h"

#include <gtest/gtest.h>

#include "mailtool/base/base64.h"

namespace mailtool::sasl {
namespace {

// The dialogues of RFC 5802 section 5 and RFC 7677 section 3.
struct Vector {
  const char* why;
  ScramHash hash;
  const char* nonce;
  const char* client_first;
  const char* server_first;
  const char* client_final;
  const char* server_final;
};

const Vector kSha1 = {
    "RFC 5802",
    ScramHash::sha1,
    "fyko+d2lbbFgONRv9qkxdawL",
    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="};

const Vector kSha256 = {
    "RFC 7677",
    ScramHash::sha256,
    "rOprNGfwEbeRWgbNEkqO",
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="};

const Secret kPencil("pencil");

ScramParameters parameters(const Vector& v) {
  ScramParameters p;
  p.hash = v.hash;
  p.user = "user";
  p.password = &kPencil;
  p.nonce = v.nonce;
  return p;
}

TEST(Scram, KnownAnswers) {
  for (const auto& v : {kSha1, kSha256}) {
    SCOPED_TRACE(v.why);
    const auto scram = make_scram(parameters(v));
    EXPECT_TRUE(scram->client_first());
    EXPECT_EQ(*scram->respond(""), v.client_first);
    EXPECT_EQ(*scram->respond(v.server_first), v.client_final);
    EXPECT_FALSE(scram->finish());
    EXPECT_EQ(*scram->respond(v.server_final), "");
    EXPECT_TRUE(scram->finish());
    const auto more = scram->respond("again");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().kind, ErrorKind::protocol);
  }
}

// What a server may try instead of its first message.
struct Hostile {
  const char* why;
  const char* server_first;
  const char* says;
};

const Hostile kHostile[] = {
    {"foreign nonce", "r=zzz,s=QSXCR+Q6sek8bf92,i=4096", "does not extend"},
    {"our nonce alone", "r=abc,s=QSXCR+Q6sek8bf92,i=4096", "does not extend"},
    {"blank in the nonce", "r=abcd e,s=QSXCR+Q6sek8bf92,i=4096",
     "does not extend"},
    {"salt no base64", "r=abcd,s=Q!,i=4096", "salt"},
    {"empty salt", "r=abcd,s=,i=4096", "salt"},
    {"2^31-1 rounds", "r=abcd,s=QUJD,i=2147483647", "4096 to 10000000"},
    {"one round too many", "r=abcd,s=QUJD,i=10000001", "4096 to 10000000"},
    {"no rounds", "r=abcd,s=QUJD,i=0", "4096 to 10000000"},
    {"negative", "r=abcd,s=QUJD,i=-5", "4096 to 10000000"},
    {"too few rounds", "r=abcd,s=QUJD,i=4095", "4096 to 10000000"},
    {"30 digits", "r=abcd,s=QUJD,i=409600000000000000000000000000",
     "4096 to 10000000"},
    {"mandatory extension", "m=x,r=abcd,s=QUJD,i=4096", "mandatory"},
    {"empty", "", "no nonce"},
    {"an error at once", "e=other-error", "no nonce"},
    {"order changed", "s=QUJD,r=abcd,i=4096", "no nonce"},
};

TEST(Scram, RefusesHostileServerFirst) {
  for (const auto& hostile : kHostile) {
    SCOPED_TRACE(hostile.why);
    ScramParameters p;
    p.user = "user";
    p.password = &kPencil;
    p.nonce = "abc";
    const auto scram = make_scram(std::move(p));
    ASSERT_TRUE(scram->respond(""));
    const auto refused = scram->respond(hostile.server_first);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::protocol);
    EXPECT_NE(refused.error().what.find(hostile.says), std::string::npos)
        << refused.error().what;
    EXPECT_FALSE(scram->finish());
  }
}

TEST(Scram, TakesOptionalExtensions) {
  auto p = parameters(kSha256);
  const auto scram = make_scram(std::move(p));
  ASSERT_TRUE(scram->respond(""));
  EXPECT_TRUE(scram->respond(std::string(kSha256.server_first) + ",x=later"));
}

TEST(Scram, RefusesALongServerMessage) {
  const auto scram = make_scram(parameters(kSha256));
  ASSERT_TRUE(scram->respond(""));
  const auto refused = scram->respond(std::string(5'000, 'r'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::protocol);
}

struct Final {
  const char* why;
  const char* server_final;
  ErrorKind kind;
};

const Final kFinals[] = {
    {"wrong signature", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
     ErrorKind::untrusted},
    {"signature of another length", "v=AAAA", ErrorKind::untrusted},
    {"signature no base64", "v=*", ErrorKind::untrusted},
    {"nothing", "", ErrorKind::protocol},
    {"neither", "x=1", ErrorKind::protocol},
    {"password refused", "e=invalid-proof", ErrorKind::no_auth},
    {"another connection", "e=channel-bindings-dont-match",
     ErrorKind::untrusted},
};

TEST(Scram, JudgesTheServersFinal) {
  for (const auto& final : kFinals) {
    SCOPED_TRACE(final.why);
    const auto scram = make_scram(parameters(kSha256));
    ASSERT_TRUE(scram->respond(""));
    ASSERT_TRUE(scram->respond(kSha256.server_first));
    const auto verdict = scram->respond(final.server_final);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().kind, final.kind);
    const auto finished = scram->finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().kind, ErrorKind::untrusted);
  }
}

TEST(Scram, FlagsAndNames) {
  ScramParameters p;
  p.user = "a,b=c";
  p.authzid = "boss";
  p.password = &kPencil;
  p.nonce = "abc";
  p.flag = BindingFlag::not_offered;
  const auto plain = make_scram(p);
  EXPECT_EQ(plain->name(), "SCRAM-SHA-256");
  EXPECT_EQ(*plain->respond(""), "y,a=boss,n=a=2Cb=3Dc,r=abc");

  p.flag = BindingFlag::bound;
  p.binding = {"tls-exporter", std::string("\x00\x01\xff", 3)};
  const auto plus = make_scram(p);
  EXPECT_EQ(plus->name(), "SCRAM-SHA-256-PLUS");
  EXPECT_EQ(*plus->respond(""), "p=tls-exporter,a=boss,n=a=2Cb=3Dc,r=abc");
  const auto final = plus->respond("r=abcd,s=QUJD,i=4096");
  ASSERT_TRUE(final);
  const auto bound = base64_encode("p=tls-exporter,a=boss," +
                                   std::string("\x00\x01\xff", 3));
  EXPECT_TRUE(final->starts_with("c=" + bound + ",r=abcd,p=")) << *final;
}

TEST(Scram, NoncesDiffer) {
  ScramParameters p;
  p.user = "user";
  p.password = &kPencil;
  const auto one = make_scram(p)->respond("");
  const auto two = make_scram(p)->respond("");
  ASSERT_TRUE(one);
  ASSERT_TRUE(two);
  EXPECT_NE(*one, *two);
  EXPECT_GE(one->size(), std::string("n,,n=user,r=").size() + 24);
}

TEST(Scram, PasswordThatCannotBePrepared) {
  const Secret bell("a\ab");
  auto p = parameters(kSha256);
  p.password = &bell;
  const auto scram = make_scram(std::move(p));
  ASSERT_TRUE(scram->respond(""));
  const auto refused = scram->respond(kSha256.server_first);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::no_auth);
}

}  // namespace
}  // namespace mailtool::sasl
