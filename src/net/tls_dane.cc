#include "net/tls_dane.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace mailtool::net {
namespace {

constexpr unsigned kTrustAnchor = 2, kEndEntity = 3;     // RFC 7218 section 2.1
constexpr unsigned kCertificate = 0, kPublicKey = 1;     // section 2.2
constexpr unsigned kFull = 0, kSha256 = 1, kSha512 = 2;  // section 2.3

// A whole certificate or key, and nothing behind it.
bool parses(const TlsAssociation& association) {
  const auto* octets =
      reinterpret_cast<const unsigned char*>(association.data.data());
  const auto* const end = octets + association.data.size();
  const auto size = static_cast<long>(association.data.size());
  ERR_clear_error();
  bool good = false;
  if (association.selector == kCertificate) {
    const Owned<X509, X509_free> certificate(d2i_X509(nullptr, &octets, size));
    good = certificate != nullptr && X509_get0_pubkey(certificate.get());
  } else {
    const Owned<EVP_PKEY, EVP_PKEY_free> key(
        d2i_PUBKEY(nullptr, &octets, size));
    good = key != nullptr;
  }
  ERR_clear_error();
  return good && octets == end;
}

}  // namespace

bool is_usable(const TlsAssociation& association) {
  if (association.usage != kTrustAnchor && association.usage != kEndEntity)
    return false;
  if (association.selector > kPublicKey) return false;
  switch (association.matching) {
    case kFull: return !association.data.empty() && parses(association);
    case kSha256: return association.data.size() == 32;
    case kSha512: return association.data.size() == 64;
    default: return false;
  }
}

Result<void> use_associations(SSL* ssl, const TlsContext::State& state) {
  const auto& policy = state.policy;
  if (policy.associations.empty()) return {};
  const Error refused{ErrorKind::internal, "the TLSA records were not taken"};
  if (state.name.empty() || state.name_is_address ||
      SSL_dane_enable(ssl, state.name.c_str()) != 1)
    return refused;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                             X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // RFC 7672 section 3.1.1: the record of DANE-EE(3) binds the key, whatever
  // names and dates the certificate has.
  SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  for (const auto& name : policy.more_names)
    if (SSL_add1_host(ssl, name.c_str()) != 1) return refused;
  for (const auto& one : policy.associations) {
    const auto* octets =
        reinterpret_cast<const unsigned char*>(one.data.data());
    if (SSL_dane_tlsa_add(ssl, one.usage, one.selector, one.matching, octets,
                          one.data.size()) != 1)
      return refused;
  }
  ERR_clear_error();
  return {};
}

}  // namespace mailtool::net
