#include "net/tls_acceptance.h"

#include <openssl/err.h>

#include <utility>

#include "net/channel_binding.h"
#include "net/tls_failure.h"

namespace mailtool::net {

Result<std::unique_ptr<TlsAcceptance>> TlsAcceptance::begin(
    int descriptor, std::shared_ptr<const TlsIdentity> identity) {
  std::unique_ptr<TlsAcceptance> self(new TlsAcceptance(std::move(identity)));
  self->wire_.descriptor = descriptor;
  ERR_clear_error();
  self->ssl_.reset(SSL_new(self->identity_->state().context.get()));
  BIO* bio = self->ssl_ ? make_tls_bio(self->wire_) : nullptr;
  if (bio == nullptr) {
    return Error{ErrorKind::system, "no TLS: " + openssl_error("no memory")};
  }
  SSL_set_bio(self->ssl_.get(), bio, bio);
  return self;
}

TlsAcceptance::~TlsAcceptance() {
  if (!sound_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool TlsAcceptance::must_wait(int outcome) const {
  const int kind = SSL_get_error(ssl_.get(), outcome);
  return kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE;
}

bool TlsAcceptance::wants_room() const {
  return SSL_want(ssl_.get()) == SSL_WRITING;
}

Error TlsAcceptance::failure() {
  sound_ = false;
  if (wire_.ended) {
    ERR_clear_error();
    return Error{ErrorKind::disconnected, "the client is gone"};
  }
  return tls_failure(wire_.error, TlsFloor::tls1_2);
}

Result<std::optional<TlsInfo>> TlsAcceptance::handshake() {
  ERR_clear_error();
  const int outcome = SSL_accept(ssl_.get());
  if (outcome != 1) {
    if (must_wait(outcome)) return std::optional<TlsInfo>();
    return failure();
  }
  sound_ = true;
  TlsInfo info;
  info.version = SSL_get_version(ssl_.get());
  info.cipher = SSL_get_cipher_name(ssl_.get());
  info.bindings = channel_bindings(ssl_.get());
  return std::optional(std::move(info));
}

Result<std::optional<std::size_t>> TlsAcceptance::read_some(
    std::span<char> into) {
  ERR_clear_error();
  std::size_t count = 0;
  const int outcome = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  if (outcome == 1) return std::optional(count);
  if (must_wait(outcome)) return std::optional<std::size_t>();
  if (SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_ZERO_RETURN) {
    return std::optional(std::size_t{0});
  }
  return failure();
}

Result<std::size_t> TlsAcceptance::write_some(std::string_view octets) {
  if (octets.empty()) return std::size_t{0};
  ERR_clear_error();
  std::size_t count = 0;
  const int outcome =
      SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &count);
  if (outcome == 1) return count;
  if (must_wait(outcome)) return std::size_t{0};
  return failure();
}

}  // namespace mailtool::net
