#include "mailtool/signing/smime.h"

#include <gtest/gtest.h>
#include <openssl/cms.h>

#include <fstream>

#include "cms_maker.h"
#include "support/temp_dir.h"

namespace mailtool::signing {
namespace {

using test::alice;
using test::CmsSpec;
using test::mail_ca;
using test::make_cms;
using test::make_mail_identity;

constexpr std::int64_t kNow = 1'800'000'000;
constexpr char kContent[] =
    "Content-Type: text/plain\r\n\r\nWe lost the game.\r\n";

const SmimeTrust& trust() {
  static const auto loaded = [] {
    const mailtool::test::TempDir folder;
    const auto file = folder.path() / "ca.pem";
    std::ofstream(file) << mail_ca().pem();
    auto read = SmimeTrust::load(file.string());
    EXPECT_TRUE(read);
    return std::move(*read);
  }();
  return loaded;
}

std::string text_of(const SmimeResult& result) {
  auto text = std::string(to_string(result.verdict));
  if (!result.reason.empty()) text += ": " + result.reason;
  return text;
}

// One octet a read: every split of the content.
class DripSource : public Source {
 public:
  explicit DripSource(std::string_view text) : rest_(text) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    if (rest_.empty()) return std::size_t{0};
    into[0] = rest_.front();
    rest_.remove_prefix(1);
    return std::size_t{1};
  }

