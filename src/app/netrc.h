/// \file
/// The .netrc file: machine, login, password.
#pragma once

#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::app {

/// The password of the first entry for `host` (or `default`) whose login is
/// `user`, or any login when `user` is empty, in the text of a .netrc file.
/// Fails with no_auth when there is none.
Result<Secret> find_in_netrc(std::string_view text, std::string_view host,
                             std::string_view user);

/// As find_in_netrc, from $NETRC or ~/.netrc. Fails with no_input (absent),
/// config (others may read it).
Result<Secret> netrc_password(std::string_view host, std::string_view user);

}  // namespace mailtool::app
