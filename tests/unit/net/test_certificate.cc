#include "test_certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <stdexcept>

namespace mailtool::net::test {
namespace {

void must(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("certificate: ") + what);
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str());
  must(extension != nullptr, text.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  must(write(out.get()) == 1, "PEM");
  const char* octets = nullptr;
  const long count = BIO_get_mem_data(out.get(), &octets);
  return {octets, static_cast<std::size_t>(count)};
}

}  // namespace

std::string Identity::certificate_pem() const {
  return pem_of(
      [this](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

std::string Identity::key_pem(const char* passphrase) const {
  return pem_of([&](BIO* out) {
    return PEM_write_bio_PrivateKey(
        out, key.get(), passphrase ? EVP_aes_128_cbc() : nullptr,
        reinterpret_cast<const unsigned char*>(passphrase),
        passphrase ? static_cast<int>(std::string(passphrase).size()) : 0,
        nullptr, nullptr);
  });
}

void Identity::save(const std::filesystem::path& file) const {
  std::ofstream(file) << certificate_pem() << key_pem();
}

Identity make_identity(const CertificateSpec& spec, const Identity* issuer) {
  Identity made;
  made.key.reset(spec.ed25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                              : EVP_EC_gen("P-256"),
                 EVP_PKEY_free);
  made.certificate.reset(X509_new(), X509_free);
  X509* certificate = made.certificate.get();
  must(made.key && certificate != nullptr, "no memory");
  static long serial = 1;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 86400L * spec.from_days);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * spec.to_days);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(spec.common_name.c_str()), -1, -1,
      0);
  X509* parent = issuer ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(parent));
  extend(certificate, parent, NID_basic_constraints,
         spec.ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!spec.names.empty())
    extend(certificate, parent, NID_subject_alt_name, spec.names);
  if (!spec.usage.empty())
    extend(certificate, parent, NID_ext_key_usage, spec.usage);
  EVP_PKEY* signer = issuer ? issuer->key.get() : made.key.get();
  const bool plain = EVP_PKEY_get_id(signer) == EVP_PKEY_ED25519;
  must(X509_sign(certificate, signer, plain ? nullptr : EVP_sha256()) > 0,
       "signature");
  return made;
}

const Identity& test_ca() {
  static const Identity ca =
      make_identity({.common_name = "Test CA", .names = "", .ca = true});
  return ca;
}

}  // namespace mailtool::net::test
