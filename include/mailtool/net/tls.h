/// \file
/// TlsPolicy: what a server has to prove, and with which TLS (RFC 8446, 5246,
/// 9525). The handshake itself is the Stream's (dialer.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::net {

enum class TlsFloor : std::uint8_t { tls1_2, tls1_3 };

struct TlsPolicy {
  /// The host name or IP address to prove (--tls-name); empty: the host that is
  /// dialled. Proved against subjectAltName alone, never the common name.
  std::string name;
  /// false: encrypt and prove nothing (opportunistic delivery to an MX).
  bool verify = true;
  std::string ca_file;  ///< PEM; trusted instead of the system's; "": system
  /// SHA-256 of the SubjectPublicKeyInfo, 64 lower-case hex digits each; one
  /// that matches proves the server. A CA is asked for as well only where
  /// ca_file is given too.
  std::vector<std::string> pins;
  std::string certificate_file;  ///< PEM chain of the client; "": none
  std::string key_file;          ///< PEM; "": in certificate_file
  TlsFloor floor = TlsFloor::tls1_2;
};

/// --tls-pin sha256:HEX (also with colons between the octets). Returns what
/// TlsPolicy::pins holds. Fails with usage.
Result<std::string> parse_tls_pin(std::string_view text);

/// True when `octets`, the first that a server sent on a port where clear text
/// was expected, are a TLS record (an alert or a handshake).
[[nodiscard]] bool looks_like_tls(std::string_view octets) noexcept;

/// A policy made ready: files read, name checked. Shared by the streams of
/// many connections; immutable.
class TlsContext {
 public:
  /// `host` is what is dialled, proved unless policy.name is set. Fails with
  /// no_input (a file is not there), config (a file is no PEM, key and
  /// certificate do not match, an encrypted key, a bad pin), or no_host (an
  /// empty or impossible name to prove).
  static Result<std::shared_ptr<const TlsContext>> make(const TlsPolicy& policy,
                                                        std::string_view host);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  struct State;
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mailtool::net
