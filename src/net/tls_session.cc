#include "net/tls_session.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "net/channel_binding.h"
#include "net/socket.h"
#include "net/tls_dane.h"
#include "net/tls_failure.h"
#include "net/write_budget.h"

namespace mailtool::net {
namespace {

constexpr std::string_view kNoHandshake = "the TLS handshake was not done";

}  // namespace

TlsSession::TlsSession(int descriptor,
                       std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)) {
  wire_.descriptor = descriptor;
}

TlsSession::~TlsSession() {
  if (broken_) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

Result<std::unique_ptr<TlsSession>> TlsSession::start(
    int descriptor, std::shared_ptr<const TlsContext> context,
    const Budget& budget, TlsStart when) {
  std::unique_ptr<TlsSession> session(
      new TlsSession(descriptor, std::move(context)));
  if (auto done = session->handshake(budget, when); !done) return done.error();
  return session;
}

Result<void> TlsSession::handshake(const Budget& budget, TlsStart when) {
  const auto& state = context_->state();
  ERR_clear_error();
  ssl_.reset(SSL_new(state.context.get()));
  BIO* bio = ssl_ ? make_tls_bio(wire_) : nullptr;
  if (bio == nullptr)
    return Error{ErrorKind::system, "no TLS: " + openssl_error("no memory")};
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), &notes_);
  // RFC 6066 section 3: a name, never an address.
  if (!state.name.empty() && !state.name_is_address &&
      SSL_set_tlsext_host_name(ssl_.get(), state.name.c_str()) != 1)
    return Error{ErrorKind::internal, "the TLS server name was not taken"};
  if (auto ready = use_associations(ssl_.get(), state); !ready) return ready;
  while (true) {
    if (auto time_left = budget.check(kNoHandshake); !time_left)
      return time_left;
    ERR_clear_error();
    const int outcome = SSL_connect(ssl_.get());
    if (outcome == 1) break;
    const int kind = SSL_get_error(ssl_.get(), outcome);
    if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE)
      return handshake_failure(outcome, when);
    if (auto ready = wait_or_fail(outcome, budget, kNoHandshake); !ready)
      return ready;
  }
  broken_ = false;
  return {};
}

Error TlsSession::handshake_failure(int, TlsStart when) {
  if (notes_.untrusted) {
    ERR_clear_error();
    return std::move(*notes_.untrusted);
  }
  if (looks_like_text(wire_.first)) {
    ERR_clear_error();
    // OpenSSL stops after the octets of one record header; the rest of the
    // line is most often there by now.
    std::array<char, 200> rest{};
    const auto more =
        ::recv(wire_.descriptor, rest.data(), rest.size(), MSG_DONTWAIT);
    std::string text = wire_.first;
    if (more > 0) text.append(rest.data(), static_cast<std::size_t>(more));
    text.resize(std::min(text.size(), text.find_first_of("\r\n")));
    if (when == TlsStart::upgrade)
      return Error{ErrorKind::protocol,
                   "clear text instead of TLS",
                   {},
                   printable(text)};
    return Error{ErrorKind::protocol,
                 "not TLS on this port: the server greeted in clear text",
                 {},
                 printable(text)}
        .with_hint(
            "a port that starts in clear text wants the URL scheme without "
            "the s (smtp, pop3, imap), which upgrades to TLS");
  }
  if (wire_.ended) {
    ERR_clear_error();
    return Error{ErrorKind::disconnected,
                 "the server closed the connection in the TLS handshake"};
  }
  return tls_failure(wire_.error, context_->state().policy.floor);
}

// After WANT_READ or WANT_WRITE: waits for that. Other outcomes are failures.
Result<void> TlsSession::wait_or_fail(int outcome, const Budget& budget,
                                      std::string_view nothing) {
  const int kind = SSL_get_error(ssl_.get(), outcome);
  if (kind == SSL_ERROR_WANT_READ) acknowledge(wire_.descriptor);
  Result<void> waited = kind == SSL_ERROR_WANT_READ
                            ? budget.wait(wire_.descriptor, POLLIN, nothing)
                        : kind == SSL_ERROR_WANT_WRITE
                            ? budget.wait(wire_.descriptor, POLLOUT, nothing)
                            : Result<void>(tls_failure(
                                  wire_.error, context_->state().policy.floor));
  if (!waited) broken_ = true;
  return waited;
}

// Many servers write records of a few lines each: what is one read of the
// socket is one read here.
std::size_t TlsSession::read_arrived(std::span<char> into) {
  std::size_t total = 0;
  while (total < into.size() && SSL_has_pending(ssl_.get()) == 1) {
    ERR_clear_error();
    std::size_t count = 0;
    const int outcome = SSL_read_ex(ssl_.get(), into.data() + total,
                                    into.size() - total, &count);
    if (outcome == 1) {
      total += count;
      continue;
    }
    const int kind = SSL_get_error(ssl_.get(), outcome);
    if (kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE &&
        kind != SSL_ERROR_ZERO_RETURN) {
      // OpenSSL tells it once, and the octets before it come first.
      found_ = tls_failure(wire_.error, context_->state().policy.floor);
      broken_ = true;
    }
    break;
  }
  return total;
}

Result<std::size_t> TlsSession::read_some(std::span<char> into,
                                          const Budget& budget) {
  if (found_) return *found_;
  while (true) {
    if (auto time_left = budget.check(kNoAnswer); !time_left) {
      broken_ = true;
      return time_left.error();
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int outcome =
        SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    if (outcome == 1) return count + read_arrived(into.subspan(count));
    if (SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_ZERO_RETURN)
      return std::size_t{0};
    if (auto ready = wait_or_fail(outcome, budget, kNoAnswer); !ready)
      return ready.error();
  }
}

// What has arrived may be a session ticket, which no reader ever sees: only
// OpenSSL can tell. A failure is left for read_some to find again.
bool TlsSession::readable() {
  if (found_) return true;
  ERR_clear_error();
  char octet = 0;
  std::size_t count = 0;
  const int outcome = SSL_peek_ex(ssl_.get(), &octet, 1, &count);
  if (outcome == 1) return true;
  const int kind = SSL_get_error(ssl_.get(), outcome);
  ERR_clear_error();
  return kind != SSL_ERROR_WANT_READ && kind != SSL_ERROR_WANT_WRITE;
}

Result<void> TlsSession::write_all(std::string_view octets,
                                   const Budget& budget) {
  if (octets.empty()) return {};
  WriteBudget writing(wire_.descriptor, budget);
  while (true) {
    if (auto time_left = writing.check(); !time_left) {
      broken_ = true;
      return time_left;
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int outcome =
        SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &count);
    if (outcome == 1) return {};
    auto ready = SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_WANT_WRITE
                     ? writing.wait()
                     : wait_or_fail(outcome, budget, kNoAnswer);
    if (ready) continue;
    broken_ = true;
    return ready;
  }
}

TlsInfo TlsSession::info() const {
  TlsInfo info;
  info.version = SSL_get_version(ssl_.get());
  info.cipher = SSL_get_cipher_name(ssl_.get());
  info.bindings = channel_bindings(ssl_.get());
  info.client_certificate =
      notes_.certificate_asked && SSL_get_certificate(ssl_.get()) != nullptr;
  return info;
}

}  // namespace mailtool::net
