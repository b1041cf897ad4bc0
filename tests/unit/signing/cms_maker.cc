#include "cms_maker.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace mailtool::signing::test {
namespace {

using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;
using Cms = std::unique_ptr<CMS_ContentInfo, void (*)(CMS_ContentInfo*)>;

void must(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(what);
}

Bio memory(std::string_view text = {}) {
  Bio bio(text.empty()
              ? BIO_new(BIO_s_mem())
              : BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
          BIO_free);
  must(bio != nullptr, "BIO");
  return bio;
}

std::string text_of(BIO* bio) {
  char* octets = nullptr;
  const long count = BIO_get_mem_data(bio, &octets);
  return {octets, static_cast<std::size_t>(count)};
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str());
  must(extension != nullptr, text.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// By hand, so that an address may hold any octet.
void add_addresses(X509* certificate,
                   const std::vector<std::string>& addresses) {
  auto* names = GENERAL_NAMES_new();
  for (const auto& address : addresses) {
    auto* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, address.data(), static_cast<int>(address.size()));
    auto* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, GEN_EMAIL, text);
    sk_GENERAL_NAME_push(names, name);
  }
  must(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1,
       "SAN");
  GENERAL_NAMES_free(names);
}

void set_time(ASN1_TIME* time, std::int64_t seconds) {
  must(ASN1_TIME_set(time, static_cast<time_t>(seconds)) != nullptr, "time");
}

std::string der_of(CMS_ContentInfo* cms) {
  const auto out = memory();
  must(i2d_CMS_bio(out.get(), cms) == 1, "DER");
  return text_of(out.get());
}

}  // namespace

std::string MailIdentity::pem() const {
  const auto out = memory();
  must(PEM_write_bio_X509(out.get(), certificate.get()) == 1, "PEM");
  return text_of(out.get());
}

MailIdentity make_mail_identity(const MailIdentitySpec& spec,
                                const MailIdentity* issuer) {
  MailIdentity made;
  made.key.reset(EVP_EC_gen("P-256"), EVP_PKEY_free);
  made.certificate.reset(X509_new(), X509_free);
  auto* certificate = made.certificate.get();
  static long serial = 1;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  set_time(X509_getm_notBefore(certificate), spec.from);
  set_time(X509_getm_notAfter(certificate), spec.to);
  X509_set_pubkey(certificate, made.key.get());
  const auto name = [&](const char* type, const std::string& text) {
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(certificate), type, MBSTRING_UTF8,
        reinterpret_cast<const unsigned char*>(text.data()),
        static_cast<int>(text.size()), -1, 0);
  };
  name("CN", spec.common_name);
  if (!spec.subject_address.empty()) name("emailAddress", spec.subject_address);
  auto* parent = issuer ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(parent));
  extend(certificate, parent, NID_basic_constraints,
         spec.ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!spec.usage.empty() && !spec.ca)
    extend(certificate, parent, NID_ext_key_usage, spec.usage);
  if (!spec.addresses.empty() && !spec.ca)
    add_addresses(certificate, spec.addresses);
  must(X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(),
                 EVP_sha256()) > 0,
       "signature");
  return made;
}

const MailIdentity& mail_ca() {
  static const auto made =
      make_mail_identity({.common_name = "Mail CA", .ca = true});
  return made;
}

const MailIdentity& alice() {
  static const auto made = make_mail_identity({}, &mail_ca());
  return made;
}

std::string make_cms(std::string_view content, const CmsSpec& spec) {
  const unsigned flags = CMS_BINARY | CMS_PARTIAL | spec.flags |
                         (spec.detached ? CMS_DETACHED : 0u) |
                         (spec.certificates ? 0u : CMS_NOCERTS);
  const auto in = memory(content);
  const Cms cms(CMS_sign(nullptr, nullptr, nullptr, in.get(), flags),
                CMS_ContentInfo_free);
  must(cms != nullptr, "CMS");
  for (const auto* signer : spec.signers) {
    must(
        CMS_add1_signer(cms.get(), signer->certificate.get(), signer->key.get(),
                        EVP_get_digestbyname(spec.digest), flags) != nullptr,
        "signer");
  }
  // Without a signer there is nothing to be finished.
  must(spec.signers.empty() ||
           CMS_final(cms.get(), in.get(), nullptr, flags) == 1,
       "final");
  return der_of(cms.get());
}

std::string make_encrypted(std::string_view content) {
  const auto in = memory(content);
  auto* readers = sk_X509_new_null();
  sk_X509_push(readers, alice().certificate.get());
  const Cms cms(CMS_encrypt(readers, in.get(), EVP_aes_128_cbc(), CMS_BINARY),
                CMS_ContentInfo_free);
  sk_X509_free(readers);
  must(cms != nullptr, "CMS");
  return der_of(cms.get());
}

}  // namespace mailtool::signing::test
