/// \file
/// SaslServer: one authentication exchange, the server's side (RFC 4422).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/sasl/scram_server.h"
#include "mailtool/serve/users.h"

namespace mailtool::serve {

/// Why a login is refused where nothing more is told.
inline constexpr std::string_view kWrongPassword = "wrong user or password";

/// SCRAM (RFC 5802, 7677), where all users have passwords, with -PLUS where TLS
/// has what to bind to; PLAIN (RFC 4616) and LOGIN, which show the password to
/// the server: not to be offered in clear text, but on loopback.
class SaslServer {
 public:
  struct Step {
    enum class Kind : std::uint8_t {
      challenge,  ///< `text` in base64 goes to the client
      done,       ///< `text` is the user
      refused,    ///< `text` says why; where it is empty there is no such
                  ///< user, or another password
      not_base64,
      malformed,  ///< not what the mechanism has: `text` says what
      cancelled,  ///< by "*"
      unknown,    ///< no such mechanism
    };
    Kind kind;
    std::string text = {};
  };

  /// `users` outlives the exchange.
  explicit SaslServer(Users& users) : users_(users) {}

  /// The connection has TLS now.
  void secured(const TlsInfo& tls) { bindings_ = tls.bindings; }
  /// As CAPABILITY, EHLO and CAPA list them, strongest first.
  [[nodiscard]] std::vector<std::string_view> mechanisms() const;

  /// `initial`: in base64, "=" when empty (RFC 4954 section 4).
  Step begin(std::string_view mechanism,
             std::optional<std::string_view> initial);
  /// A line of the client. \pre the last step was a challenge
  Step respond(std::string_view line);
  /// Who tried, as he named himself; empty while that is not known.
  [[nodiscard]] const std::string& name() const { return user_; }

 private:
  enum class State : std::uint8_t {
    none,
    plain,
    login_user,
    login_password,
    scram_first,
    scram_final,
    scram_proved,
  };
  Step take(std::string_view line);
  Step take_plain(std::string response);
  Step take_scram_first(std::string_view message);
  Step take_scram_final(std::string_view message);

  Users& users_;
  std::vector<ChannelBinding> bindings_;
  State state_ = State::none;
  std::string user_;
  sasl::ScramHash hash_ = sasl::ScramHash::sha256;
  std::optional<sasl::ScramServer> scram_;
  std::string proved_;  // the user, where SCRAM has shown that it is he
};

}  // namespace mailtool::serve
