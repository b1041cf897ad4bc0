/// \file
/// Secret sources: where a password or token is taken from. Never from argv.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::app {

/// What a source may need to know.
struct SecretContext {
  std::string prompt;  ///< "Password for bob@mail.example: "
  std::string user;
  std::string host;
  std::string scheme;  ///< of the URL, for "keyring": "imaps"
  bool token = false;  ///< an access token is wanted, not a password
  std::function<Result<Secret>(std::string_view)> ask;  ///< for "prompt"
  std::chrono::milliseconds budget{300'000};  ///< for "cmd:" and "keyring"
};

/// Reads the secret that `source` names: "prompt", "env:NAME", "file:PATH",
/// "fd:N", "cmd:PROGRAM ARGS" (without a shell), "netrc" ($NETRC or ~/.netrc),
/// "keyring" (see keyring.h) or "credential:NAME" (systemd). `file:`, `fd:`, `cmd:` and `credential:`
/// lose one final line end. At most 64 KiB.
///
/// Fails with usage (no such source), config (a file that others may read),
/// no_input (absent), no_auth (empty, or holds NUL or a line break), or as
/// run_for_secret and keyring_secret.
Result<Secret> read_secret(std::string_view source,
                           const SecretContext& context);

/// All of a file with a secret in it, at most 64 KiB. `step` names it in an
/// Error. Fails with config (others may read it), no_input (absent or
/// unreadable), no_auth (larger).
Result<Secret> read_private_file(const std::string& step,
                                 const std::string& path);

}  // namespace mailtool::app
