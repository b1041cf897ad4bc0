#include "mailtool/signing/signing_key.h"

#include <gtest/gtest.h>

#include "mailtool/base/base64.h"
#include "private_keys.h"
#include "signer.h"
#include "signing/header_hash.h"

namespace mailtool::signing {
namespace {

using test::pkcs8;
using test::traditional;

// RFC 8463 section A.2.
constexpr std::string_view kSeed =
    "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
constexpr std::string_view kPublic =
    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

std::string octets(std::string_view text) { return *base64_decode(text); }

std::shared_ptr<EVP_PKEY> new_key(const char* type, const char* curve) {
  return {curve ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, curve)
                : EVP_PKEY_Q_keygen(nullptr, nullptr, type),
          EVP_PKEY_free};
}

TEST(SigningKey, ReadsRsaInBothForms) {
  const auto& made = test::rsa_key();
  for (const auto& text :
       {pkcs8(made.key.get()), traditional(made.key.get())}) {
    const auto key = SigningKey::read(text);
    ASSERT_TRUE(key) << key.error().one_line();
    EXPECT_EQ(key->type(), KeyType::rsa);
    EXPECT_EQ(key->algorithm(), Algorithm::rsa_sha256);
    EXPECT_EQ(key->bits(), 2048u);
    EXPECT_EQ(key->weakness(), "");
    EXPECT_EQ(key->record(), made.record);
  }
}

TEST(SigningKey, ReadsEd25519InEveryForm) {
  const auto both = base64_encode(octets(kSeed) + octets(kPublic));
  const std::string der =
      octets("MC4CAQAwBQYDK2VwBCIEIA==") + octets(kSeed);  // RFC 8410 section 7
  const auto pem = "-----BEGIN PRIVATE KEY-----\n" + base64_encode(der) +
                   "\n-----END PRIVATE KEY-----\n";
  const std::string seed(kSeed);
  for (const auto& text :
       {seed, " " + seed.substr(0, 20) + "\r\n" + seed.substr(20) + "\n", both,
        pem, "a comment\n" + pem}) {
    const auto key = SigningKey::read(text);
    ASSERT_TRUE(key) << text << key.error().one_line();
    EXPECT_EQ(key->type(), KeyType::ed25519);
    EXPECT_EQ(key->algorithm(), Algorithm::ed25519_sha256);
    EXPECT_EQ(key->weakness(), "");
    EXPECT_EQ(key->record(), "v=DKIM1; k=ed25519; p=" + std::string(kPublic));
  }
}

// RFC 8301 section 3.2.
TEST(SigningKey, WeighsTheLengthOfRsaKeys) {
  const auto read = [](unsigned bits) {
    return SigningKey::read(pkcs8(test::rsa_key(bits).key.get()));
  };
  const auto weak = read(1024);
  ASSERT_TRUE(weak);
  EXPECT_EQ(weak->weakness(), "a key of 1024 bits is weak: use 2048");
  const auto short_key = read(1016);
  ASSERT_FALSE(short_key);
  EXPECT_EQ(short_key.error().kind, ErrorKind::config);
  EXPECT_EQ(short_key.error().one_line(),
            "a key of 1016 bits is too short: 1024 at least");
}

TEST(SigningKey, SaysWhyAFileIsNoKey) {
  auto* rsa = test::rsa_key().key.get();
  auto* ed25519 = test::ed25519_key().key.get();
  const auto ec = new_key("EC", "P-256");
  const auto wrong_half = base64_encode(octets(kSeed) + octets(kSeed));
  auto damaged = pkcs8(rsa);
  damaged.erase(damaged.size() / 2, 64);
  struct Case {
    const char* why;
    std::string text;
    const char* message;
  };
  const Case cases[] = {
      {"encrypted", pkcs8(rsa, "geheim"), "the key is encrypted"},
      {"encrypted, the old way", traditional(rsa, "geheim"),
       "the key is encrypted"},
      {"encrypted Ed25519", pkcs8(ed25519, "geheim"), "the key is encrypted"},
      {"public", test::public_pem(rsa),
       "this is a public key; the private one signs"},
      {"public Ed25519", test::public_pem(ed25519),
       "this is a public key; the private one signs"},
      {"another type", pkcs8(ec.get()), "the key is neither RSA nor Ed25519"},
      {"X25519", pkcs8(new_key("X25519", nullptr).get()),
       "the key is neither RSA nor Ed25519"},
      {"damaged", damaged, "the key is damaged"},
      {"cut off", pkcs8(rsa).substr(0, 500), "the key is damaged"},
      {"OpenSSH",
       "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n"
       "-----END OPENSSH PRIVATE KEY-----\n",
       "this is a key of OpenSSH"},
      {"certificate",
       "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
       "there is no private key in it"},
      {"empty", "", "there is no private key in it"},
      {"a DNS record", test::rsa_key().record, "there is no private key in it"},
      {"31 octets", base64_encode(octets(kSeed).substr(1)),
       "there is no private key in it"},
      {"two halves of two keys", wrong_half,
       "the two halves of the key do not fit each other"},
      {"not base64", "n" + std::string(kSeed), "there is no private key in it"},
      {"NUL", std::string(100, '\0'), "there is no private key in it"},
      {"too large", std::string(kMaxKeyFile + 1, 'x'), "too large for a key"},
  };
  for (const auto& c : cases) {
    const auto key = SigningKey::read(c.text);
    ASSERT_FALSE(key) << c.why;
    EXPECT_EQ(key.error().kind, ErrorKind::config) << c.why;
    EXPECT_EQ(key.error().one_line(), c.message) << c.why;
  }
}

// Ed25519 is deterministic, so the octets are those of RFC 8463 section A.3.
TEST(SigningKey, SignsAsTheRfcDoes) {
  const std::vector<HeaderField> header = {
      {"DKIM-Signature",
       " v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
       " d=football.example.com; i=@football.example.com;\r\n"
       " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
       " subject : date : message-id : from : subject : date;\r\n"
       " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
       " b="},
      {"From", " Joe SixPack <joe@football.example.com>"},
      {"To", " Suzie Q <suzie@shopping.example.net>"},
      {"Subject", " Is dinner ready?"},
      {"Date", " Fri, 11 Jul 2003 21:00:37 -0700 (PDT)"},
      {"Message-ID", " <20030712040037.46341.5F8J@football.example.com>"}};
  Signature signature;
  signature.header = Canonicalization::relaxed;
  signature.fields = {"from",       "to",   "subject", "date",
                      "message-id", "from", "subject", "date"};
  signature.b_begin = signature.b_end = header[0].value.size();
  Digest256 hash;
  ASSERT_FALSE(header_hash(HeaderIndex(header), 0, signature, hash));
  const auto key = SigningKey::read(kSeed);
  ASSERT_TRUE(key);
  const auto made = key->sign(hash);
  ASSERT_TRUE(made);
  EXPECT_EQ(base64_encode(*made),
            "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
            "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==");
}

TEST(SigningKey, RefusesToSignWithHalvesThatDoNotFit) {
  const auto key = SigningKey::read(test::mismatched_rsa());
  ASSERT_TRUE(key) << key.error().one_line();
  const auto made = key->sign(Digest256{});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::config);
  EXPECT_EQ(made.error().one_line(),
            "the two halves of the key do not fit each other");
}

}  // namespace
}  // namespace mailtool::signing
