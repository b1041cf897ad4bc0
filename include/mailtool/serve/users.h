/// \file
/// Users: whose mail is served.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/secret.h"

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
};

}  // namespace mailtool::serve
