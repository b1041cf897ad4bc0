/// \file
/// SaslServer: one authentication exchange, the server's side (RFC 4422).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/serve/users.h"

namespace mailtool::serve {

/// PLAIN (RFC 4616) and LOGIN. Both show the password to the server: not to be
/// offered in clear text, but on loopback.
class SaslServer {
 public:
  /// As CAPABILITY, EHLO and CAPA list them.
  static constexpr const char* kMechanisms[] = {"PLAIN", "LOGIN"};

  struct Step {
    enum class Kind : std::uint8_t {
      challenge,  ///< `text` in base64 goes to the client
      done,       ///< `text` is the user
      refused,    ///< no such user, or another password
      malformed,  ///< no base64, or not what the mechanism has
      cancelled,  ///< by "*"
      unknown,    ///< no such mechanism
    };
    Kind kind;
    std::string text = {};
  };

  /// `users` outlives the exchange.
  explicit SaslServer(Users& users) : users_(users) {}

  /// `initial`: in base64, "=" when empty (RFC 4954 section 4).
  Step begin(std::string_view mechanism,
             std::optional<std::string_view> initial);
  /// A line of the client. \pre the last step was a challenge
  Step respond(std::string_view line);
  /// Who tried, as he named himself; empty while that is not known.
  [[nodiscard]] const std::string& name() const { return user_; }

 private:
  enum class State : std::uint8_t { none, plain, login_user, login_password };
  Step take(std::string_view line);
  Step take_plain(std::string response);

  Users& users_;
  State state_ = State::none;
  std::string user_;
};

}  // namespace mailtool::serve
