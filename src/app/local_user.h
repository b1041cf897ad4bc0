/// \file
/// LocalUser: in whose name a message goes that says nothing about it.
#pragma once

#include <string>
#include <string_view>

#include "app/config.h"

namespace mailtool::app {

struct LocalUser {
  std::string login;      ///< never empty, an address as it stands
  std::string full_name;  ///< UTF-8; empty when unknown
};

/// Who runs this: the entry of the real user in the user database, else LOGNAME
/// or USER, else "uid-1234". NAME in the environment beats the full name of
/// the entry.
[[nodiscard]] LocalUser local_user(const Environment& environment);

/// The full name in the comment field of a user's entry: what stands before
/// the first comma, "&" being the login with a capital. Empty when it is not
/// UTF-8 or holds control characters.
[[nodiscard]] std::string full_name_of(std::string_view comment,
                                       std::string_view login);

}  // namespace mailtool::app
