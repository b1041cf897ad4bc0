/// \file
/// open_maildrop(): connected, logged in, listed; in as few round trips as what
/// is remembered of the server allows.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/fetch_session.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::app {

/// A session at the point where messages can be asked for.
struct OpenMaildrop {
  std::unique_ptr<client::Pop3Client> client;
  pop3::Maildrop maildrop;
};

/// Connects, logs in and lists. May be called again once a session was lost;
/// the client of that session must be gone before. Where the server proves to
/// be one that cannot pipeline, or wants to ask for a token, and the connection
/// is spent on finding that out, a second one is opened at once.
///
/// What was learnt of the server is kept in options.state_folder, unless
/// options.only_looks(), and forgotten when a login fails.
///
/// Fails as FetchServer::connect and as the steps of Pop3Client; a session that
/// is in order was left with QUIT.
Result<OpenMaildrop> open_maildrop(const FetchOptions& options,
                                   FetchServer& server,
                                   const sasl::Credentials& credentials);

/// To be told when a session that open_maildrop() opened was lost later on:
/// what is remembered may be why. A server that was found to pipeline without
/// saying so is not trusted with it again.
void note_lost_session(const FetchOptions& options,
                       const client::Pop3Client& client);

/// The language tag (RFC 5646) of a locale: "de_AT.UTF-8" is "de-AT"; empty for
/// "C", "POSIX" and what is no locale.
[[nodiscard]] std::string language_tag(std::string_view locale);

}  // namespace mailtool::app
