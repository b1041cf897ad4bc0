#include "net/tls_failure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "net/socket.h"

namespace mailtool::net {
namespace {

// The alerts of RFC 8446 section 6.2 that speak of the client's certificate.
bool about_our_certificate(int reason) {
  switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED: return true;
    default: return false;
  }
}

}  // namespace

Error tls_failure(int wire_error, TlsFloor floor) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (wire_error != 0) return connection_error(wire_error);
  const int reason = ERR_GET_REASON(code);
  const bool of_ssl = ERR_GET_LIB(code) == ERR_LIB_SSL;
  if (of_ssl && reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return Error{ErrorKind::disconnected,
                 "the connection was cut without a TLS close_notify"};
  if (of_ssl && about_our_certificate(reason))
    return Error{ErrorKind::no_auth,
                 std::string("the server refuses our TLS certificate: ") +
                     ERR_reason_error_string(code)}
        .with_hint("--tls-cert FILE and --tls-key FILE say who we are");
  if (of_ssl && (reason == SSL_R_UNSUPPORTED_PROTOCOL ||
                 reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION))
    return Error{ErrorKind::protocol,
                 std::string("the server has no TLS ") +
                     (floor == TlsFloor::tls1_3 ? "1.3" : "1.2 or newer")};
  if (of_ssl && reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE)
    return Error{ErrorKind::protocol,
                 "the server refuses the TLS handshake: it has no version or "
                 "cipher in common with us, or wants a client certificate"};
  // OpenSSL queues the end of TCP only once; asked again it has nothing to say.
  if (code == 0)
    return Error{ErrorKind::disconnected,
                 "the connection was cut without a TLS close_notify"};
  const char* text = ERR_reason_error_string(code);
  return Error{
      ErrorKind::protocol,
      std::string("TLS failed: ") + (text == nullptr ? "unknown error" : text)};
}

// The first line decides: behind it may stand what a server repeats of the
// handshake that it took for commands.
bool looks_like_text(std::string_view octets) noexcept {
  const auto line = octets.substr(0, octets.find("\r\n"));
  return !line.empty() && std::all_of(line.begin(), line.end(), [](char c) {
    return !is_control(c) || c == '\r' || c == '\n' || c == '\t';
  });
}

}  // namespace mailtool::net
