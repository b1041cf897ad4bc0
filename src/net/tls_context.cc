#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "mailtool/net/ip_address.h"
#include "net/socket.h"
#include "net/tls_state.h"
#include "net/tls_verify.h"

namespace mailtool::net {
namespace {

constexpr std::size_t kPinDigits = 64;
constexpr std::size_t kReadAheadOctets = 64 * 1024;

bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

bool is_pin(std::string_view pin) {
  return pin.size() == kPinDigits &&
         std::all_of(pin.begin(), pin.end(), is_lower_hex);
}

Error bad_file(std::string_view what, const std::string& file) {
  if (::access(file.c_str(), R_OK) != 0)
    return Error{ErrorKind::no_input, "cannot read the " + std::string(what) +
                                          " " + printable(file) + ": " +
                                          errno_text(errno)};
  return Error{ErrorKind::config, "no " + std::string(what) + " in PEM in " +
                                      printable(file) + ": " +
                                      openssl_error("unknown error")};
}

// A key that needs a passphrase is an error, not a prompt in mid-connection.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<void> load_certificate(SSL_CTX* context, const TlsPolicy& policy) {
  if (policy.certificate_file.empty()) {
    if (policy.key_file.empty()) return {};
    return Error{ErrorKind::config, "--tls-key needs --tls-cert"};
  }
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context,
                                         policy.certificate_file.c_str()) != 1)
    return bad_file("certificate", policy.certificate_file);
  const std::string& key =
      policy.key_file.empty() ? policy.certificate_file : policy.key_file;
  bool encrypted = false;
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &encrypted);
  const int loaded =
      SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (encrypted)
    return Error{ErrorKind::config,
                 "the private key in " + printable(key) +
                     " is encrypted, and there is no passphrase"};
  if (loaded != 1) {
    if (ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH) {
      ERR_clear_error();
      return Error{ErrorKind::config, "the private key in " + printable(key) +
                                          " is not that of the certificate"};
    }
    return bad_file("private key", key);
  }
  return {};
}

Result<void> load_trust(SSL_CTX* context, const TlsPolicy& policy) {
  ERR_clear_error();
  if (policy.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  if (SSL_CTX_load_verify_file(context, policy.ca_file.c_str()) != 1)
    return bad_file("CA certificate", policy.ca_file);
  // Whatever the user put into the file is trusted as it is: a root, an
  // intermediate, or the server's own certificate.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                              X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

// The name in the form that certificates have: A-labels without trailing dot,
// addresses without brackets. An empty one would switch the check off.
Result<void> set_name(TlsContext::State& state, std::string_view host) {
  std::string_view name =
      state.policy.name.empty() ? host : std::string_view(state.policy.name);
  if (name.size() > 2 && name.front() == '[' && name.back() == ']')
    name = name.substr(1, name.size() - 2);
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(state.context.get());
  if (const auto address = IpAddress::parse(name)) {
    state.name = address->to_string();
    state.name_is_address = true;
    if (X509_VERIFY_PARAM_set1_ip(param, address->octets.data(),
                                  address->v6 ? 16 : 4) == 1)
      return {};
    return Error{ErrorKind::internal, "the address to prove was not taken"};
  }
  auto ascii = to_ascii_host(name);
  if (!ascii) {
    if (!state.wants_ca()) return {};  // nothing is proved by name: no SNI
    return Error{ErrorKind::no_host,
                 "no name to prove by TLS: " + ascii.error().what};
  }
  state.name = std::move(*ascii);
  X509_VERIFY_PARAM_set_hostflags(param,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (X509_VERIFY_PARAM_set1_host(param, state.name.c_str(),
                                  state.name.size()) == 1)
    return {};
  return Error{ErrorKind::internal, "the name to prove was not taken"};
}

int note_certificate_request(SSL* ssl, void*) {
  static_cast<HandshakeNotes*>(SSL_get_app_data(ssl))->certificate_asked = true;
  return 1;
}

void set_protocol(SSL_CTX* context, TlsFloor floor) {
  SSL_CTX_set_min_proto_version(
      context, floor == TlsFloor::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // As many records as there are in one call, not two calls a record.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, kReadAheadOctets);
}

}  // namespace

std::string openssl_error(std::string_view otherwise) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? std::string(otherwise) : std::string(reason);
}

Result<std::string> parse_tls_pin(std::string_view text) {
  std::string pin;
  if (istarts_with(text, "sha256:"))
    for (const char c : text.substr(7))
      if (c != ':') pin += to_lower(c);
  if (is_pin(pin)) return pin;
  return Error{ErrorKind::usage,
               "'" + printable(text) + "' is not sha256: and 64 hex digits"};
}

bool looks_like_tls(std::string_view octets) noexcept {
  // ContentType alert or handshake, then a version 3.x  ; RFC 8446 section 5.1
  return octets.size() >= 2 && (octets[0] == 0x15 || octets[0] == 0x16) &&
         octets[1] == 0x03;
}

TlsContext::TlsContext(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::make(
    const TlsPolicy& policy, std::string_view host) {
  if (!std::all_of(policy.pins.begin(), policy.pins.end(), is_pin))
    return Error{ErrorKind::config, "a pin is not 64 lower-case hex digits"};
  auto state = std::make_unique<State>();
  state->policy = policy;
  state->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = state->context.get();
  if (context == nullptr)
    return Error{ErrorKind::system, "no TLS: " + openssl_error("no memory")};
  set_protocol(context, policy.floor);
  if (auto loaded = load_certificate(context, policy); !loaded)
    return loaded.error();
  if (!policy.associations.empty()) {
    if (SSL_CTX_dane_enable(context) != 1)
      return Error{ErrorKind::system, "no DANE: " + openssl_error("no memory")};
  } else if (policy.verify) {
    if (auto loaded = load_trust(context, policy); !loaded)
      return loaded.error();
  }
  if (auto named = set_name(*state, host); !named) return named.error();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_server, state.get());
  SSL_CTX_set_cert_cb(context, note_certificate_request, nullptr);
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(state)));
}

}  // namespace mailtool::net
