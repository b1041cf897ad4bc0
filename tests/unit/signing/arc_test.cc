#include "mailtool/signing/arc.h"

#include <gtest/gtest.h>

#include "mailtool/base/ascii.h"
#include "signer.h"

namespace mailtool::signing {
namespace {

using test::check_arc;
using test::ed25519_key;
using test::keys_with;
using test::Message;
using test::plain_message;
using test::rsa_key;
using test::seal;
using test::TableKeys;

Message sealed(unsigned sets, const test::SigningKey& key = ed25519_key()) {
  auto message = plain_message();
  for (unsigned i = 1; i <= sets; ++i) seal(message, key, i);
  return message;
}

std::string verdict_of(const Message& message) {
  auto keys = keys_with(ed25519_key());
  const auto report = check_arc(message, keys);
  auto text = std::string(to_string(report.verdict));
  if (!report.reason.empty()) text += ": " + report.reason;
  return text;
}

// The first field of this name and instance.
std::string& value_of(Message& message, std::string_view name,
                      unsigned instance) {
  const auto own = " i=" + std::to_string(instance) + ";";
  for (auto& field : message.fields) {
    if (field.name == name && field.value.starts_with(own)) return field.value;
  }
  ADD_FAILURE() << name << instance;
  return message.fields[0].value;
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  ASSERT_NE(at, text.npos) << from;
  text.replace(at, from.size(), to);
}

constexpr const char* kResults = "ARC-Authentication-Results";
constexpr const char* kSignature = "ARC-Message-Signature";
constexpr const char* kSeal = "ARC-Seal";

TEST(Arc, IsNoneWithoutSets) { EXPECT_EQ(verdict_of(plain_message()), "none"); }

TEST(Arc, AWholeChainHolds) {
  for (const unsigned sets : {1u, 2u, 3u, 50u}) {
    auto keys = keys_with(ed25519_key());
    const auto report = check_arc(sealed(sets), keys);
    EXPECT_EQ(report.verdict, Verdict::pass) << report.reason;
    EXPECT_EQ(report.instances.size(), sets);
    EXPECT_EQ(report.oldest_pass, 0u);
    for (const auto& set : report.instances) {
      EXPECT_EQ(set.seal.verdict, Verdict::pass);
      EXPECT_EQ(set.message_signature.verdict, Verdict::pass);
      EXPECT_TRUE(set.results.ends_with("dkim=pass"));
    }
  }
  auto keys = keys_with(rsa_key());
  EXPECT_EQ(check_arc(sealed(2, rsa_key()), keys).verdict, Verdict::pass);
}

// A list changes what an earlier instance signed, and signs the new text.
TEST(Arc, TellsFromWhereOnTheMessageIsUnchanged) {
  auto message = sealed(1);
  message.body += "-- \r\nfooter\r\n";
  seal(message, ed25519_key(), 2);
  seal(message, ed25519_key(), 3);
  auto keys = keys_with(ed25519_key());
  const auto report = check_arc(message, keys);
  EXPECT_EQ(report.verdict, Verdict::pass) << report.reason;
  EXPECT_EQ(report.oldest_pass, 2u);
  EXPECT_EQ(report.instances[0].message_signature.verdict, Verdict::fail);
  EXPECT_EQ(report.instances[0].message_signature.reason,
            "the body was changed");
}

TEST(Arc, SeesEveryChange) {
  const struct {
    const char* why;
    void (*change)(Message&);
    const char* expected;
  } kCases[] = {
      {"body", [](Message& m) { m.body += "x"; },
       "fail: message signature 2: the body was changed"},
      {"signed field", [](Message& m) { m.fields.back().value += "x"; },
       "fail: message signature 2: the signature does not fit the header: it "
       "was changed, or this is another key"},
      {"old results",
       [](Message& m) { replace(value_of(m, kResults, 1), "pass", "fail"); },
       "fail: seal 1: the signature does not fit the header: it was changed, "
       "or this is another key"},
      {"new results",
       [](Message& m) { replace(value_of(m, kResults, 2), "pass", "fail"); },
       "fail: seal 2: the signature does not fit the header: it was changed, "
       "or this is another key"},
      {"old signature's tags",
       [](Message& m) { value_of(m, kSignature, 1) += "; n=x"; },
       "fail: seal 1: the signature does not fit the header: it was changed, "
       "or this is another key"},
      {"old seal", [](Message& m) { value_of(m, kSeal, 1) += "; n=x"; },
       "fail: seal 1: the signature does not fit the header: it was changed, "
       "or this is another key"},
  };
  for (const auto& c : kCases) {
    auto message = sealed(2);
    c.change(message);
    EXPECT_EQ(verdict_of(message), c.expected) << c.why;
  }
}

TEST(Arc, WantsWholeSetsInOneRow) {
  const auto without = [](unsigned sets, std::string_view name, unsigned i) {
    auto message = sealed(sets);
    const auto own = " i=" + std::to_string(i) + ";";
    std::erase_if(message.fields, [&](const auto& field) {
      return (name.empty() ? field.name.starts_with("ARC-")
                           : field.name == name) &&
             field.value.starts_with(own);
    });
    return verdict_of(message);
  };
  EXPECT_EQ(without(2, kResults, 1),
            "fail: ARC-Authentication-Results 1 is missing");
  EXPECT_EQ(without(2, kSignature, 2),
            "fail: ARC-Message-Signature 2 is missing");
  EXPECT_EQ(without(1, kSeal, 1), "fail: ARC-Seal 1 is missing");
  EXPECT_EQ(without(3, "", 2), "fail: ARC-Authentication-Results 2 is missing");

  auto twice = sealed(2);
  twice.prepend(kSeal, value_of(twice, kSeal, 1));
  EXPECT_EQ(verdict_of(twice), "fail: ARC-Seal 1 stands twice");
  for (const auto* bad : {" i=0; x", " i=51; x", " x; y", " i=1", ""}) {
    auto message = sealed(1);
    message.prepend(kResults, bad);
    EXPECT_EQ(verdict_of(message),
              "fail: ARC-Authentication-Results has no i= from 1 to 50");
  }
}

TEST(Arc, FollowsTheRulesOfTheChain) {
  auto first_passes = plain_message();
  seal(first_passes, ed25519_key(), 1, "pass");
  EXPECT_EQ(verdict_of(first_passes), "fail: seal 1 must say cv=none");

  auto second_none = sealed(1);
  seal(second_none, ed25519_key(), 2, "none");
  EXPECT_EQ(verdict_of(second_none), "fail: seal 2 must say cv=pass");

  auto broken = sealed(1);
  seal(broken, ed25519_key(), 2, "fail");
  EXPECT_EQ(verdict_of(broken),
            "fail: the chain was broken already when the last seal was made "
            "(cv=fail)");

  auto with_fields = sealed(1);
  value_of(with_fields, kSeal, 1) += "; h=From";
  EXPECT_EQ(verdict_of(with_fields), "fail: seal 1: a seal may have no h=");
}

TEST(Arc, IsTemporaryWhileAKeyCannotBeFetched) {
  TableKeys keys;
  keys.answers["sel._domainkey.sender.example"].kind =
      KeyAnswer::Kind::temporary;
  EXPECT_EQ(check_arc(sealed(2), keys).verdict, Verdict::temperror);
  auto changed = sealed(2);
  changed.body += "x";
  EXPECT_EQ(check_arc(changed, keys).verdict, Verdict::fail);
}

TEST(Arc, ThousandsOfFieldsAreNoChain) {
  auto message = sealed(1);
  message.fields.insert(message.fields.end(), 20'000, {kSeal, " i=1; a=b"});
  EXPECT_EQ(verdict_of(message), "fail: ARC-Seal 1 stands twice");
}

}  // namespace
}  // namespace mailtool::signing