 private:
  std::string_view rest_;
};

SmimeResult detached(std::string_view signature,
                     std::string_view content = kContent,
                     std::vector<std::string> from = {"alice@sender.example"},
                     std::int64_t now = kNow) {
  DripSource source(content);
  auto result = verify_detached(signature, source, {from, now}, trust());
  EXPECT_TRUE(result);
  return *result;
}

std::string signed_by(const test::MailIdentity& signer,
                      std::vector<std::string> from = {"alice@sender.example"},
                      std::int64_t now = kNow) {
  return text_of(detached(make_cms(kContent, {.signers = {&signer}}), kContent,
                          std::move(from), now));
}

TEST(Smime, ADetachedSignatureHolds) {
  for (const unsigned flags : {0u, unsigned{CMS_NOATTR}}) {
    const auto result = detached(make_cms(kContent, {.flags = flags}));
    EXPECT_EQ(text_of(result), "pass");
    ASSERT_EQ(result.signers.size(), 1u);
    const auto& signer = result.signers[0];
    EXPECT_EQ(signer.subject, "CN=Alice");
    EXPECT_EQ(signer.issuer, "CN=Mail CA");
    EXPECT_EQ(signer.addresses,
              std::vector<std::string>{"alice@sender.example"});
    EXPECT_EQ(signer.digest, "SHA256");
    EXPECT_EQ(signer.valid_from, 0);
    EXPECT_EQ(signer.valid_to, 4'000'000'000);
    EXPECT_EQ(signer.signed_at > 0, flags == 0);
    EXPECT_TRUE(signer.trusted);
  }
}

TEST(Smime, LineFeedsAreReadAsCrlf) {
  const auto signature = make_cms(kContent);
  std::string content = kContent;
  std::erase(content, '\r');
  EXPECT_EQ(text_of(detached(signature, content)), "pass");
}

TEST(Smime, EveryChangeOfTheContentIsSeen) {
  const auto signature = make_cms(kContent);
  for (std::size_t i = 0; i + 1 < sizeof kContent; ++i) {
    std::string content = kContent;
    content[i] ^= 2;
    EXPECT_EQ(text_of(detached(signature, content)),
              "fail: the content was changed");
  }
  EXPECT_EQ(text_of(detached(signature, "")), "fail: the content was changed");
  EXPECT_EQ(text_of(detached(signature, std::string(kContent) + "\r\n")),
            "fail: the content was changed");
}

TEST(Smime, NoChangeOfTheSignatureMakesItPass) {
  const auto signature = make_cms(kContent);
  int passes = 0;
  for (std::size_t i = 0; i < signature.size(); i += 3) {
    auto changed = signature;
    changed[i] ^= 1;
    passes += detached(changed).verdict == SmimeVerdict::pass ? 1 : 0;
  }
  // What nobody signed: parameters of algorithms and the version.
  EXPECT_LT(passes, 8);
  for (std::size_t i = 0; i < signature.size(); i += 7)
    EXPECT_NE(detached(signature.substr(0, i)).verdict, SmimeVerdict::pass);
}

TEST(Smime, TheCertificateMustBeForTheFromAddress) {
  const auto with = [](std::vector<std::string> from) {
    return text_of(detached(make_cms(kContent), kContent, std::move(from)));
  };
  EXPECT_EQ(with({"ALICE@Sender.Example"}), "pass");
  EXPECT_EQ(with({"mallory@sender.example"}),
            "mismatch: no certificate is for the From address "
            "mallory@sender.example");
  EXPECT_EQ(with({"alice@sender.example", "ceo@sender.example"}),
            "mismatch: no certificate is for the From address "
            "ceo@sender.example");
  EXPECT_EQ(with({}), "mismatch: the message has no From address");
}

TEST(Smime, TheSubjectMayHoldTheAddress) {
  const auto old = make_mail_identity(
      {.addresses = {}, .subject_address = "alice@sender.example"}, &mail_ca());
  EXPECT_EQ(signed_by(old), "pass");
}

// Readers that stop at NUL take the certificate for Alice's.
TEST(Smime, AnAddressWithNulIsNone) {
  const auto mallory = make_mail_identity(
      {.addresses = {std::string("alice@sender.example\0.evil.example", 34)}},
      &mail_ca());
  EXPECT_EQ(signed_by(mallory),
            "mismatch: no certificate is for the From address "
            "alice@sender.example");
}

TEST(Smime, TrustIsAQuestionOfItsOwn) {
  const auto self = make_mail_identity({});
  EXPECT_EQ(signed_by(self), "untrusted: the signer vouches for itself");
  const auto other_ca =
      make_mail_identity({.common_name = "Other CA", .ca = true});
  EXPECT_EQ(signed_by(make_mail_identity({}, &other_ca)),
            "untrusted: no authority that is trusted here vouches for it");
  EXPECT_EQ(signed_by(make_mail_identity({.to = kNow - 1}, &mail_ca())),
            "untrusted: the certificate has expired");
  EXPECT_EQ(signed_by(make_mail_identity({.from = kNow + 1}, &mail_ca())),
            "untrusted: the certificate is not valid yet");
  EXPECT_EQ(signed_by(make_mail_identity({.usage = "serverAuth"}, &mail_ca())),
            "untrusted: the certificate is not for signing mail");
  // A leaf is no authority.
  EXPECT_TRUE(signed_by(make_mail_identity({.common_name = "Eve"}, &alice()))
                  .starts_with("untrusted: "));
}

TEST(Smime, SeveralSignersMustAllHold) {
  const auto bob = make_mail_identity(
      {.common_name = "Bob", .addresses = {"bob@sender.example"}}, &mail_ca());
  const auto both = make_cms(kContent, {.signers = {&alice(), &bob}});
  const auto result =
      detached(both, kContent, {"bob@sender.example", "alice@sender.example"});
  EXPECT_EQ(text_of(result), "pass");
  EXPECT_EQ(result.signers.size(), 2u);
  // One who is not trusted lends no address.
  const auto self = make_mail_identity({.addresses = {"ceo@sender.example"}});
  EXPECT_EQ(text_of(detached(make_cms(kContent, {.signers = {&alice(), &self}}),
                             kContent, {"ceo@sender.example"})),
            "mismatch: no certificate is for the From address "
            "ceo@sender.example");
}

TEST(Smime, TellsWhatItDoesNotCheck) {
  EXPECT_EQ(text_of(detached(test::make_encrypted(kContent))),
            "unsupported: encrypted: a signature inside is not seen");
  EXPECT_EQ(text_of(detached(make_cms(kContent, {.certificates = false}))),
            "unsupported: the certificate of the signer is not enclosed");
  EXPECT_EQ(text_of(detached(make_cms(kContent, {.digest = "SHA1"}))),
            "unsupported: signed with SHA1, which proves nothing any more");
  EXPECT_EQ(text_of(detached(std::string(kMaxDetachedSignature + 1, 'x'))),
            "unsupported: larger than 1048576 octets: not checked");
  const std::vector<const test::MailIdentity*> many(kMaxSmimeSigners + 1,
                                                    &alice());
  EXPECT_EQ(text_of(detached(
                make_cms(kContent, {.signers = many, .certificates = false}))),
            "unsupported: more than 16 signers: not checked");
  EXPECT_EQ(text_of(detached("hello")), "fail: the signature cannot be read");
  EXPECT_EQ(text_of(detached("")), "fail: the signature cannot be read");
  EXPECT_EQ(text_of(detached(make_cms(kContent, {.signers = {}}))),
            "fail: nobody has signed");
}

TEST(Smime, AnOpaqueSignatureHolds) {
  const std::vector<std::string> from{"alice@sender.example"};
  const SmimeContext context{from, kNow};
  const auto opaque = make_cms(kContent, {.detached = false});
  EXPECT_EQ(text_of(verify_opaque(opaque, context, trust())), "pass");
  auto changed = opaque;
  changed[changed.find("lost")] = 'c';
  EXPECT_EQ(text_of(verify_opaque(changed, context, trust())),
            "fail: the content was changed");
  EXPECT_EQ(text_of(verify_opaque(make_cms(kContent), context, trust())),
            "fail: there is no content in it");
  EXPECT_EQ(text_of(verify_opaque(std::string(kMaxOpaqueSignature + 1, 'x'),
                                  context, trust())),
            "unsupported: larger than 8388608 octets: not checked");
}

TEST(Smime, ADetachedSignatureHasNoContentInside) {
  EXPECT_EQ(text_of(detached(make_cms(kContent, {.detached = false}))),
            "fail: the signature has a content of its own inside");
}

// Hands out a fixed text over and over.
class EndlessSource : public Source {
 public:
  explicit EndlessSource(std::uint64_t octets) : left_(octets) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min<std::uint64_t>(left_, into.size());
    std::fill_n(into.begin(), count, 'x');
    left_ -= count;
    return static_cast<std::size_t>(count);
  }

 private:
  std::uint64_t left_;
};

TEST(Smime, TheContentStreams) {
  const std::string content(50'000'000, 'x');
  const auto signature = make_cms(content);
  EndlessSource source(content.size());
  const std::vector<std::string> from{"alice@sender.example"};
  const auto result = verify_detached(signature, source, {from, kNow}, trust());
  ASSERT_TRUE(result);
  EXPECT_EQ(text_of(*result), "pass");
}

class BrokenSource : public Source {
 public:
  Result<std::size_t> read_some(std::span<char>) override {
    return Error{ErrorKind::local_io, "the disk is gone"};
  }
};

TEST(Smime, FailsAsItsContentDoes) {
  BrokenSource source;
  const auto result =
      verify_detached(make_cms(kContent), source, {{}, kNow}, trust());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "the disk is gone");
}

TEST(SmimeTrust, SaysWhatIsWrongWithAFile) {
  const mailtool::test::TempDir folder;
  const auto missing = SmimeTrust::load((folder.path() / "none").string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::no_input);
  const auto file = folder.path() / "text";
  std::ofstream(file) << "no certificate\n";
  const auto text = SmimeTrust::load(file.string());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::config);
  EXPECT_TRUE(SmimeTrust::load(""));
}

}  // namespace
}  // namespace mailtool::signing
