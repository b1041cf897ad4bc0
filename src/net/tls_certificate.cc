#include "mailtool/net/tls_certificate.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>
#include <ctime>
#include <utility>

#include "net/tls_state.h"

namespace mailtool::net {
namespace {

using Bio = Owned<BIO, BIO_free_all>;
using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

constexpr int kSerialBits = 127;  // RFC 5280 section 4.1.2.2: 20 octets at most

Error failed(const char* what) {
  return Error{ErrorKind::system,
               std::string(what) + ": " + openssl_error("no memory")};
}

Error malformed(const char* what) {
  ERR_clear_error();
  return Error{ErrorKind::config, what};
}

Bio reader(std::string_view text) {
  const auto octets = text.size() > INT_MAX ? 0 : static_cast<int>(text.size());
  return Bio(BIO_new_mem_buf(text.data(), octets));
}

Certificate read_x509(std::string_view pem) {
  const auto bio = reader(pem);
  return Certificate(
      bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

int no_passphrase(char*, int, int, void*) { return -1; }

Key read_key(const Secret& pem) {
  const auto bio = reader(pem.reveal());
  return Key(
      bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
          : nullptr);
}

std::string text_of(BIO* bio) {
  char* octets = nullptr;
  const long count = BIO_get_mem_data(bio, &octets);
  return {octets, static_cast<std::size_t>(std::max(count, 0L))};
}

bool set_serial(X509* certificate) {
  const Owned<BIGNUM, BN_free> number(BN_new());
  return number &&
         BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE,
                 BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) !=
             nullptr;
}

bool set_name(X509* certificate, std::string_view name) {
  return X509_NAME_add_entry_by_txt(
             X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(name.data()),
             static_cast<int>(name.size()), -1, 0) == 1;
}

bool set_times(X509* certificate, const Validity& validity) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), validity.from) !=
             nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), validity.until) !=
             nullptr;
}

// `value` is ours alone: this grammar of OpenSSL's takes no text from outside.
bool extend(X509* certificate, X509* issuer, int name, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> one(
      X509V3_EXT_conf_nid(nullptr, &context, name, value));
  return one && X509_add_ext(certificate, one.get(), -1) == 1;
}

bool add_name(GENERAL_NAMES* names, int type, std::string_view octets) {
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  ASN1_STRING* value = ASN1_STRING_type_new(
      type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
  if (!name || value == nullptr) {
    ASN1_STRING_free(value);
    return false;
  }
  GENERAL_NAME_set0_value(name.get(), type, value);
  const bool added = ASN1_STRING_set(value, octets.data(),
                                     static_cast<int>(octets.size())) == 1 &&
                     sk_GENERAL_NAME_push(names, name.get()) > 0;
  if (added) (void)name.release();
  return added;
}

bool set_names(X509* certificate, const CertificateNames& names) {
  const Names all(GENERAL_NAMES_new());
  bool added = all != nullptr;
  for (const auto& host : names.hosts) {
    added = added && add_name(all.get(), GEN_DNS, host);
  }
  for (const auto& address : names.addresses) {
    const std::string_view octets(
        reinterpret_cast<const char*>(address.octets.data()),
        address.v6 ? 16 : 4);
    added = added && add_name(all.get(), GEN_IPADD, octets);
  }
  return added && X509_add1_ext_i2d(certificate, NID_subject_alt_name,
                                    all.get(), 0, 0) == 1;
}

Result<std::string> sign(X509* certificate, EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || X509_sign(certificate, key, EVP_sha256()) == 0 ||
      PEM_write_bio_X509(bio.get(), certificate) != 1) {
    return failed("a certificate cannot be signed");
  }
  return text_of(bio.get());
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return ::timegm(&parts);
}

