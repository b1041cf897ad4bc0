#include "mailtool/signing/dkim.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"
#include "mailtool/base/base64.h"
#include "signer.h"

namespace mailtool::signing {
namespace {

using test::check_dkim;
using test::ed25519_key;
using test::keys_with;
using test::kNow;
using test::Message;
using test::plain_message;
using test::rsa_key;
using test::sign;
using test::SignSpec;
using test::TableKeys;

std::string text_of(const DkimResult& result) {
  auto text = std::string(to_string(result.verdict));
  if (!result.reason.empty()) text += ": " + result.reason;
  for (const auto& warning : result.warnings) text += " [" + warning + "]";
  return text;
}

// Signed by the RSA key as `spec` says; the key record is `record`, or right.
std::string verdict_with(const SignSpec& spec, std::string record = "",
                         std::int64_t now = kNow) {
  auto message = plain_message();
  sign(message, rsa_key(), spec);
  TableKeys keys;
  keys.add("sel._domainkey.sender.example",
           {record.empty() ? rsa_key().record : std::move(record)});
  return text_of(check_dkim(message, keys, {"sender.example"}, now).results[0]);
}

constexpr const char* kBroken =
    "fail: the signature does not fit the header: it was changed, or this is "
    "another key";

TEST(Dkim, HoldsInEveryCanonicalForm) {
  for (const auto* key : {&rsa_key(), &ed25519_key()}) {
    for (const auto* form :
         {"", "simple", "relaxed", "simple/simple", "simple/relaxed",
          "relaxed/simple", "relaxed/relaxed"}) {
      auto message = plain_message();
      sign(message, *key, {.canonical = form});
      auto keys = keys_with(*key);
      const auto report = check_dkim(message, keys);
      ASSERT_EQ(report.results.size(), 1u);
      EXPECT_EQ(text_of(report.results[0]), "pass") << form;
      EXPECT_EQ(report.results[0].alignment, Alignment::exact);
    }
  }
}

TEST(Dkim, SeesWhatItsFormSees) {
  const struct {
    const char* why;
    const char* form;
    void (*change)(Message&);
    const char* expected;
  } kCases[] = {
      {"folds", "relaxed/simple",
       [](Message& m) { m.fields.back().value.insert(5, "\r\n"); }, "pass"},
      {"folds", "simple/simple",
       [](Message& m) { m.fields.back().value.insert(5, "\r\n"); }, kBroken},
      {"case of a name", "relaxed/simple",
       [](Message& m) { m.fields.back().name = "DATE"; }, "pass"},
      {"case of a name", "simple/simple",
       [](Message& m) { m.fields.back().name = "DATE"; }, kBroken},
      {"empty lines last", "simple/simple",
       [](Message& m) { m.body += "\r\n\r\n"; }, "pass"},
      {"blanks at a line's end", "simple/relaxed",
       [](Message& m) { m.body.insert(3, " \t "); }, "pass"},
      {"blanks at a line's end", "simple/simple",
       [](Message& m) { m.body.insert(3, " \t "); },
       "fail: the body was changed"},
      {"text added", "relaxed/relaxed", [](Message& m) { m.body += "more"; },
       "fail: the body was changed"},
      {"a field that is not signed", "relaxed/relaxed",
       [](Message& m) { m.prepend("X-Spam", " no"); }, "pass"},
      {"a second Subject on top", "relaxed/relaxed",
       [](Message& m) { m.prepend("Subject", " evil"); }, "pass"},
      {"a second Subject below", "relaxed/relaxed",
       [](Message& m) {
         m.fields.push_back({"Subject", " evil"});
       },
       kBroken},
      {"a signed field gone", "relaxed/relaxed",
       [](Message& m) { m.fields.pop_back(); }, kBroken},
      {"d= of another", "relaxed/relaxed",
       [](Message& m) {
         auto& v = m.fields[0].value;
         v.insert(v.find("sender."), "x");
       },
       "permerror: there is no key at sel._domainkey.xsender.example"},
  };
  for (const auto& c : kCases) {
    auto message = plain_message();
    sign(message, rsa_key(), {.canonical = c.form});
    c.change(message);
    auto keys = keys_with(rsa_key());
    const auto report = check_dkim(message, keys);
    ASSERT_EQ(report.results.size(), 1u) << c.why;
    EXPECT_EQ(text_of(report.results[0]), c.expected) << c.why << c.form;
  }
}

TEST(Dkim, TakesFieldsFromTheBottomUp) {
  auto message = plain_message();
  message.prepend("Received", " third");
  message.prepend("Received", " fourth");
  message.fields.push_back({"Received", " first"});
  // Two of the three; and one name more than there are of To.
  sign(message, rsa_key(), {.fields = "received:From:Received:to:to:nothing"});
  auto keys = keys_with(rsa_key());
  EXPECT_EQ(text_of(check_dkim(message, keys).results[0]), "pass");
  message.fields[1].value = " changed, and above what was signed";
  EXPECT_EQ(text_of(check_dkim(message, keys).results[0]), "pass");
  message.fields[2].value = " changed";
  EXPECT_EQ(text_of(check_dkim(message, keys).results[0]), kBroken);
}

TEST(Dkim, SignsOtherSignaturesButNotItself) {
  auto message = plain_message();
  sign(message, rsa_key());
  sign(message, rsa_key(), {.fields = "From:DKIM-Signature:DKIM-Signature"});
  auto keys = keys_with(rsa_key());
  for (const auto& result : check_dkim(message, keys).results)
    EXPECT_EQ(text_of(result), "pass");
}

TEST(Dkim, TellsWhatALimitLeavesOpen) {
  EXPECT_EQ(verdict_with({.limit = "3"}),
            "pass [it covers 3 of the 26 octets of the body (l=): more can be "
            "added unseen]");
  EXPECT_EQ(verdict_with({.more = "l=1000;"}),
            "fail: it covers more octets of the body (l=) than the 26 there "
            "are");
  auto message = plain_message();
  sign(message, rsa_key(), {.limit = "26"});
  message.body += "added";
  auto keys = keys_with(rsa_key());
  EXPECT_EQ(check_dkim(message, keys).results[0].verdict, Verdict::pass);
}

TEST(Dkim, LooksAtTheClock) {
  const auto at = [](std::int64_t seconds) {
    return std::to_string(kNow + seconds) + ";";
  };
  EXPECT_EQ(verdict_with({.more = "x=" + at(10)}), "pass");
  EXPECT_EQ(verdict_with({.more = "x=" + at(-200)}), "pass");
  EXPECT_EQ(verdict_with({.more = "x=" + at(-301)}), "policy: it has expired");
  EXPECT_EQ(verdict_with({.more = "t=" + at(200)}), "pass");
  EXPECT_EQ(verdict_with({.more = "t=" + at(301)}),
            "policy: it was made in the future");
}

TEST(Dkim, AsksWhatTheKeyAllows) {
  const auto key = rsa_key().record.substr(rsa_key().record.find("p="));
  const struct {
    const char* why;
    SignSpec spec;
    std::string record;
    const char* expected;
  } kCases[] = {
      {"tried out",
       {},
       "v=DKIM1; t=y; " + key,
       "pass [the signer only tries DKIM out (t=y)]"},
      {"t=s, same domain",
       {.more = "i=a@sender.example;"},
       "v=DKIM1; t=s; " + key,
       "pass"},
      {"t=s, below",
       {.more = "i=a@x.sender.example;"},
       "v=DKIM1; t=s; " + key,
       "permerror: the key allows no i= below its domain"},
      {"below", {.more = "i=a@x.sender.example;"}, key, "pass"},
      {"revoked", {}, "v=DKIM1; p=", "permerror: the key has been revoked"},
      {"another type",
       {},
       ed25519_key().record,
       "permerror: the key is ed25519, the signature is not"},
      {"no key", {}, "p=YWJj", "permerror: this is no RSA key"},
      {"Ed25519 as RSA",
       {},
       "p=" + base64_encode(std::string(32, 'x')),
       "permerror: this is no RSA key"},
      {"octets behind the key",
       {},
       "p=" + base64_encode(*base64_decode(key.substr(2)) + "x"),
       "permerror: this is no RSA key"},
      {"no record of a key",
       {},
       "hello=world",
       "permerror: no key record: p= is missing"},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(verdict_with(c.spec, c.record), c.expected) << c.why;
}

TEST(Dkim, WantsAnEd25519KeyOf32Octets) {
  auto message = plain_message();
  sign(message, ed25519_key());
  TableKeys keys;
  keys.add("sel._domainkey.sender.example",
           {"k=ed25519; p=" + base64_encode(std::string(31, 'x'))});
  EXPECT_EQ(text_of(check_dkim(message, keys).results[0]),
            "permerror: an Ed25519 key has 32 octets, not 31");
}

TEST(Dkim, WantsKeysOfAFairLength) {
  auto message = plain_message();
  sign(message, rsa_key(1024));
  auto keys = keys_with(rsa_key(1024));
  EXPECT_EQ(text_of(check_dkim(message, keys).results[0]),
            "pass [a key of 1024 bits is weak]");
  EXPECT_EQ(verdict_with({}, test::rsa_record(768)),
            "policy: a key of 768 bits is too short: 1024 at least");
  EXPECT_EQ(verdict_with({}, test::rsa_record(16384)),
            "policy: a key of 16384 bits is too long: 8192 at most");
  EXPECT_EQ(verdict_with({}, test::rsa_record(8192)), kBroken);
}

TEST(Dkim, TriesSeveralRecords) {
  auto message = plain_message();
  sign(message, rsa_key());
  const auto name = std::string("sel._domainkey.sender.example");
  const auto with = [&](std::vector<std::string> records) {
    TableKeys keys;
    keys.add(name, std::move(records));
    return text_of(check_dkim(message, keys).results[0]);
  };
  EXPECT_EQ(with({"v=spf1 -all", rsa_key(1024).record, rsa_key().record}),
            "pass");
  EXPECT_EQ(with({"p=", rsa_key(1024).record, "p=YWJj"}),
            std::string(kBroken) + " [a key of 1024 bits is weak]");
  // Keys beyond the fourth are not tried; other records do not count.
  EXPECT_EQ(with({"p=", "p=", "p=", "p=", rsa_key().record}),
            "permerror: the key has been revoked");
  std::vector<std::string> many(4000, "not a key");
  many.push_back(rsa_key().record);
  EXPECT_EQ(with(many), "pass");
}

TEST(Dkim, TellsWhyThereIsNoKey) {
  auto message = plain_message();
  sign(message, rsa_key());
  TableKeys keys;
  EXPECT_EQ(text_of(check_dkim(message, keys).results[0]),
            "permerror: there is no key at sel._domainkey.sender.example");
  auto& answer = keys.answers["sel._domainkey.sender.example"];
  answer.kind = KeyAnswer::Kind::no_record;
  EXPECT_EQ(check_dkim(message, keys).results[0].verdict, Verdict::permerror);
  answer.kind = KeyAnswer::Kind::temporary;
  answer.why = "silence";
  EXPECT_EQ(text_of(check_dkim(message, keys).results[0]),
            "temperror: the key could not be fetched from "
            "sel._domainkey.sender.example: silence");
}

TEST(Dkim, AsksForNoKeyWhenTheBodyWasChanged) {
  auto message = plain_message();
  sign(message, rsa_key());
  message.body = "other";
  auto keys = keys_with(rsa_key());
  (void)check_dkim(message, keys);
  EXPECT_TRUE(keys.asked.empty());
}

TEST(Alignment, IsToldWithoutGuessing) {
  const struct {
    const char* signer;
    std::vector<std::string> from;
    Alignment expected;
  } kCases[] = {
      {"a.example", {"a.example"}, Alignment::exact},
      {"A.example", {"a.Example"}, Alignment::exact},
      {"a.example", {"x.a.example"}, Alignment::signer_above},
      {"x.a.example", {"a.example"}, Alignment::signer_below},
      {"x.a.example", {"y.a.example"}, Alignment::none},
      {"a.example", {"xa.example"}, Alignment::none},
      {"a.example", {}, Alignment::none},
      {"", {""}, Alignment::none},
      {"a.example", {"a.example", "evil.example"}, Alignment::none},
      {"a.example", {"a.example", "x.a.example"}, Alignment::signer_above},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(alignment_of(c.signer, c.from), c.expected) << c.signer;
}

}  // namespace
}  // namespace mailtool::signing
