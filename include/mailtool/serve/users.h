/// \file
/// Users: whose mail is served.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/secret.h"
#include "mailtool/sasl/scram_server.h"

namespace mailtool::serve {

/// Who may log in.
class Users {
 public:
  virtual ~Users() = default;
  /// The user whom `name`, or an address with it, means; nullopt where there is
  /// none, or `password` is not that of the user. Takes as long for the one as
  /// for the other.
  [[nodiscard]] virtual std::optional<std::string> log_in(
      std::string_view name, const Secret& password) = 0;

  /// SCRAM can be offered: each of them has a password, without which a server
  /// cannot prove itself.
  [[nodiscard]] virtual bool has_scram() const { return false; }
  struct ScramUser {
    std::string user;      ///< whom a name means; empty: nobody
    sasl::ScramKeys keys;  ///< for nobody such as no proof fits
  };
  /// Takes as long for each name. \pre has_scram()
  [[nodiscard]] virtual ScramUser scram_user(sasl::ScramHash hash,
                                             std::string_view name) {
    (void)hash;
    (void)name;
    return {};
  }
};

}  // namespace mailtool::serve