void read_name(const GENERAL_NAME* name, CertificateNames& into) {
  int type = 0;
  const auto* value =
      static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &type));
  if (type != GEN_DNS && type != GEN_IPADD) return;
  const auto* octets = ASN1_STRING_get0_data(value);
  const auto count = static_cast<std::size_t>(ASN1_STRING_length(value));
  if (type == GEN_DNS) {
    into.hosts.emplace_back(reinterpret_cast<const char*>(octets), count);
  } else if (count == 4 || count == 16) {
    IpAddress address;
    address.v6 = count == 16;
    std::copy_n(octets, count, address.octets.begin());
    into.addresses.push_back(address);
  }
}

}  // namespace

Result<Secret> make_key() {
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"));
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (!key || !bio ||
      PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0,
                               nullptr, nullptr) != 1) {
    return failed("no key can be made");
  }
  return Secret(text_of(bio.get()));
}

Result<std::string> make_authority(const Secret& key_text,
                                   std::string_view name,
                                   const Validity& validity) {
  ERR_clear_error();
  const auto key = read_key(key_text);
  if (!key) return malformed("no private key in PEM");
  const Certificate made(X509_new());
  auto* one = made.get();
  const bool whole =
      made && X509_set_version(one, X509_VERSION_3) == 1 && set_serial(one) &&
      set_name(one, name) && set_times(one, validity) &&
      X509_set_issuer_name(one, X509_get_subject_name(one)) == 1 &&
      X509_set_pubkey(one, key.get()) == 1 &&
      extend(one, one, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      extend(one, one, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      extend(one, one, NID_subject_key_identifier, "hash");
  if (!whole) return failed("no certificate can be made");
  return sign(one, key.get());
}

Result<std::string> make_certificate(const Secret& key_text,
                                     const CertificateNames& names,
                                     const Validity& validity,
                                     std::string_view authority,
                                     const Secret& authority_key) {
  ERR_clear_error();
  const auto key = read_key(key_text);
  const auto issuer_key = read_key(authority_key);
  const auto issuer = read_x509(authority);
  if (!key || !issuer_key) return malformed("no private key in PEM");
  if (!issuer) return malformed("no certificate in PEM");
  const Certificate made(X509_new());
  auto* one = made.get();
  const bool whole =
      made && X509_set_version(one, X509_VERSION_3) == 1 && set_serial(one) &&
      set_name(one, names.hosts.empty() ? "server" : "localhost") &&
      set_times(one, validity) &&
      X509_set_issuer_name(one, X509_get_subject_name(issuer.get())) == 1 &&
      X509_set_pubkey(one, key.get()) == 1 &&
      extend(one, issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      extend(one, issuer.get(), NID_key_usage, "critical,digitalSignature") &&
      extend(one, issuer.get(), NID_ext_key_usage, "serverAuth") &&
      extend(one, issuer.get(), NID_subject_key_identifier, "hash") &&
      extend(one, issuer.get(), NID_authority_key_identifier, "keyid:always") &&
      set_names(one, names);
  if (!whole) return failed("no certificate can be made");
  return sign(one, issuer_key.get());
}

Result<CertificateFacts> read_certificate(std::string_view pem) {
  const auto one = read_x509(pem);
  if (!one) return malformed("no certificate in PEM");
  CertificateFacts facts;
  facts.validity = {seconds_of(X509_get0_notBefore(one.get())),
                    seconds_of(X509_get0_notAfter(one.get()))};
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(one.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    read_name(sk_GENERAL_NAME_value(names.get(), i), facts.names);
  }
  return facts;
}

bool has_key(std::string_view pem, const Secret& key_text) {
  const auto one = read_x509(pem);
  const auto key = read_key(key_text);
  const bool has =
      one && key && X509_check_private_key(one.get(), key.get()) == 1;
  ERR_clear_error();
  return has;
}

bool is_signed_by(std::string_view pem, std::string_view authority) {
  const auto one = read_x509(pem);
  const auto issuer = read_x509(authority);
  const bool is = one && issuer &&
                  X509_check_issued(issuer.get(), one.get()) == X509_V_OK &&
                  X509_verify(one.get(), X509_get0_pubkey(issuer.get())) == 1;
  ERR_clear_error();
  return is;
}

}  // namespace mailtool::net
