/// \file
/// Secrets out of the keyring of the session: the Secret Service of
/// freedesktop.org, asked by its own program, secret-tool.
#pragma once

#include <chrono>
#include <string>

#include "mailtool/base/result.h"
#include "mailtool/base/secret.h"

namespace mailtool::app {

/// What a secret is kept under.
struct KeyringItem {
  std::string protocol;  ///< "smtp", "lmtp", "pop3", "imap"; "oauth2": a token
  std::string server;    ///< the host, as in the URL
  std::string user;
};

/// The secret with these three attributes. Fails with no_auth: there is none,
/// the keyring stays locked, or there is no session; with cannot_create where
/// secret-tool is not installed; with config where the item lacks a user;
/// with timed_out, as when the user does not answer the question to unlock it;
/// with interrupted.
Result<Secret> keyring_secret(const KeyringItem& item,
                              std::chrono::milliseconds budget);

}  // namespace mailtool::app
