#include "net/channel_binding.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string>

#include "net/tls_state.h"

namespace mailtool::net {
namespace {

// RFC 9266 section 2: 32 octets, a zero-length context. Below TLS 1.3 the
// exporter is bound to one session only with the extended master secret
// (section 3).
std::string tls_exporter(SSL* ssl) {
  if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1)
    return {};
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  std::array<unsigned char, 32> octets{};
  if (SSL_export_keying_material(ssl, octets.data(), octets.size(),
                                 label.data(), label.size(), nullptr, 0,
                                 1) != 1)
    return {};
  return {octets.begin(), octets.end()};
}

Owned<X509, X509_free> server_certificate(SSL* ssl) {
  if (SSL_is_server(ssl) == 0) {
    return Owned<X509, X509_free>(SSL_get1_peer_certificate(ssl));
  }
  X509* own = SSL_get_certificate(ssl);
  if (own != nullptr) X509_up_ref(own);
  return Owned<X509, X509_free>(own);
}

// RFC 5929 section 4.1: the certificate hashed as its signature hashes, MD5 and
// SHA-1 replaced by SHA-256. A signature without a hash of its own (Ed25519)
// leaves the binding undefined.
std::string tls_server_end_point(SSL* ssl) {
  const auto certificate = server_certificate(ssl);
  int digest = NID_undef;
  if (!certificate ||
      X509_get_signature_info(certificate.get(), &digest, nullptr, nullptr,
                              nullptr) != 1 ||
      digest == NID_undef)
    return {};
  if (digest == NID_md5 || digest == NID_sha1) digest = NID_sha256;
  const EVP_MD* method = EVP_get_digestbynid(digest);
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
  unsigned count = 0;
  if (method == nullptr ||
      X509_digest(certificate.get(), method, octets.data(), &count) != 1)
    return {};
  return {octets.begin(), octets.begin() + count};
}

}  // namespace

// Below TLS 1.3 a context of no octets and no context at all give different
// exporter values, and servers are found that take the one for the other: there
// the binding to the certificate, which has one reading, comes first.
std::vector<ChannelBinding> channel_bindings(SSL* ssl) {
  std::vector<ChannelBinding> bindings;
  if (auto octets = tls_exporter(ssl); !octets.empty())
    bindings.push_back({"tls-exporter", std::move(octets)});
  if (auto octets = tls_server_end_point(ssl); !octets.empty())
    bindings.push_back({"tls-server-end-point", std::move(octets)});
  if (SSL_version(ssl) < TLS1_3_VERSION)
    std::reverse(bindings.begin(), bindings.end());
  return bindings;
}

}  // namespace mailtool::net
