#include "mailtool/signing/body_hash.h"

#include <gtest/gtest.h>

#include "mailtool/base/sha256.h"
#include "signer.h"

namespace mailtool::signing {
namespace {

constexpr auto kSimple = Canonicalization::simple;
constexpr auto kRelaxed = Canonicalization::relaxed;

std::string text_of(const Digest256& digest) {
  Sha256::Digest copy;
  std::copy(digest.begin(), digest.end(), copy.begin());
  return hex(copy);
}

TEST(BodyHashes, SharesOnePassAmongAllLimits) {
  const std::string body = "Hi.  there \n\nbye\n\n\n";
  for (std::size_t chunk = 1; chunk <= body.size(); ++chunk) {
    BodyHashes hashes;
    EXPECT_FALSE(hashes.wanted());
    for (const auto kind : {kSimple, kRelaxed}) {
      hashes.want(kind, std::nullopt);
      // In no order, and twice.
      for (const std::uint64_t limit : {7u, 0u, 3u, 7u, 12u, 1u, 500u})
        hashes.want(kind, limit);
    }
    EXPECT_TRUE(hashes.wanted());
    for (std::size_t i = 0; i < body.size(); i += chunk)
      ASSERT_TRUE(hashes.write(std::string_view(body).substr(i, chunk)));
    ASSERT_TRUE(hashes.finish());
    for (const auto kind : {kSimple, kRelaxed}) {
      const auto canonical = test::reference_body(body, kind == kRelaxed);
      const auto whole = hashes.hash(kind, std::nullopt);
      EXPECT_EQ(text_of(whole.digest), hex(sha256(canonical)));
      EXPECT_EQ(whole.octets, canonical.size());
      for (const std::uint64_t limit : {7u, 0u, 3u, 12u, 1u}) {
        const auto part = hashes.hash(kind, limit);
        EXPECT_EQ(text_of(part.digest), hex(sha256(canonical.substr(0, limit))))
            << limit;
        EXPECT_FALSE(part.too_short);
      }
      EXPECT_TRUE(hashes.hash(kind, 500).too_short);
    }
  }
}

TEST(BodyHashes, TakesALimitAtTheVeryEnd) {
  BodyHashes hashes;
  hashes.want(kSimple, 3);
  hashes.want(kSimple, UINT64_MAX);
  ASSERT_TRUE(hashes.write("a"));
  ASSERT_TRUE(hashes.finish());
  const auto all = hashes.hash(kSimple, 3);
  EXPECT_FALSE(all.too_short);
  EXPECT_EQ(text_of(all.digest), hex(sha256("a\r\n")));
  EXPECT_TRUE(hashes.hash(kSimple, UINT64_MAX).too_short);
}

TEST(BodyHashes, KnowsTheHashesOfAnEmptyBody) {
  BodyHashes hashes;
  hashes.want(kSimple, std::nullopt);
  hashes.want(kRelaxed, std::nullopt);
  hashes.want(kRelaxed, 0);
  ASSERT_TRUE(hashes.finish());
  EXPECT_EQ(text_of(hashes.hash(kSimple, {}).digest), hex(sha256("\r\n")));
  EXPECT_EQ(text_of(hashes.hash(kRelaxed, {}).digest), hex(sha256("")));
  EXPECT_EQ(text_of(hashes.hash(kRelaxed, 0).digest), hex(sha256("")));
}

}  // namespace
}  // namespace mailtool::signing
