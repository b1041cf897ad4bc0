// Messages made to cost: each check stays within bounds that are told.

#include <gtest/gtest.h>

#include "signer.h"

namespace mailtool::signing {
namespace {

using test::check_dkim;
using test::keys_with;
using test::plain_message;
using test::rsa_key;
using test::sign;
using test::TableKeys;

TEST(DkimHostile, TenThousandSignatures) {
  auto message = plain_message();
  sign(message, rsa_key());
  const auto signature = message.fields[0];
  message.fields.insert(message.fields.begin(), 9'999, signature);
  auto keys = keys_with(rsa_key());
  CachedKeys cached(keys);
  const auto report = check_dkim(message, cached);
  ASSERT_EQ(report.results.size(), kMaxSignatures);
  EXPECT_EQ(report.not_checked, 10'000 - kMaxSignatures);
  for (const auto& result : report.results)
    EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(keys.asked.size(), 1u);
}

TEST(DkimHostile, GiantTags) {
  for (const auto* tag : {"d=", "s=", "h=", "i=@", "b=", "z=", "l=", "t="}) {
    auto message = plain_message();
    message.prepend("DKIM-Signature",
                    std::string(" v=1; ") + tag + std::string(5'000'000, 'a'));
    message.prepend("DKIM-Signature",
                    std::string(" v=1; ") + tag + std::string(60'000, 'a'));
    TableKeys keys;
    for (const auto& result : check_dkim(message, keys).results)
      EXPECT_EQ(result.verdict, Verdict::neutral);
    EXPECT_TRUE(keys.asked.empty());
  }
}

TEST(DkimHostile, AHeaderOfMegaoctets) {
  auto message = plain_message();
  message.fields.push_back({"X-Big", std::string(kMaxSignedHeader, 'x')});
  sign(message, rsa_key(), {.fields = "From:X-Big"});
  auto keys = keys_with(rsa_key());
  const auto result = check_dkim(message, keys).results[0];
  EXPECT_EQ(result.verdict, Verdict::permerror);
  EXPECT_EQ(result.reason, "it covers more than 1048576 octets of header");
}

TEST(DkimHostile, AHundredThousandFieldsForEverySignature) {
  auto message = plain_message();
  for (int i = 0; i < 100'000; ++i) message.fields.push_back({"From", " x"});
  std::string names = "From";
  for (std::size_t i = 1; i < kMaxSignedFields; ++i) names += ":From";
  for (std::size_t i = 0; i < kMaxSignatures; ++i)
    message.prepend("DKIM-Signature",
                    " v=1; a=rsa-sha256; d=sender.example; s=sel; h=" + names +
                        "; bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; "
                        "b=YWJj");
  TableKeys keys;
  const auto report = check_dkim(message, keys);
  ASSERT_EQ(report.results.size(), kMaxSignatures);
  EXPECT_EQ(report.results[0].reason, "the body was changed");
}

TEST(DkimHostile, AKeyNameThatDnsCannotHold) {
  std::string label(60, 'a');
  const auto longest = label + "." + label + "." + label + "." + label;
  auto message = plain_message();
  sign(message, rsa_key(), {.domain = longest, .selector = longest});
  TableKeys keys;
  const auto result = check_dkim(message, keys).results[0];
  EXPECT_EQ(result.verdict, Verdict::permerror);
  EXPECT_EQ(result.reason, "the name of the key is too long");
  EXPECT_TRUE(keys.asked.empty());
}

TEST(DkimHostile, KeyRecordBombs) {
  auto message = plain_message();
  sign(message, rsa_key());
  TableKeys keys;
  keys.add("sel._domainkey.sender.example",
           {std::string(60'000, ';'), "p=" + std::string(60'000, 'A'),
            "p=" + std::string(16'000, 'A'), std::string(65'000, '\0')});
  const auto result = check_dkim(message, keys).results[0];
  EXPECT_EQ(result.verdict, Verdict::permerror);
}

TEST(DkimHostile, AKeyWithAGiantExponent) {
  // RSAPublicKey with a modulus of 1024 bits and an exponent of 1023.
  const auto number = [](std::size_t octets, char first) {
    return std::string("\x02\x81", 2) + static_cast<char>(octets + 1) + '\0' +
           first + std::string(octets - 1, '\xff');
  };
  const auto body = number(128, '\xff') + number(127, '\x7f');
  auto der = std::string("\x30\x82", 2);
  der += static_cast<char>(body.size() >> 8);
  der += static_cast<char>(body.size() & 0xff);
  der += body;
  std::string record = "p=";
  {
    std::string text(4 * ((der.size() + 2) / 3) + 1, '\0');
    text.resize(static_cast<std::size_t>(
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(der.data()),
                        static_cast<int>(der.size()))));
    record += text;
  }
  auto message = plain_message();
  sign(message, rsa_key());
  TableKeys keys;
  keys.add("sel._domainkey.sender.example", {record});
  const auto result = check_dkim(message, keys).results[0];
  EXPECT_EQ(result.verdict, Verdict::policy);
  EXPECT_EQ(result.reason, "the exponent of the key is too long");
}

}  // namespace
}  // namespace mailtool::signing
