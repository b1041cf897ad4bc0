/// \file
/// TlsPolicy: what a server has to prove, and with which TLS (RFC 8446, 5246,
/// 9525). The handshake itself is the Stream's (dialer.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::net {

/// Association data for a server's certificate (RFC 6698 section 2.1).
struct TlsAssociation {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching = 0;
  std::string data;  ///< octets
  friend bool operator==(const TlsAssociation&,
                         const TlsAssociation&) = default;
};

/// True where SMTP can make use of it: usages 2 and 3 (RFC 7672 section
/// 3.1.3), known selector and matching type, data that is well formed. What is
/// not usable is left out; where nothing is left, TLS proves nothing.
[[nodiscard]] bool is_usable(const TlsAssociation& association);

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
  /// Not empty: these alone prove the server (RFC 7671), `name` is the TLSA
  /// base domain and ca_file and pins are left aside. Usable ones only.
  std::vector<TlsAssociation> associations;
  /// More names that a certificate under a DANE-TA(2) anchor may be for.
  std::vector<std::string> more_names;
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
