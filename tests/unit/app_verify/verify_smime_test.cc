#include "app/verify_smime.h"

#include <gtest/gtest.h>

#include <fstream>

#include "mailtool/base/base64.h"
#include "support/temp_dir.h"
#include "text_input.h"
#include "unit/signing/cms_maker.h"

namespace mailtool::app {
namespace {

using signing::test::mail_ca;
using signing::test::make_cms;

constexpr std::int64_t kNow = 1'800'000'000;

std::string ca_file() {
  static const mailtool::test::TempDir folder;
  const auto file = folder.path() / "ca.pem";
  if (!std::filesystem::exists(file)) std::ofstream(file) << mail_ca().pem();
  return file.string();
}

// multipart/signed over `content`, as it stands between the delimiters.
std::string signed_part(
    const std::string& content, const std::string& signature,
    const std::string& protocol = "application/pkcs7-signature") {
  return "Content-Type: multipart/signed; protocol=\"" + protocol +
         "\";\r\n micalg=sha-256; boundary=b\r\n\r\npreamble\r\n--b\r\n" +
         content + "\r\n--b\r\nContent-Type: " + protocol +
         "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         base64_encode(signature) + "\r\n--b--\r\n";
}

constexpr char kText[] =
    "Content-Type: text/plain\r\n\r\nWe lost the game.\r\n";
constexpr char kFrom[] = "From: Alice <alice@sender.example>\r\n";

std::string report_of(const std::string& message) {
  const test::TextInput input(message, "From x\r\n");
  LazyTrust trust(ca_file());
  const auto done = verify_signed_parts(input.input(), trust, kNow);
  EXPECT_TRUE(done);
  std::string text;
  for (const auto& part : done->parts) {
    text += part.part + (part.whole_message ? " whole " : " ") +
            std::string(to_string(part.result.verdict));
    if (!part.result.reason.empty()) text += ": " + part.result.reason;
    text += "\n";
  }
  if (done->not_checked > 0) text += std::to_string(done->not_checked);
  return text;
}

TEST(VerifySmime, TheSignedPartIsTakenOctetForOctet) {
  const std::string contents[] = {
      kText,
      "Content-Type: text/plain\r\n\r\nno line end",
      "\r\na part without a header\r\n",
      "\r\n",
      "Content-Type: text/plain;\r\n\tcharset=utf-8\r\nX:  y \r\n\r\n\r\n\r\n",
      "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\na\r\n"
      "--c\r\n\r\nb\r\n--c--\r\nepilogue\r\n",
  };
  for (const auto& content : contents) {
    const auto message = kFrom + signed_part(content, make_cms(content));
    EXPECT_EQ(report_of(message), "0 whole pass\n") << content;
    auto with_lf = message;
    std::erase(with_lf, '\r');
    EXPECT_EQ(report_of(with_lf), "0 whole pass\n") << content;
  }
}

TEST(VerifySmime, TellsWhatIsNotCoveredByASignature) {
  const auto inner = signed_part(kText, make_cms(kText));
  const auto wrapped =
      std::string(kFrom) +
      "Content-Type: multipart/mixed; boundary=w\r\n\r\n--w\r\n" + inner +
      "--w\r\n\r\nfooter\r\n--w--\r\n";
  EXPECT_EQ(report_of(wrapped), "1 pass\n");
}

TEST(VerifySmime, AnAttachedMessageHasAFromOfItsOwn) {
  const auto inner = kFrom + signed_part(kText, make_cms(kText));
  const auto outer =
      "From: mallory@evil.example\r\n"
      "Content-Type: message/rfc822\r\n\r\n" +
      inner;
  EXPECT_EQ(report_of(outer), "1.0 pass\n");
  EXPECT_EQ(report_of("From: mallory@evil.example\r\n" +
                      signed_part(kText, make_cms(kText))),
            "0 whole mismatch: no certificate is for the From address "
            "mallory@evil.example\n");
  // A second From field is a second author.
  EXPECT_EQ(report_of("From: ceo@sender.example\r\n" + inner),
            "0 whole mismatch: no certificate is for the From address "
            "ceo@sender.example\n");
}

TEST(VerifySmime, AnOpaquePartIsRead) {
  const auto octets = make_cms(kText, {.detached = false});
  for (const auto* type : {"application/pkcs7-mime; smime-type=signed-data",
                           "application/x-pkcs7-mime; name=smime.p7m"}) {
    const auto message = std::string(kFrom) + "Content-Type: " + type +
                         "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                         base64_encode(octets) + "\r\n";
    EXPECT_EQ(report_of(message), "1 whole pass\n");
  }
  EXPECT_EQ(report_of(std::string(kFrom) +
                      "Content-Type: application/pkcs7-mime\r\n"
                      "Content-Transfer-Encoding: base64\r\n\r\n" +
                      base64_encode(signing::test::make_encrypted(kText))),
            "1 whole unsupported: encrypted: a signature inside is not seen\n");
  EXPECT_EQ(report_of(std::string(kFrom) +
                      "Content-Type: application/pkcs7-mime\r\n\r\n" +
                      std::string(signing::kMaxOpaqueSignature + 10, 'x')),
            "1 whole unsupported: larger than 8388608 octets: not checked\n");
}

TEST(VerifySmime, TellsWhatItDoesNotCheck) {
  EXPECT_EQ(
      report_of(kFrom + signed_part(kText, "x", "application/pgp-signature")),
      "0 whole unsupported: not checked: OpenPGP\n");
  EXPECT_EQ(report_of(kFrom + signed_part(kText, "x", "application/x-moss")),
            "0 whole unsupported: the protocol is not known\n");
  EXPECT_EQ(report_of(std::string(kFrom) + "Subject: x\r\n\r\ntext\r\n"), "");
  EXPECT_EQ(
      report_of(std::string(kFrom) +
                "Content-Type: multipart/signed; boundary=b;"
                " protocol=application/pkcs7-signature\r\n\r\n--b\r\n\r\na\r\n"
                "--b--\r\n"),
      "0 whole fail: there are not a content and a signature, and no more\n");
}

TEST(VerifySmime, ChecksSoManyPartsAndNoMore) {
  std::string message =
      std::string(kFrom) + "Content-Type: multipart/mixed; boundary=w\r\n\r\n";
  for (int i = 0; i < 500; ++i)
    message += "--w\r\n" + signed_part(kText, "x", "application/pgp-signature");
  const auto report = report_of(message + "--w--\r\n");
  EXPECT_TRUE(report.ends_with("OpenPGP\n490")) << report;
}

TEST(VerifySmime, FailsWithoutItsAuthorities) {
  const test::TextInput input(kFrom + signed_part(kText, make_cms(kText)));
  LazyTrust trust("/nonexistent/ca.pem");
  const auto done = verify_signed_parts(input.input(), trust, kNow);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::no_input);
  // Nothing is signed: nothing is read.
  const test::TextInput plain("Subject: x\r\n\r\ntext");
  EXPECT_TRUE(verify_signed_parts(plain.input(), trust, kNow));
}

}  // namespace
}  // namespace mailtool::app
