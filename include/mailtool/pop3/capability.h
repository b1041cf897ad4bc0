/// \file
/// Capabilities: what CAPA lists, RFC 2449 sections 5 and 6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::pop3 {

/// How long the server keeps messages: EXPIRE, RFC 2449 section 6.7.
struct Expire {
  bool never = false;      ///< "NEVER": it removes nothing by itself
  std::uint32_t days = 0;  ///< 0: what was retrieved may be gone with QUIT
  bool per_user = false;   ///< another value may hold after the login
  friend bool operator==(const Expire&, const Expire&) = default;
};

/// How long to wait between logins: LOGIN-DELAY, RFC 2449 section 6.5.
struct LoginDelay {
  std::uint32_t seconds = 0;
  bool per_user = false;  ///< another value may hold after the login
  friend bool operator==(const LoginDelay&, const LoginDelay&) = default;
};

/// The capabilities of one server in one state. Forget them at each change of
/// state (STLS): what was said before proves nothing afterwards.
class Capabilities {
 public:
  static constexpr std::size_t kMaxLines = 200;
  static constexpr std::size_t kLineOctets = 2000;  ///< RFC 2449 asks for 512

  /// Takes one line of the listing, without CRLF and un-stuffed. Lines that
  /// are no capability (empty, control characters) are passed over. Fails
  /// with protocol beyond kMaxLines.
  Result<void> feed_line(std::string_view line);

  /// Names in any case.
  [[nodiscard]] bool has(std::string_view name) const;
  /// The parameters of `name`: for SASL the mechanisms; empty when absent.
  [[nodiscard]] std::vector<std::string> parameters(
      std::string_view name) const;
  /// nullopt: not offered, or not legal.
  [[nodiscard]] std::optional<Expire> expire() const;
  [[nodiscard]] std::optional<LoginDelay> login_delay() const;
  /// What IMPLEMENTATION says, words apart by one space; empty when absent.
  [[nodiscard]] std::string implementation() const;
  [[nodiscard]] bool empty() const { return lines_.empty(); }

  /// The inverse: lines with CRLF, stuffed, and the terminator.
  [[nodiscard]] std::string to_wire() const;
  friend bool operator==(const Capabilities&, const Capabilities&) = default;

 private:
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace mailtool::pop3
