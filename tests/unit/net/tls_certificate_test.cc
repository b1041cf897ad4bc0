#include "mailtool/net/tls_certificate.h"

#include <gtest/gtest.h>

namespace mailtool::net {
namespace {

constexpr Validity kTimes{1'795'000'000, 1'800'000'000};

CertificateNames names() {
  return {{"localhost", "crepes.test"},
          {*IpAddress::parse("127.0.0.1"), *IpAddress::parse("::1")}};
}

TEST(TlsCertificate, SaysWhatItWasMadeOf) {
  const auto authority_key = make_key();
  const auto key = make_key();
  ASSERT_TRUE(authority_key && key);
  EXPECT_NE(authority_key->reveal(), key->reveal());
  const auto authority = make_authority(*authority_key, "a test", kTimes);
  ASSERT_TRUE(authority);
  const auto made =
      make_certificate(*key, names(), kTimes, *authority, *authority_key);
  ASSERT_TRUE(made);
  const auto facts = read_certificate(*made);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->names, names());
  EXPECT_EQ(facts->validity.from, kTimes.from);
  EXPECT_EQ(facts->validity.until, kTimes.until);
  EXPECT_TRUE(has_key(*made, *key));
  EXPECT_FALSE(has_key(*made, *authority_key));
  EXPECT_TRUE(is_signed_by(*made, *authority));
  EXPECT_FALSE(is_signed_by(*authority, *made));
}

TEST(TlsCertificate, IsOfOneAuthorityAlone) {
  const auto key = make_key();
  const auto other_key = make_key();
  ASSERT_TRUE(key && other_key);
  const auto authority = make_authority(*key, "a test", kTimes);
  const auto other = make_authority(*other_key, "a test", kTimes);
  const auto again = make_authority(*key, "a test", kTimes);
  ASSERT_TRUE(authority && other && again);
  const auto made = make_certificate(*key, names(), kTimes, *authority, *key);
  ASSERT_TRUE(made);
  // The name is the same: it is the key that counts.
  EXPECT_FALSE(is_signed_by(*made, *other));
  EXPECT_TRUE(is_signed_by(*made, *again));
}

TEST(TlsCertificate, TakesNothingElse) {
  const auto key = make_key();
  ASSERT_TRUE(key);
  const auto authority = make_authority(*key, "a test", kTimes);
  ASSERT_TRUE(authority);
  for (const std::string text : {"", "x", "-----BEGIN CERTIFICATE-----\n"}) {
    EXPECT_FALSE(read_certificate(text)) << text;
    EXPECT_FALSE(has_key(text, *key)) << text;
    EXPECT_FALSE(has_key(*authority, Secret(text))) << text;
    EXPECT_FALSE(is_signed_by(text, *authority)) << text;
    const auto from_key = make_authority(Secret(text), "x", kTimes);
    ASSERT_FALSE(from_key) << text;
    EXPECT_EQ(from_key.error().kind, ErrorKind::config);
    const auto of_none = make_certificate(*key, names(), kTimes, text, *key);
    ASSERT_FALSE(of_none) << text;
    EXPECT_EQ(of_none.error().kind, ErrorKind::config);
  }
}

}  // namespace
}  // namespace mailtool::net
