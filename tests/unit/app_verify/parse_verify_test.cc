#include "app/parse_verify.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "text_input.h"
#include "unit/signing/signer.h"

namespace mailtool::app {
namespace {

using signing::Verdict;
using signing::test::ed25519_key;
using signing::test::keys_with;
using signing::test::kNow;
using signing::test::Message;
using signing::test::plain_message;
using signing::test::rsa_key;

std::string wire(const Message& message) {
  std::string text;
  for (const auto& field : message.fields)
    text += field.name + ":" + field.value + "\r\n";
  return text + "\r\n" + message.body;
}

Verification verify(const std::string& text) {
  auto keys = keys_with(rsa_key());
  MessageVerifier verifier(keys, "", kNow);
  const test::TextInput input(text, "octets of the message before\n");
  auto done = verifier.verify(input.input());
  EXPECT_TRUE(done);
  return *done;
}

std::string shown(const Verification& done) {
  StringSink out(1 << 20);
  EXPECT_TRUE(write_verification(done, out));
  return out.take();
}

nlohmann::json json_of(const Verification& done) {
  StringSink out(1 << 20);
  JsonWriter json(out);
  write_json(done, json);
  EXPECT_TRUE(json.end_line());
  return nlohmann::json::parse(out.text());
}

Message sealed_message() {
  auto message = plain_message();
  message.prepend("Received",
                  " from client.example ([192.0.2.1]) by relay.example with "
                  "ESMTPS; Fri, 20 Nov 2026 21:15:04 +0100");
  message.prepend("Received",
                  " from relay.example by mx.example with ESMTP; Fri, 20 Nov "
                  "2026 21:14:04 +0100");
  sign(message, rsa_key());
  seal(message, rsa_key(), 1);
  message.prepend("Authentication-Results",
                  " mx.example; dkim=pass header.d=sender.example;\r\n"
                  " spf=fail smtp.mailfrom=a@b.example");
  return message;
}

TEST(ParseVerify, ChecksEverythingInOneGo) {
  const auto done = verify(wire(sealed_message()));
  EXPECT_EQ(done.from_domains, std::vector<std::string>{"sender.example"});
  ASSERT_EQ(done.dkim.results.size(), 1u);
  EXPECT_EQ(done.dkim.results[0].verdict, Verdict::pass);
  EXPECT_EQ(done.arc.verdict, Verdict::pass);
  EXPECT_TRUE(done.smime.parts.empty());
  ASSERT_EQ(done.claims.size(), 1u);
  EXPECT_EQ(done.path.hops.size(), 2u);
  EXPECT_FALSE(done.header_cut_off);
}

TEST(ParseVerify, IsWrittenForPeople) {
  EXPECT_EQ(
      shown(verify(wire(sealed_message()))),
      "DKIM:\n"
      "  pass       sender.example (selector sel, rsa-sha256, 2048 bits)\n"
      "             signer is the domain of From; for @sender.example\n"
      "             covers from, to, subject, date\n"
      "ARC: pass, unchanged since the first seal\n"
      "  1  seal pass      message pass      sender.example (selector sel, "
      "rsa-sha256, 2048 bits)\n"
      "Signed parts: none\n"
      "Authentication-Results, as good as who wrote them:\n"
      "  mx.example claims dkim=pass header.d=sender.example, spf=fail "
      "smtp.mailfrom=a@b.example\n"
      "Path, the oldest hop first, -1 min 0 s in all:\n"
      "  1   2026-11-20T21:15:04+01:00                 client.example "
      "[192.0.2.1] -> relay.example, ESMTPS, TLS\n"
      "  2   2026-11-20T21:14:04+01:00  -1 min 0 s (!) relay.example -> "
      "mx.example, ESMTP, no TLS\n");
  EXPECT_EQ(shown(verify("Subject: x\r\n\r\n")),
            "DKIM: none\nARC: none\nSigned parts: none\n"
            "Path: no Received fields\n");
}

TEST(ParseVerify, IsWrittenAsJson) {
  const auto json = json_of(verify(wire(sealed_message())));
  EXPECT_EQ(json["dkim"][0]["result"], "pass");
  EXPECT_EQ(json["dkim"][0]["domain"], "sender.example");
  EXPECT_EQ(json["dkim"][0]["key_bits"], 2048);
  EXPECT_EQ(json["dkim"][0]["alignment"], "exact");
  EXPECT_EQ(json["dkim"][0]["canonicalization"], "relaxed/relaxed");
  EXPECT_TRUE(json["dkim"][0]["body_limit"].is_null());
  EXPECT_EQ(json["arc"]["result"], "pass");
  EXPECT_EQ(json["arc"]["instances"][0]["seal"]["chain"], "none");
  EXPECT_EQ(json["path"][1]["delay_seconds"], -60);
  EXPECT_EQ(json["path"][0]["tls"], true);
  EXPECT_EQ(json["authentication_results"][0]["methods"][1]["method"], "spf");
  const auto nothing = json_of(verify("Subject: x\r\n\r\n"));
  EXPECT_EQ(nothing["arc"]["result"], "none");
  EXPECT_TRUE(nothing["dkim"].empty());
}

// The simple form sees every octet of the header: blanks before the colon,
// folds, fields of the same name, and the line end of the last one.
TEST(ParseVerify, HandsTheHeaderOnAsItStands) {
  for (const auto* form : {"simple/simple", "relaxed/relaxed"}) {
    auto message = plain_message();
    message.fields[1] = {"To  ", "\t a@b.example ,\r\n\t  c@d.example  "};
    message.fields.push_back({"X-Empty", ""});
    message.fields.push_back({"X-Last", " \r\n \t"});
    sign(message, rsa_key(),
         {.canonical = form, .fields = "From:To:Subject:X-Empty:X-Last:To"});
    const auto text = wire(message);
    EXPECT_EQ(verify(text).dkim.results[0].verdict, Verdict::pass) << form;
    std::string with_lf = text;
    std::erase(with_lf, '\r');
    EXPECT_EQ(verify(with_lf).dkim.results[0].verdict, Verdict::pass) << form;
  }
}

TEST(ParseVerify, TakesTheBodyOfAMultipartAsItStands) {
  auto message = plain_message();
  message.fields.push_back({"Content-Type", " multipart/mixed; boundary=b"});
  message.body = "preamble\r\n--b\r\n\r\na\r\n--b--\r\nepilogue\r\n\r\n--b\r\n";
  sign(message, rsa_key());
  EXPECT_EQ(verify(wire(message)).dkim.results[0].verdict, Verdict::pass);
}

TEST(ParseVerify, EveryFromCounts) {
  auto message = plain_message();
  message.fields[0].value = " a@sender.example, b@x.SENDER.example, root";
  sign(message, rsa_key());
  auto done = verify(wire(message));
  EXPECT_EQ(done.from_domains, (std::vector<std::string>{"", "sender.example",
                                                         "x.sender.example"}));
  EXPECT_EQ(done.dkim.results[0].alignment, signing::Alignment::none);
  message = plain_message();
  sign(message, rsa_key());
  message.fields.insert(message.fields.begin(), {"From", " ceo@bank.example"});
  done = verify(wire(message));
  EXPECT_EQ(done.dkim.results[0].verdict, Verdict::pass);
  EXPECT_EQ(done.dkim.results[0].alignment, signing::Alignment::none);
}

TEST(ParseVerify, NothingShownActsOnATerminal) {
  auto message = plain_message();
  const std::string evil = "\x1b[2J\xc2\x9b\x07";
  message.prepend("DKIM-Signature", " v=1; a=rsa-sha256; d=x" + evil);
  message.prepend("DKIM-Signature",
                  " v=1; a=\xc2\x9b; d=\xc2\x9b.example; s=\xc2\x9b; h=From");
  message.prepend("ARC-Seal", " i=1; d=" + evil);
  message.prepend("Authentication-Results",
                  " a" + evil + "; dkim=p" + evil + " header.d=" + evil);
  message.prepend("Received", " from a" + evil + " by b" + evil + " with " +
                                  evil + "; x" + evil);
  const auto text = shown(verify(wire(message)));
  for (const char c : text)
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_EQ(text.find("\xc2\x9b"), text.npos);
  EXPECT_TRUE(json_of(verify(wire(message))).is_object());
}

TEST(ParseVerify, HasLimits) {
  std::string header = "From: a@b.example\r\n";
  for (int i = 0; i < 3000; ++i) {
    header += "Authentication-Results: a.example; none\r\n";
    header += "DKIM-Signature: v=1\r\n";
  }
  const auto done = verify(header + "\r\nbody");
  EXPECT_EQ(done.claims.size(), kMaxClaims);
  EXPECT_EQ(done.claims_left_out, 3000 - kMaxClaims);
  EXPECT_EQ(done.dkim.results.size(), signing::kMaxSignatures);
  EXPECT_LT(shown(done).size(), 20'000u);
}

// Interrupted while a key is asked for: that is no verdict.
class InterruptedKeys : public signing::KeySource {
 public:
  Result<signing::KeyAnswer> txt(std::string_view) override {
    return Error{ErrorKind::interrupted, "interrupted"};
  }
};

TEST(ParseVerify, StopsWhenTheRunIsInterrupted) {
  auto message = plain_message();
  sign(message, rsa_key());
  InterruptedKeys keys;
  MessageVerifier verifier(keys, "", kNow);
  const test::TextInput input(wire(message));
  const auto done = verifier.verify(input.input());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::interrupted);
}

}  // namespace
}  // namespace mailtool::app
