// Certificates for mail and CMS signatures, made on the spot.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mailtool::signing::test {

struct MailIdentity {
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;

  [[nodiscard]] std::string pem() const;  // of the certificate
};

struct MailIdentitySpec {
  std::string common_name = "Alice";
  std::vector<std::string> addresses = {"alice@sender.example"};
  std::string subject_address;            // emailAddress in the subject
  std::string usage = "emailProtection";  // extendedKeyUsage; "" for none
  std::int64_t from = 0;                  // seconds since 1970
  std::int64_t to = 4'000'000'000;
  bool ca = false;
};

// Signed by `issuer`, or by itself.
MailIdentity make_mail_identity(const MailIdentitySpec& spec,
                                const MailIdentity* issuer = nullptr);
const MailIdentity& mail_ca();  // made once
const MailIdentity& alice();    // made once, vouched for by mail_ca()

struct CmsSpec {
  std::vector<const MailIdentity*> signers = {&alice()};
  const char* digest = "SHA256";
  unsigned flags = 0;  // further CMS_ flags: CMS_NOATTR
  bool detached = true;
  bool certificates = true;
};

// SignedData in DER over `content` as it stands.
std::string make_cms(std::string_view content, const CmsSpec& spec = {});
// EnvelopedData in DER for Alice.
std::string make_encrypted(std::string_view content);

}  // namespace mailtool::signing::test
