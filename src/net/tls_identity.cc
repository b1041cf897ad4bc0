#include "mailtool/net/tls_identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <climits>
#include <string>
#include <utility>

#include "net/tls_acceptance.h"

namespace mailtool::net {
namespace {

using Bio = Owned<BIO, BIO_free_all>;

Bio reader(std::string_view text) {
  const auto octets = text.size() > INT_MAX ? 0 : static_cast<int>(text.size());
  return Bio(BIO_new_mem_buf(text.data(), octets));
}

Error wrong(const char* what) {
  return Error{ErrorKind::config,
               std::string(what) + ": " + openssl_error("unknown error")};
}

// Takes the first as that of the server, and those behind it along.
Result<void> use_chain(SSL_CTX* context, std::string_view chain) {
  const auto bio = reader(chain);
  for (int i = 0; bio; ++i) {
    Owned<X509, X509_free> one(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!one && i > 0) break;
    if (!one) return wrong("no certificate in PEM");
    if (i == 0 && SSL_CTX_use_certificate(context, one.get()) != 1) {
      return wrong("a certificate that cannot be used");
    }
    if (i > 0 && SSL_CTX_add0_chain_cert(context, one.get()) == 1) {
      (void)one.release();
    }
  }
  ERR_clear_error();
  return {};
}

// Without asking for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

Result<void> use_key(SSL_CTX* context, const Secret& key) {
  const auto bio = reader(key.reveal());
  if (!bio) return wrong("no memory");
  Owned<EVP_PKEY, EVP_PKEY_free> read(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!read) return wrong("no private key in PEM");
  if (SSL_CTX_use_PrivateKey(context, read.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return wrong("the private key is not that of the certificate");
  }
  return {};
}

}  // namespace

TlsIdentity::TlsIdentity(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

TlsIdentity::~TlsIdentity() = default;

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::make(
    std::string_view chain, const Secret& key) {
  ERR_clear_error();
  auto state = std::make_unique<State>();
  state->context.reset(SSL_CTX_new(TLS_server_method()));
  auto* context = state->context.get();
  if (context == nullptr) {
    return Error{ErrorKind::system, "no TLS: " + openssl_error("no memory")};
  }
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  if (auto used = use_chain(context, chain); !used) {
    return std::move(used).error();
  }
  if (auto used = use_key(context, key); !used) return std::move(used).error();
  return std::shared_ptr<const TlsIdentity>(new TlsIdentity(std::move(state)));
}

}  // namespace mailtool::net
