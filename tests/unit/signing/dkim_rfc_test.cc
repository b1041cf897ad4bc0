// The signed messages of RFC 6376 appendix A and RFC 8463 appendix A.

#include <gtest/gtest.h>

#include "signer.h"

namespace mailtool::signing {
namespace {

using test::check_dkim;
using test::Message;
using test::TableKeys;

// RFC 6376 appendix A.2, without line ends that the RFC's layout adds.
Message rfc6376() {
  return {{{"DKIM-Signature",
            " v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"
            "      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"
            "      h=Received : From : To : Subject : Date : Message-ID;\r\n"
            "      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
            "      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n"
            "        4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n"
            "        KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n"
            "        4bmp/YzhwvcubU4=;"},
           {"Received",
            " from client1.football.example.com  [192.0.2.1]\r\n"
            "      by submitserver.example.com with SUBMISSION;\r\n"
            "      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)"},
           {"From", " Joe SixPack <joe@football.example.com>"},
           {"To", " Suzie Q <suzie@shopping.example.net>"},
           {"Subject", " Is dinner ready?"},
           {"Date", " Fri, 11 Jul 2003 21:00:37 -0700 (PDT)"},
           {"Message-ID", " <20030712040037.46341.5F8J@football.example.com>"}},
          "Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n"};
}

TableKeys rfc6376_keys() {
  TableKeys keys;
  keys.add("brisbane._domainkey.example.com",
           {"v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ"
            "KBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
            "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v"
            "/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi"
            "tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"});
  return keys;
}

TEST(DkimRfc6376, TheExampleHolds) {
  auto keys = rfc6376_keys();
  const auto report = check_dkim(rfc6376(), keys, {"football.example.com"});
  ASSERT_EQ(report.results.size(), 1u);
  const auto& result = report.results[0];
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_EQ(result.key_bits, 1024u);
  EXPECT_EQ(result.alignment, Alignment::signer_above);
  EXPECT_EQ(result.warnings,
            std::vector<std::string>{"a key of 1024 bits is weak"});
}

TEST(DkimRfc6376, TheExampleHoldsWithLineFeeds) {
  auto message = rfc6376();
  for (auto& field : message.fields) std::erase(field.value, '\r');
  std::erase(message.body, '\r');
  auto keys = rfc6376_keys();
  EXPECT_EQ(check_dkim(message, keys).results[0].verdict, Verdict::pass);
}

TEST(DkimRfc6376, EverySingleChangeOfASignedOctetIsSeen) {
  auto keys = rfc6376_keys();
  for (std::size_t f = 1; f < rfc6376().fields.size(); ++f) {
    for (std::size_t i = 0; i < rfc6376().fields[f].value.size(); i += 5) {
      auto message = rfc6376();
      message.fields[f].value[i] ^= 1;
      EXPECT_EQ(check_dkim(message, keys).results[0].verdict, Verdict::fail);
    }
  }
  for (std::size_t i = 0; i < rfc6376().body.size(); ++i) {
    auto message = rfc6376();
    message.body[i] ^= 1;
    const auto result = check_dkim(message, keys).results[0];
    // A line end that is another octet ends no line.
    EXPECT_EQ(result.verdict, Verdict::fail) << i;
    EXPECT_EQ(result.reason, "the body was changed");
  }
}

// RFC 8463 appendix A.3: one message, two signatures.
Message rfc8463() {
  return {{{"DKIM-Signature",
            " v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
            " d=football.example.com; i=@football.example.com;\r\n"
            " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
            " subject : date : message-id : from : subject : date;\r\n"
            " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
            " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
            " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="},
           {"DKIM-Signature",
            " v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
            " d=football.example.com; i=@football.example.com;\r\n"
            " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
            " date : message-id : from : subject : date;\r\n"
            " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
            " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
            " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
            " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8="},
           {"From", " Joe SixPack <joe@football.example.com>"},
           {"To", " Suzie Q <suzie@shopping.example.net>"},
           {"Subject", " Is dinner ready?"},
           {"Date", " Fri, 11 Jul 2003 21:00:37 -0700 (PDT)"},
           {"Message-ID", " <20030712040037.46341.5F8J@football.example.com>"}},
          "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"};
}

TableKeys rfc8463_keys() {
  TableKeys keys;
  keys.add("brisbane._domainkey.football.example.com",
           {"v=DKIM1; k=ed25519; "
            "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="});
  keys.add("test._domainkey.football.example.com",
           {"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHl"
            "OQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/b"
            "yYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hst"
            "T5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"});
  return keys;
}

TEST(DkimRfc8463, BothSignaturesHold) {
  auto keys = rfc8463_keys();
  const auto report = check_dkim(rfc8463(), keys, {"football.example.com"});
  ASSERT_EQ(report.results.size(), 2u);
  for (const auto& result : report.results) {
    EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
    EXPECT_EQ(result.alignment, Alignment::exact);
  }
  EXPECT_EQ(report.results[0].signature.algorithm_name, "ed25519-sha256");
  EXPECT_EQ(report.results[0].key_bits, 256u);
  EXPECT_EQ(report.results[1].key_bits, 1024u);
}

// from, subject and date are named once more than they occur.
TEST(DkimRfc8463, AFieldMoreThanWasSignedIsSeen) {
  for (const auto* name : {"From", "subject", "DATE"}) {
    for (const bool above : {true, false}) {
      auto message = rfc8463();
      const auto at = above ? message.fields.begin() + 2 : message.fields.end();
      message.fields.insert(at, {name, " x@evil.example"});
      auto keys = rfc8463_keys();
      for (const auto& result : check_dkim(message, keys).results)
        EXPECT_EQ(result.verdict, Verdict::fail) << name;
    }
  }
}

}  // namespace
}  // namespace mailtool::signing
